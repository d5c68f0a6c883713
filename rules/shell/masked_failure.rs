//! Finds scripts that discard the exit status of an installation or a build.

use crate::commands::class::{Work, work};
use crate::finding::prelude::*;
use crate::shell::Link;

pub const RULE: Rule = Rule::new(Level::Note, "0.1.0", &[Check::OnRun(check)]);

fn check(step: &Step<'_>, cx: &Cx<'_>) {
    let Some(script) = step.script.as_ref().filter(|script| script.clean) else { return };
    let Some(last) = script.commands.last().filter(|last| gives_up(last) && last.place.scope == 0) else { return };
    if last.place.depth > 0 || last.place.background {
        return;
    }
    let (masked, written): (Vec<&Command>, &str) = if last.place.link == Link::Or {
        (script.commands.iter().filter(|other| other.place.list == last.place.list).collect(), "||")
    } else if last.place.link == Link::Sequence && !script.has_errexit(last) {
        (script.commands.iter().collect(), ";")
    } else {
        return;
    };
    let worker =
        |command: &&&Command| command.place.scope == 0 && work(command).is_some_and(|kind| kind != Work::Fetch);
    let Some(worker) = masked.iter().find(worker) else { return };
    let name = &worker.name;
    let shown = format!("{written} {}", cx.text(last.span));
    let (variant, message) = if masked.len() > 2 {
        ("several", format!("`{shown}` hides failures of all commands in this `RUN`, including `{name}`"))
    } else {
        ("", format!("`{shown}` hides a failure of `{name}`"))
    };
    cx.report(last.span, message)
        .variant(variant)
        .label(worker.span, "a failure here is hidden")
        .help("let the build fail, or limit this to the one command that may fail: `{ COMMAND || true; }`");
}

/// Whether a command always succeeds and does nothing.
fn gives_up(command: &Command) -> bool {
    let nothing = command.redirects.is_empty() && command.wrappers.is_empty();
    let exits = command.is("exit") && command.args.first().is_none_or(|arg| arg.is("0"));
    nothing && (command.is_any(&["true", ":"]) && command.args.is_empty() || exits && !command.args.is_empty())
}
