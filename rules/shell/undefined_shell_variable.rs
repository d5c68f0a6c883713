//! Finds variables that neither the script nor the file sets.

use std::collections::HashSet;

use crate::finding::prelude::*;
use crate::shell::reader::{Condition, ExprKind, OperationKind, PartKind};
use crate::shell::survey::{At, Kind, Role, Survey};

pub const RULE: Rule = Rule::new(Level::Note, "0.1.0", &[Check::OnScript(check)]).fix(Fixable::Never).aka(&["SC2154"]);

fn check(script: &ScriptView<'_, '_>, cx: &Cx<'_>) {
    let survey = &script.survey;
    let mut told: HashSet<&str> = HashSet::new();
    let asked = asked_for(script);
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
                } else if !asked.contains(name) && !is_default(survey, at) {
                    undefined(script, cx, name, at, &mut told);
                }
            }
            Kind::Expr(id) => {
                if let ExprKind::Variable { name, .. } = script.tree()[id].kind {
                    undefined(script, cx, survey.slice(name), at, &mut told);
                }
            }
            _ => {}
        }
    }
}

/// Reports a variable once, unless something sets it.
fn undefined<'t>(script: &ScriptView<'t, '_>, cx: &Cx<'_>, name: &'t str, at: At, told: &mut HashSet<&'t str>) {
    let lower = name.starts_with(|char: char| char.is_ascii_alphabetic() || char == '_')
        && name.bytes().any(|byte| byte.is_ascii_lowercase());
    if lower && !script.variables.is_set(name) && script.declared(name).is_none() && told.insert(name) {
        cx.report(script.place(at), format!("neither the script nor the Dockerfile sets `{name}`"))
            .help("check the spelling, or declare it with `ARG` or `ENV`");
    }
}

/// The variables of which the script asks anywhere whether they are empty.
fn asked_for<'t>(script: &ScriptView<'t, '_>) -> HashSet<&'t str> {
    let survey = &script.survey;
    let in_brackets = survey.questions().into_iter().filter_map(|question| match question {
        [one] => Some(*one),
        [operator, operand] if matches!(survey.bare(*operator), Some("-n" | "-z")) => Some(*operand),
        _ => None,
    });
    let in_conditions = script.tree().all::<Condition>().iter().filter_map(|condition| match *condition {
        Condition::Word(word) => Some(word),
        Condition::Unary { operator, operand } if matches!(survey.slice(operator), "-n" | "-z" | "-v") => Some(operand),
        _ => None,
    });
    in_brackets
        .chain(in_conditions)
        .flat_map(move |word| {
            survey.flat_parts(word).filter_map(move |part| survey.name(part)).chain(survey.bare(word))
        })
        .collect()
}

/// Whether a part is the default of another expansion: `${x:-$y}`.
fn is_default(survey: &Survey<'_>, part: At) -> bool {
    survey.word_of(part).is_some_and(|word| survey.role(word) == Role::Operand)
}
