//! Finds variables that neither the script nor the file sets.

use std::collections::HashSet;

use crate::finding::prelude::*;
use crate::knowledge::{shell_words, variables};
use crate::shell::reader::{Condition, ExprKind, OperationKind, PartKind};
use crate::shell::survey::{At, Kind, Role, Survey};
use crate::text::suggest;

pub const RULE: Rule =
    Rule::new(Level::Note, "0.1.0", &[Check::OnScript(check)]).fix(Fixable::Never).aka(&["SC2154", "SC2153"]);

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

/// How many variables of the file a name is compared with.
const MAX_DECLARED: usize = 100;

/// Reports a variable once, unless something sets it. One in capitals may be set by the base image: it is only reported if it
/// looks like a misspelling.
fn undefined<'t>(script: &ScriptView<'t, '_>, cx: &Cx<'_>, name: &'t str, at: At, told: &mut HashSet<&'t str>) {
    let is_name = name.starts_with(|char: char| char.is_ascii_alphabetic() || char == '_');
    if !is_name || script.declared(name).is_some() || script.variables.is_set(name) || !told.insert(name) {
        return;
    }
    let near = suggest::misspelled(name, candidates(script));
    let is_global = !name.bytes().any(|byte| byte.is_ascii_lowercase());
    let help = near.map_or_else(
        || "check the spelling, or declare it with `ARG` or `ENV`".to_owned(),
        |near| format!("did you mean `{near}`?"),
    );
    let message = format!("neither the script nor the Dockerfile sets `{name}`");
    if !is_global {
        cx.report(script.place(at), message).variant("SC2154").help(help);
    } else if near.is_some() && !shell_words::is_shell_variable(name) {
        cx.report(script.place(at), message).variant("SC2153").help(help);
    }
}

/// The variables that are set: by the script, by the instructions before it, and by the builder.
fn candidates<'v>(script: &'v ScriptView<'_, '_>) -> impl Iterator<Item = &'v str> {
    let survey = &script.survey;
    let is_for_one_command = |at: At| {
        let simple = survey.parent(at).and_then(|above| survey.simple(above));
        simple.is_some_and(|simple| !simple.words.is_empty() && matches!(survey.kind(at), Kind::Assignment(_)))
    };
    let own = script.variables.set.iter().filter(move |set| !is_for_one_command(set.at)).map(|set| set.name);
    let declared = script.step.state.variables.keys().map(|name| &**name);
    // Of so many, any may be meant.
    let declared = declared.take(if script.step.state.variables.size() > MAX_DECLARED { 0 } else { MAX_DECLARED });
    own.chain(declared).chain(variables::PROXIES.iter().copied())
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
