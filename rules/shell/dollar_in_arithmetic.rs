//! Finds `$x` in `$((…))`, where `x` will do.

use crate::finding::prelude::*;
use crate::shell::reader::PartKind;
use crate::shell::survey::{Kind, Role};

pub const RULE: Rule = Rule::new(Level::Note, "0.1.0", &[Check::OnScript(check)]).fix(Fixable::Never).aka(&["SC2004"]);

fn check(script: &ScriptView<'_, '_>, cx: &Cx<'_>) {
    let survey = &script.survey;
    for &at in &survey.parts {
        let Some(part) = survey.part(at) else { continue };
        let PartKind::Parameter(id) = part.kind else { continue };
        let parameter = &script.tree()[id];
        let name = survey.slice(parameter.name);
        let plain = parameter.operation.is_none() && !parameter.length && !parameter.indirect;
        if !plain || !name.starts_with(|char: char| char.is_ascii_alphabetic() || char == '_') {
            continue;
        }
        let Some(word) = survey.parent(at) else { continue };
        let Kind::Word(text) = survey.kind(word) else { continue };
        let number = match survey.role(word) {
            Role::Arithmetic => !survey.ancestors(word).any(|above| {
                matches!(survey.kind(above), Kind::Part(outer) if survey.slice(outer.span).starts_with("$[") || matches!(outer.kind, PartKind::Parameter(_)))
            }),
            Role::Subscript => survey.parent(word).is_some_and(|above| matches!(survey.kind(above), Kind::Assignment(_))),
            _ => false,
        };
        if number && script.tree()[text.parts].len() == 1 {
            cx.report(
                script.place(at),
                format!("`{}` does not need a `$` in an arithmetic expression", survey.slice(part.span)),
            )
            .help(format!("use `{name}`"));
        }
    }
}
