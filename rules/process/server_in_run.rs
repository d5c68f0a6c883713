//! Servers that are started while the image is built.

use crate::commands::server::runs_forever;
use crate::finding::prelude::*;
use crate::shell::{Dialect, parse_script};

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnRun(check)]).linux_only();

fn check(step: &Step<'_>, cx: &Cx<'_>) {
    let Some(script) = step.script.as_ref().filter(|script| script.clean) else { return };
    let sure = |command: &&Command| {
        let place = &command.place;
        // `timeout 10 npm start` ends.
        let of_language = |name: &str| matches!(name, "bundle" | "npx" | "pipenv" | "poetry" | "uv");
        let passes = |name: &str| matches!(name, "sudo" | "exec" | "env") || of_language(name);
        let wrapped = command.wrappers.iter().any(|wrapper| !passes(&wrapper.name));
        !place.conditional && !place.background && !wrapped && place.pipe_len <= 1 && runs_forever(command)
    };
    let Some(command) = script.commands.iter().find(sure).filter(|command| may_serve(command, cx)) else { return };
    let what = match command.name.as_str() {
        "tail" | "sleep" => "waits forever",
        _ => "runs a server",
    };
    let subject = match command.subcommand().and_then(|arg| arg.text.as_deref()) {
        Some(word) if !word.contains(['/', '.', ':']) => format!("{} {word}", command.name),
        _ => command.name.clone(),
    };
    cx.report(command.span, format!("`{subject}` {what}, so this step never finishes"))
        .help("start the program with `CMD`: `RUN` only prepares the image");
}

/// Whether an npm script is a server, as far as the manifest tells.
fn may_serve(command: &Command, cx: &Cx<'_>) -> bool {
    if !command.is_any(&["npm", "yarn", "pnpm", "bun"]) {
        return true;
    }
    let node = cx.model.context.filter(|context| context.is_sure()).and_then(|context| context.project().node.as_ref());
    let mut operands = command.operands().filter_map(|arg| arg.text.as_deref());
    let script = operands.find(|word| !matches!(*word, "run" | "run-script")).unwrap_or_default();
    let Some(line) = node.and_then(|node| node.scripts.get(script)) else { return true };
    let parsed = parse_script(line, 0, Dialect::Posix);
    // `node build.js` may end.
    let file = |command: &Command| {
        let file = command.operands().next().map(|arg| arg.lexeme().to_ascii_lowercase()).unwrap_or_default();
        ["server", "app", "index", "main", "www"].iter().any(|name| file.contains(name))
    };
    parsed
        .commands
        .iter()
        .any(|inner| runs_forever(inner) || inner.is_any(&["node", "nodemon", "ts-node"]) && file(inner))
}
