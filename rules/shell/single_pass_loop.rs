//! Finds `for` loops that run once, since they walk through one word.

use crate::finding::prelude::*;
use crate::shell::reader::{CommandKind, ForHeader, Part, PartKind};

pub const RULE: Rule = Rule::new(Level::Note, "0.1.0", &[Check::OnScript(check)])
    .fix(Fixable::Never)
    .aka(&["SC2043", "SC2041", "SC2042", "SC2066"]);

fn check(script: &ScriptView<'_, '_>, cx: &Cx<'_>) {
    let survey = &script.survey;
    for &at in &survey.commands {
        let Some(command) = survey.command(at) else { continue };
        let CommandKind::For(id) = command.kind else { continue };
        // A menu of one item is still a question.
        if survey.slice(command.span).starts_with("select") {
            continue;
        }
        let ForHeader::Words { words, .. } = script.tree()[id].header else { continue };
        let [word] = &script.tree()[words] else { continue };
        let parts = &script.tree()[word.parts];
        let (code, help) = match parts {
            [Part { kind: PartKind::Single, .. }] => ("SC2041", "remove the quotes if it is a list"),
            [Part { kind: PartKind::Double { parts, .. }, .. }]
                if script.tree()[*parts].iter().any(|part| {
                    matches!(part.kind, PartKind::Substitution(_))
                        || survey.name(part).is_some_and(|name| name != "@") && !survey.slice(part.span).contains("[@]")
                }) =>
            {
                ("SC2066", "remove the quotes if it is a list")
            }
            _ => match survey.literal(*word) {
                Some(text) if text.contains(',') && survey.bare(*word).is_some() => {
                    ("SC2042", "separate the words with spaces")
                }
                _ if survey.is_one_argument(*word) => {
                    ("SC2043", "remove the loop, or add the missing words to the list")
                }
                _ => continue,
            },
        };
        cx.report(script.span(word.span), "this loop runs only once: its list contains one word")
            .variant(code)
            .help(help);
    }
}
