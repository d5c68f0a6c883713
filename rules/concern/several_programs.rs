//! A container that starts one program in the background and another in the foreground.

use crate::commands::service;
use crate::finding::in_script;
use crate::finding::prelude::*;
use crate::knowledge::programs::Class;
use crate::shell::Link;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnStage(check)]).linux_only();

fn check(stage: &Stage<'_>, cx: &Cx<'_>) {
    // Known services are left to `several-services` and `shell-init`.
    if !stage.is_final || !stage.started_services(cx.model).is_empty() {
        return;
    }
    let commands = stage.start_commands(cx.model);
    if let Some(start) = commands.iter().find(|start| runs_several(start.command)) {
        cx.report(start.span, format!("`{}` starts several programs in one container", start.command.name))
            .variant("parallel-tool")
            .help("run each program in its own container and start them together with Compose");
        return;
    }
    let plain = |command: &Command| {
        !command.place.conditional
            && !command.place.subshell
            && !command.name.is_empty()
            && !command.class().is(Class::ELEMENTARY.or(Class::SHELL))
            && !command.is_any(&["trap", "read", "kill"])
    };
    let Some(at) = commands.iter().position(|start| start.command.place.background && plain(start.command)) else {
        return;
    };
    let first = &commands[at];
    let second =
        commands[at + 1..].iter().find(|start| plain(start.command) && start.command.place.link == Link::Sequence);
    let Some(second) = second.filter(|second| service::starts(second.command).is_none()) else { return };
    // Helpers in the background, such as `tail -F log &`, were skipped above.
    let mut found = cx.report(
        first.span,
        format!(
            "the container runs `{}`{} in the background, alongside `{}`",
            first.command.name,
            in_script(first),
            second.command.name
        ),
    );
    if second.span != first.span {
        found.label(second.span, "Docker only supervises this one");
    }
    if first.file.is_some() {
        // A script may start and stop it for a reason.
        found.at_most(Level::Note);
    }
    found
        .help("run each program in its own container and start them together with Compose")
        .help("if the background program dies, nothing restarts it, and on `docker stop` it gets no signal");
}

/// Whether the command is a tool that runs its arguments in parallel.
fn runs_several(command: &Command) -> bool {
    let node = command.is_any(&["concurrently", "run-p"])
        || command.is("npm-run-all") && command.has_flag(&["-p", "--parallel"]);
    let behind = command.is("npx") && command.subcommand().is_some_and(|arg| arg.is("concurrently"));
    node || behind
}
