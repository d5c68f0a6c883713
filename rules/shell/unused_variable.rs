//! Finds variables that a script sets and does not use.

use std::collections::{BTreeMap, HashSet};

use crate::finding::prelude::*;
use crate::knowledge::shell_words;
use crate::shell::reader::{ExprKind, PartKind};
use crate::shell::survey::{At, Kind};

pub const RULE: Rule = Rule::new(Level::Note, "0.1.0", &[Check::OnScript(check)]).fix(Fixable::Never).aka(&["SC2034"]);

fn check(script: &ScriptView<'_, '_>, cx: &Cx<'_>) {
    let survey = &script.survey;
    let mut used: HashSet<&str> = HashSet::new();
    for node in &survey.nodes {
        match node.kind {
            Kind::Part(part) => {
                used.extend(survey.name(part));
            }
            Kind::Expr(id) => {
                if let ExprKind::Variable { name, .. } = script.tree()[id].kind {
                    used.insert(survey.slice(name));
                }
            }
            _ => {}
        }
    }
    for simple in &survey.simples {
        let (name, args) = simple.called(survey);
        if matches!(&*name, "export" | "[" | "test") {
            used.extend(args.iter().filter_map(|word| survey.bare(*word)));
        }
    }
    // The last place counts.
    let mut last: BTreeMap<&str, At> = BTreeMap::new();
    for set in &script.variables.set {
        if is_kept(script, set.at) {
            last.insert(set.name, set.at);
        } else {
            used.insert(set.name);
        }
    }
    for (name, at) in last {
        let known = shell_words::READ_BY_OTHERS.contains(&name) || name.starts_with('_') || name.starts_with("LC_");
        if known || used.contains(name) || script.declared(name).is_some() {
            continue;
        }
        match survey.kind(at) {
            Kind::Part(part) if matches!(part.kind, PartKind::Parameter(_)) => continue,
            Kind::Expr(_) => continue,
            _ => {}
        }
        let span = script.span(survey.set_span(at));
        cx.report(span, format!("`{name}` is set but not used in this script"))
            .help("remove it, or `export` it if a program uses it");
    }
}

/// Whether the script's own shell keeps the value: it is neither exported nor for one command.
fn is_kept(script: &ScriptView<'_, '_>, at: At) -> bool {
    let survey = &script.survey;
    let Some(above) = survey.parent(at) else { return true };
    match survey.kind(above) {
        Kind::Command(_) => match (survey.simple(above), survey.kind(at)) {
            (Some(simple), Kind::Assignment(_)) => simple.words.is_empty(),
            (Some(simple), _) => {
                !matches!(&*simple.name(survey), "export" | "readonly" | "local" | "declare" | "typeset")
            }
            _ => true,
        },
        Kind::Part(_) => {
            let command = survey.command_of(at).and_then(|command| survey.simple(command));
            command.is_none_or(|simple| simple.name(survey) != "export")
        }
        _ => true,
    }
}
