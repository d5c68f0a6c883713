//! Finds ranges and sets that `tr` does not read as meant.

use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Note, "0.1.0", &[Check::OnScript(check)])
    .fix(Fixable::Never)
    .aka(&["SC2018", "SC2019", "SC2020", "SC2021"]);

fn check(script: &ScriptView<'_, '_>, cx: &Cx<'_>) {
    let survey = &script.survey;
    for simple in &survey.simples {
        let (name, args) = simple.called(survey);
        if name != "tr" {
            continue;
        }
        for word in args {
            let Some(text) = survey.literal(*word) else { continue };
            let inner = text.strip_prefix('[').and_then(|text| text.strip_suffix(']'));
            let twice =
                |text: &str| text.char_indices().any(|(index, char)| text[index + char.len_utf8()..].contains(char));
            let (code, message, help) = match (&*text, inner) {
                ("a-z", _) => (
                    "SC2018",
                    "this range contains only letters without accents",
                    "use `'[:lower:]'` to match all lowercase letters",
                ),
                ("A-Z", _) => (
                    "SC2019",
                    "this range contains only letters without accents",
                    "use `'[:upper:]'` to match all uppercase letters",
                ),
                (_, Some(inner)) if !inner.starts_with([':', '=', '[']) && text.len() > 2 => {
                    ("SC2021", "`tr` treats these brackets as characters", "remove the brackets")
                }
                (text, _) if !text.starts_with(['-', '[']) && !text.contains(['-', '\\', '[']) && twice(text) => {
                    ("SC2020", "`tr` replaces characters, not words", "use `sed` to replace a word")
                }
                _ => continue,
            };
            cx.report(script.span(word.span), message).variant(code).help(help);
        }
    }
}
