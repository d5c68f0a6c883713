//! Finds assignments with a space before the `=`.

use crate::finding::prelude::*;

pub const RULE: Rule =
    Rule::new(Level::Note, "0.1.0", &[Check::OnScript(check)]).fix(Fixable::Never).aka(&["SC2283", "SC2284"]);

fn check(script: &ScriptView<'_, '_>, cx: &Cx<'_>) {
    let survey = &script.survey;
    for simple in &survey.simples {
        let [name, word, ..] = simple.words else { continue };
        if survey.bare(*name).is_none_or(|name| name.starts_with(['[', '='])) {
            continue;
        }
        let text = survey.pattern(*word);
        if !survey.slice(word.span).starts_with('=') {
            continue;
        }
        if text.starts_with("==") {
            cx.report(script.place(simple.at), "this runs a command with `==` as its argument")
                .variant("SC2284")
                .help("use `[ … ]` to compare, or quote it if it is meant as text");
        } else {
            cx.report(script.span(word.span), "this runs a command with `=` as its argument")
                .variant("SC2283")
                .help("remove the space before `=` to assign a value, or quote it if it is meant as text");
        }
    }
}
