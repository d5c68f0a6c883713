//! Finds `find` without a starting point.

use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Note, "0.1.0", &[Check::OnScript(check)]).fix(Fixable::Always).aka(&["SC2185"]);

fn check(script: &ScriptView<'_, '_>, cx: &Cx<'_>) {
    let survey = &script.survey;
    for simple in &survey.simples {
        let (name, args) = simple.called(survey);
        if name != "find"
            || args.iter().any(|word| matches!(survey.bare(*word), Some("--help" | "-help" | "--version" | "-version")))
        {
            continue;
        }
        // `-L` and the like come before the starting points.
        let leading = args
            .iter()
            .take_while(|word| {
                survey
                    .bare(**word)
                    .is_some_and(|text| matches!(text, "-H" | "-L" | "-P" | "-D") || text.starts_with("-O"))
            })
            .count();
        let is_path = |text: &str| !text.starts_with('-');
        if args.get(leading).is_some_and(|word| is_path(&survey.pattern(*word))) {
            continue;
        }
        let words = &simple.words[..simple.words.len() - args.len() + leading];
        let Some(last) = words.last() else { continue };
        let insert = Edit::insert(script.span(last.span).end(), " .");
        let first = simple.words[simple.words.len() - args.len() - 1];
        cx.report(script.span(first.span), "`find` has no starting point, which not all implementations support")
            .help("use `find .` for the current directory")
            .fix(Fix::new(Safety::Safe, "start at `.`", [insert]));
    }
}
