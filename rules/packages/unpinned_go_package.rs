//! Finds Go packages without a version, or with `@latest`.

use std::cell::LazyCell;

use crate::finding::prelude::*;
use crate::shell::Arg;

pub const RULE: Rule = Rule::new(Level::Note, "0.1.0", &[Check::OnStage(check)]).aka(&["DL3062"]);

fn check(stage: &Stage<'_>, cx: &Cx<'_>) {
    // With a module in the image, its `go.mod` decides the version of a bare path.
    let first = LazyCell::new(|| {
        let inherited = stage.chain(cx.model).any(|below| below.steps.iter().any(brings_files));
        if inherited { Some(0) } else { stage.steps.iter().position(brings_files) }
    });
    for step in stage.all(Keyword::Run).chain(cx.model.kept_in(stage)) {
        let module = || first.is_some_and(|at| at < step.index) || step.run_mounts().any(|it| it.kind() == "bind");
        for command in step.commands() {
            let Some(verb) = command.subcommand().filter(|_| command.is("go")).and_then(|arg| arg.text.as_deref())
            else {
                continue;
            };
            let (count, pinned) = match verb {
                "install" => (usize::MAX, module()),
                // It fetches the newest version regardless of `go.mod`.
                "get" => (usize::MAX, false),
                "run" => (1, module()),
                _ => continue,
            };
            let floats = |arg: &&Arg| {
                let text = arg.lexeme();
                match text.split_once('@') {
                    Some((path, version)) => is_remote(path) && matches!(version, "latest" | "upgrade" | "patch"),
                    None => !pinned && is_remote(text) && !text.ends_with(".go"),
                }
            };
            let Some(found) = command.rest().take(count).find(floats) else { continue };
            let name = found.lexeme().split('@').next().unwrap_or_default().replace('`', "'");
            cx.report(found.span, format!("`{name}` is not pinned to a version"))
                .help(format!("use `go {verb} {name}@VERSION`; the project's tags list the versions"));
        }
    }
}

fn brings_files(step: &Step<'_>) -> bool {
    step.copy().is_some()
        || step
            .commands()
            .iter()
            .any(|command| command.runs_any(&["git"], &["clone"]) || command.runs("go", "mod") || command.is("tar"))
}

/// `golang.org/x/tools`; not `./cmd`, nor `net/http`.
fn is_remote(path: &str) -> bool {
    let host = path.split('/').next().unwrap_or_default();
    path.contains('/') && host.contains('.') && !host.starts_with('.') && !host.contains('$')
}
