//! Finds `! command` under `set -e`, which stops nothing.

use crate::finding::prelude::*;
use crate::shell::reader::{CommandKind, PrefixKind};
use crate::shell::survey::{At, Kind, Survey};

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
        if survey.children(item).take(2).count() != 1 || is_asked(survey, item) {
            continue;
        }
        cx.report(script.span(prefix.span), "`set -e` does not stop the script here: `!` disables it for this command")
            .help("use `if … ; then exit 1; fi`, or add `|| exit 1`");
    }
}

/// Whether the status is asked for, or is that of the script, a function, a subshell or a branch of `case`.
fn is_asked(survey: &Survey<'_>, item: At) -> bool {
    let Some(list) = survey.parent(item) else { return true };
    let Some(owner) = survey.parent(list) else { return survey.is_last(item, list) };
    let ends = survey.is_last(item, list);
    let asked = match survey.kind(owner) {
        Kind::Part(_) | Kind::Arm(_) => true,
        Kind::Command(command) => match command.kind {
            CommandKind::Subshell(_) => ends,
            CommandKind::Group(_) => {
                let above = survey.parent(owner).and_then(|above| survey.command(above));
                ends && above.is_some_and(|above| matches!(above.kind, CommandKind::Function(_)))
            }
            _ => false,
        },
        _ => false,
    };
    asked || survey.is_condition(item)
}
