//! Images that expose a port, but start only a shell or an interpreter.

use crate::finding::prelude::*;
use crate::knowledge::bases::{Entrypoint, Role};

pub const RULE: Rule = Rule::new(Level::Note, "0.1.0", &[Check::OnStage(check)]).linux_only();

fn check(stage: &Stage<'_>, cx: &Cx<'_>) {
    if !stage.is_final || stage.cmd(cx.model).is_some() || stage.entrypoint(cx.model).is_some() {
        return;
    }
    let Some(expose) = stage.history(cx.model).rfind(|step| step.keyword() == Keyword::Expose) else { return };
    let (Some(contents), Some(image)) = (stage.contents(cx.model), stage.root_image(cx.model)) else { return };
    let plain = contents.image.is_some_and(|row| matches!(row.role, Role::Os | Role::Runtime | Role::Toolchain));
    let starts_shell =
        matches!(contents.entrypoint(), Some(Entrypoint::None | Entrypoint::Completes)) && contents.ports().is_empty();
    if !plain || !starts_shell {
        return;
    }
    let written = image.written.replace('`', "'");
    cx.report(expose.instruction.span, "the image exposes a port but does not start a server: it has no `CMD`")
        .label(image.span, format!("`{written}` starts a shell or an interpreter"))
        .help("add a `CMD` that starts the server, unless you always specify the command when you run the container");
}
