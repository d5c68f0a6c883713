//! Downloads and clones that a `RUN` leaves in `/tmp`.

use super::shared::is_removed_later;
use crate::commands::cleanup::may_take_away;
use crate::commands::download::extracts;
use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Note, "0.1.0", &[Check::OnRun(check)]);

fn check(step: &Step<'_>, cx: &Cx<'_>) {
    let Some(script) = cx.model.shipped_script(step) else { return };
    for brought in step.brings(cx.model).into_iter().chain(cloned(script)).limited(128) {
        let path = brought.path.as_str();
        if !["/tmp/", "/var/tmp/"].iter().any(|top| path.starts_with(top)) || step.is_mounted_over(cx.model, path) {
            continue;
        }
        let Some(at) = script.commands.iter().position(|command| command.span == brought.span) else { continue };
        let Some(command) = script.commands.get(at).filter(|it| !it.place.conditional && !it.place.subshell) else {
            continue;
        };
        let behind = || script.after(command);
        // Unpacked archives are left to `archive-left`.
        let unpacked = behind().any(|other| extracts(other).is_some());
        if unpacked || behind().any(|other| may_take_away(other, path)) || is_removed_later(cx.model, step, path) {
            continue;
        }
        cx.report(brought.span, format!("`{path}` stays in the image because nothing removes it")).help(
            "remove it in the same `RUN`, or use a mount that is not kept: `RUN --mount=type=tmpfs,target=/tmp …`",
        );
    }
}

/// The targets of `git clone URL /tmp/x`.
fn cloned(script: &Script) -> impl Iterator<Item = crate::model::CopiedFile> + '_ {
    let clones = script.commands.iter().filter(|command| command.runs("git", "clone"));
    clones.filter_map(|command| {
        let path = command.rest().nth(1)?.text.clone()?;
        Some(crate::model::CopiedFile { path, certain: true, source: None, span: command.span })
    })
}
