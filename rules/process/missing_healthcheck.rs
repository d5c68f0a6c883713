use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Off, "0.1.0", &[Check::OnStage(check)]).aka(&["DL3057"]);

fn check(stage: &Stage<'_>, cx: &mut Cx<'_>) {
    if !stage.is_final || stage.healthcheck(cx.model).is_some() {
        return;
    }
    let started = stage.cmd(cx.model).or(stage.entrypoint(cx.model)).map(|step| step.instruction.span);
    let found = cx.report(stage.from.args_span, "the image says nothing about how to tell whether it is well");
    if let Some(started) = started {
        found.label(started, "nobody asks whether this works");
    }
    found.help("write `HEALTHCHECK CMD command`, with a command that is in the image and exits with 0 if all is well, and `HEALTHCHECK NONE` if there is nothing to ask");
}
