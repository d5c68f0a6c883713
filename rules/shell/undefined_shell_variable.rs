//! Finds variables that neither the script nor the file sets.

use std::collections::HashSet;

use crate::finding::prelude::*;
use crate::shell::reader::{ExprKind, OperationKind, PartKind};
use crate::shell::survey::Kind;

pub const RULE: Rule = Rule::new(Level::Note, "0.1.0", &[Check::OnScript(check)]).fix(Fixable::Never).aka(&["SC2154"]);

fn check(script: &ScriptView<'_, '_>, cx: &Cx<'_>) {
    let survey = &script.survey;
    let mut told: HashSet<&str> = HashSet::new();
    let mut found: Vec<(&str, usize)> = Vec::new();
    for (at, node) in survey.nodes.iter().enumerate() {
        match node.kind {
            Kind::Part(part) => {
                let PartKind::Parameter(id) = part.kind else { continue };
                let name = survey.slice(script.tree()[id].name);
                let guarded = script.tree()[id].operation.is_some_and(|operation| {
                    matches!(
                        operation.kind,
                        OperationKind::Default
                            | OperationKind::Assign
                            | OperationKind::Error
                            | OperationKind::Alternate
                    )
                });
                if guarded {
                    told.insert(name);
                } else {
                    found.push((name, at));
                }
            }
            Kind::Expr(id) => {
                if let ExprKind::Variable { name, .. } = script.tree()[id].kind {
                    found.push((survey.slice(name), at));
                }
            }
            _ => {}
        }
    }
    for (name, at) in found {
        let lower = name.starts_with(|char: char| char.is_ascii_alphabetic() || char == '_')
            && name.bytes().any(|byte| byte.is_ascii_lowercase());
        if !lower || script.variables.is_set(name) || script.declared(name).is_some() || !told.insert(name) {
            continue;
        }
        cx.report(script.place(at), format!("nothing here sets `{name}`"))
            .help("check its spelling, or declare it with `ARG` or `ENV`");
    }
}
