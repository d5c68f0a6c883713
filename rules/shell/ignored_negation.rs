//! Finds `! command` under `set -e`, which stops nothing.

use crate::finding::prelude::*;
use crate::shell::reader::{CommandKind, PrefixKind};
use crate::shell::survey::{At, Kind, Role, Survey};

pub const RULE: Rule = Rule::new(Level::Note, "0.1.0", &[Check::OnScript(check)]).fix(Fixable::Never).aka(&["SC2251"]);

fn check(script: &ScriptView<'_, '_>, cx: &Cx<'_>) {
    let survey = &script.survey;
    if !(script.options.errexit || survey.sets_errexit()) {
        return;
    }
    for at in 0..survey.nodes.len() {
        let Kind::Pipeline(pipeline) = survey.kind(at) else { continue };
        let Some(prefix) = script.tree()[pipeline.prefixes].first().filter(|prefix| prefix.kind == PrefixKind::Not)
        else {
            continue;
        };
        let Some(item) = survey.parent(at) else { continue };
        if survey.children(item).count() != 1 || is_asked(survey, item) {
            continue;
        }
        cx.report(
            script.span(prefix.span),
            "`set -e` does not stop the script here: `!` turns it off for this command",
        )
        .help("use `if … ; then exit 1; fi`, or add `|| exit 1`");
    }
}

/// Whether the status is that of a condition, or of the script, a function or a subshell.
fn is_asked(survey: &Survey<'_>, item: At) -> bool {
    let mut below = item;
    for above in survey.ancestors(item) {
        match survey.kind(above) {
            Kind::List(_) => {
                if survey.children(above).last() != Some(below) {
                    return false;
                }
                match survey.role(above) {
                    Role::Script | Role::Condition => return true,
                    _ => {}
                }
            }
            Kind::Part(_) => return true,
            Kind::Command(command) => match command.kind {
                CommandKind::Subshell(_) | CommandKind::Function(_) => return true,
                CommandKind::Group(_) => {
                    if !survey.parent(above).is_some_and(|up| matches!(survey.kind(up), Kind::Command(_))) {
                        return false;
                    }
                }
                _ => return false,
            },
            Kind::Pipeline(_) | Kind::Item(_) => return false,
            _ => {}
        }
        below = above;
    }
    true
}
