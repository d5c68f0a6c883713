//! Finds `cp`, `mv` and `ln` with one operand.

use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnScript(check)])
    .fix(Fixable::Sometimes)
    .aka(&["SC2224", "SC2225", "SC2226"]);

fn check(script: &ScriptView<'_, '_>, cx: &Cx<'_>) {
    let survey = &script.survey;
    for simple in &survey.simples {
        let (name, args) = simple.called(survey);
        let code = match &*name {
            "mv" => "SC2224",
            "cp" => "SC2225",
            "ln" => "SC2226",
            _ => continue,
        };
        let mut operands = survey.operands(args);
        let Some(only) = operands.next().filter(|_| operands.next().is_none()) else { continue };
        let ends_options = args.iter().any(|arg| survey.bare(*arg) == Some("--"));
        if !survey.is_one_but_for_substitutions(only)
            || ends_options
            || survey.has_option(args, 't', "target-directory")
        {
            continue;
        }
        let mut found = cx.report(script.place(simple.at), format!("`{name}` has no destination"));
        found.variant(code);
        // What `$(…)` gives may be two words.
        if !survey.is_one_argument(only) {
            found.at_most(Level::Note);
        }
        if name == "ln" {
            let insert = Edit::insert(script.span(only.span).end(), " .");
            found
                .help("specify the link's name, or `.` for a link with the same name in this directory")
                .at_most(Level::Note)
                .fix(Fix::new(Safety::Unsafe, "link in `.`", [insert]));
        } else {
            found.help("add the destination");
        }
    }
}
