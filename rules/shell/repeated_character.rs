//! Finds sets such as `[all]`, which hold a character twice.

use crate::finding::prelude::*;
use crate::shell::reader::PartKind;

pub const RULE: Rule = Rule::new(Level::Note, "0.1.0", &[Check::OnScript(check)]).fix(Fixable::Never).aka(&["SC2102"]);

fn check(script: &ScriptView<'_, '_>, cx: &Cx<'_>) {
    let survey = &script.survey;
    for &at in &survey.parts {
        let Some(part) = survey.part(at).filter(|part| matches!(part.kind, PartKind::Set(_))) else { continue };
        let text = survey.slice(part.span);
        let inner = text.trim_start_matches('[').trim_end_matches(']');
        let twice = inner.char_indices().any(|(index, char)| inner[index + char.len_utf8()..].contains(char));
        if twice && !inner.contains(['-', '[', ':', '$', '"', '\'', '\\']) {
            cx.report(script.place(at), format!("`{text}` matches one of these characters, not this word"))
                .help("quote the word if the brackets are meant as text");
        }
    }
}
