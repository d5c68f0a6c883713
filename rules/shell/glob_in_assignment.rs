//! Finds patterns and braces in assignments, which stay as they are.

use crate::finding::prelude::*;
use crate::shell::reader::PartKind;
use crate::shell::survey::Role;

pub const RULE: Rule = Rule::new(Level::Note, "0.1.0", &[Check::OnScript(check)]).fix(Fixable::Never).aka(&["SC2125"]);

fn check(script: &ScriptView<'_, '_>, cx: &Cx<'_>) {
    let survey = &script.survey;
    for &at in survey.words.iter().filter(|at| survey.role(**at) == Role::Value) {
        let Some(word) = survey.word(at) else { continue };
        let text = survey.slice(word.span);
        let braces = script.tree()[word.parts].iter().any(|part| {
            let text = survey.slice(part.span);
            matches!(part.kind, PartKind::Literal)
                && text.find('{').is_some_and(|open| text[open..].contains('}') && text[open..].contains([',', '.']))
        });
        if survey.is_glob(word) || braces {
            cx.report(script.place(at), format!("`{text}` is not expanded in an assignment"))
                .help("quote it if it is meant as text");
        }
    }
}
