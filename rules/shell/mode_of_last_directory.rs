//! Finds `mkdir -p -m`, which sets the mode of the last directory only.

use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Note, "0.1.0", &[Check::OnScript(check)]).fix(Fixable::Never).aka(&["SC2174"]);

fn check(script: &ScriptView<'_, '_>, cx: &Cx<'_>) {
    let survey = &script.survey;
    for simple in &survey.simples {
        let (name, args) = simple.called(survey);
        if name != "mkdir" || !survey.has_option(args, 'p', "parents") {
            continue;
        }
        let mode = args.iter().find(|word| survey.has_option(std::slice::from_ref(*word), 'm', "mode"));
        let Some(mode) = mode else { continue };
        let deep = args.iter().any(|word| {
            let text = survey.pattern(*word);
            let mut rest: &str = &text;
            while let Some(below) = rest.strip_prefix("./").or_else(|| rest.strip_prefix("../")) {
                rest = below;
            }
            // What is expanded may have a `/` in it.
            rest.contains(['/', '\0']) || survey.is_glob(*word) || survey.has_braces(*word)
        });
        if deep {
            cx.report(script.span(mode.span), "only the last directory gets this mode, not the parent directories")
                .help("create them one by one, or set their modes with `chmod`");
        }
    }
}
