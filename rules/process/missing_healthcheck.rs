//! Finds final stages without a `HEALTHCHECK`.

use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Off, "0.1.0", &[Check::OnStage(check)]).aka(&["DL3057"]);

fn check(stage: &Stage<'_>, cx: &Cx<'_>) {
    if !stage.is_final || stage.healthcheck(cx.model).is_some() {
        return;
    }
    let started = stage.cmd(cx.model).or(stage.entrypoint(cx.model)).map(|step| step.instruction.span);
    let mut found = cx.report(stage.from.args_span, "the image has no `HEALTHCHECK`");
    if let Some(started) = started {
        found.label(started, "no health check tests whether this works");
    }
    found.help("add `HEALTHCHECK CMD command` with a command that exits with 0 when healthy, or `HEALTHCHECK NONE` if there is nothing to check");
}
