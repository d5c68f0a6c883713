//! Finds a variable that is set to its own value.

use crate::finding::prelude::*;
use crate::shell::reader::{PartKind, Value};

pub const RULE: Rule = Rule::new(Level::Note, "0.1.0", &[Check::OnScript(check)]).fix(Fixable::Never).aka(&["SC2269"]);

fn check(script: &ScriptView<'_, '_>, cx: &Cx<'_>) {
    let survey = &script.survey;
    for simple in survey.simples.iter().filter(|simple| simple.words.is_empty()) {
        for assignment in simple.assignments {
            let Value::Word(word) = assignment.value else { continue };
            if assignment.append || assignment.subscript.is_some() {
                continue;
            }
            let mut parts = survey.flat_parts(word);
            let (Some(part), None) = (parts.next(), parts.next()) else { continue };
            let PartKind::Parameter(id) = part.kind else { continue };
            let parameter = &script.tree()[id];
            let plain = parameter.operation.is_none()
                && parameter.subscript.is_none()
                && !parameter.length
                && !parameter.indirect;
            let name = survey.slice(assignment.name);
            if plain && survey.slice(parameter.name) == name {
                cx.report(script.span(assignment.span), format!("`{name}` is set to its own value"))
                    .help("remove it, or correct the name");
            }
        }
    }
}
