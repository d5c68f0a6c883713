//! Finds ports below 1024 in images that do not run as root.

use crate::finding::prelude::*;
use crate::model::{Thing, Tri};

pub const RULE: Rule = Rule::new(Level::Note, "0.1.0", &[Check::OnStage(check)]).linux_only();

fn check(stage: &Stage<'_>, cx: &Cx<'_>) {
    if !stage.is_final || stage.end.user_is_root() != Tri::No {
        return;
    }
    let Some(user) = stage.end.user.as_ref().map(|user| user.span) else { return };
    let mut ports = stage.ports(cx.model).filter(|port| (1..1024).contains(&port.first)).peekable();
    if ports.peek().is_none() {
        return;
    }
    if cx.model.provides_in(stage, Thing::Text(&["cap_net_bind_service"])) != Tri::No {
        return;
    }
    for port in ports {
        cx.report(
            port.span,
            format!("port {} is privileged; not every engine lets a non-root user bind it", port.first),
        )
        .label(user, "the program runs as this user")
        .help("listen on a port such as 8080; the host port can still be 80: `-p 80:8080`");
    }
}
