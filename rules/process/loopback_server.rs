//! Servers that listen on the loopback interface of the container.

use crate::commands::server::{Serving, serves};
use crate::finding::in_script;
use crate::finding::prelude::*;
use crate::knowledge::programs::is_python;
use crate::knowledge::servers::PROXIES;
use crate::knowledge::services::of_executable;
use crate::model::{StartCommand, Thing, Tri};
use crate::shell::{Dialect, parse_script};

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnStage(check)]).linux_only().fix(Fixable::Sometimes);

fn check(stage: &Stage<'_>, cx: &Cx<'_>) {
    if !stage.is_final {
        return;
    }
    let commands = stage.start_commands(cx.model);
    // Another server in the container may pass requests on, and the base image's entrypoint may start one.
    let proxy = |start: &StartCommand<'_>| of_executable(&start.command.name).is_some();
    if commands.iter().any(proxy) || cx.model.provides_in(stage, Thing::Text(PROXIES)) != Tri::No {
        return;
    }
    for start in commands.iter().filter(|start| !start.command.place.conditional) {
        if let Some(serving) = serves(start.command) {
            return report(start, &serving, stage, cx);
        }
    }
    for start in &commands {
        by_npm(start, stage, cx);
    }
    by_source(stage, cx);
}

/// `python app.py`, where the script is in the build context and starts the server.
fn by_source(stage: &Stage<'_>, cx: &Cx<'_>) {
    let Some(step) = stage.start_step(cx.model) else { return };
    let Some([command]) = step.script.as_ref().map(|script| script.commands.as_slice()) else { return };
    if !is_python(&command.name) || command.has_flag(&["-m", "-c"]) {
        return;
    }
    let Some(path) = command.operands().next().and_then(|arg| arg.text.as_deref()) else { return };
    let Some(shipped) = stage.shipped_file(cx.model, step, path) else { return };
    let Some(call) = local_run(&shipped.text) else { return };
    let file = path.replace('`', "'");
    cx.report(command.span, format!("`{call}` in `{file}` listens on 127.0.0.1, so published ports cannot reach it"))
        .variant("source")
        .help("listen on all addresses: add the argument `host=\"0.0.0.0\"`");
}

/// The call that starts Flask's server or uvicorn without an address.
fn local_run(text: &str) -> Option<&'static str> {
    let call = |sign: &str, call: &str| {
        let at = text.find(call).filter(|_| text.contains(sign))?;
        let line = text[..at].rsplit('\n').next()?;
        let rest = &text[at + call.len()..];
        let mut depth = 1_usize;
        let end = rest.char_indices().take(1000).find(|(_, char)| {
            depth = match char {
                '(' => depth + 1,
                ')' => depth - 1,
                _ => depth,
            };
            depth == 0
        })?;
        let arguments = &rest[..end.0];
        (!line.contains(['#', '"', '\'']) && !arguments.contains("host") && !arguments.contains('*')).then_some(())
    };
    let flask = || call("Flask(", "app.run(").map(|()| "app.run()");
    flask().or_else(|| call("import uvicorn", "uvicorn.run(").map(|()| "uvicorn.run()"))
}

fn report(start: &StartCommand<'_>, serving: &Serving<'_>, stage: &Stage<'_>, cx: &Cx<'_>) {
    let name = serving.name.as_str();
    let place = in_script(start);
    if let Some(arg) = serving.loopback_argument() {
        let here = if start.file.is_some() { start.span } else { arg.span };
        let mut found = cx.report(here, format!("`{name}` listens on the container's own loopback interface{place}"));
        found.variant("argument").help("listen on all addresses: `0.0.0.0`");
        let text = cx.text(arg.span);
        let changed = text.replace("127.0.0.1", "0.0.0.0").replace("localhost", "0.0.0.0");
        if start.file.is_none() && changed != text {
            found.fix(Fix::new(Safety::Unsafe, "listen on `0.0.0.0`", [Edit::replace(arg.span, changed)]));
        }
        return;
    }
    let variables = &stage.end.variables;
    let set = serving.server.variables.iter().any(|name| variables.get(*name).is_some());
    if serving.server.add.is_empty() || serving.sets_address() || set || is_configured(serving, cx) {
        return;
    }
    let add = serving.server.add.join(" ");
    let mut found = cx.report(
        start.span,
        format!("`{name}` listens on 127.0.0.1 by default, so published ports cannot reach it{place}"),
    );
    found.help(format!("listen on all of the container's addresses: add `{add}`"));
    let edit = insertion(start, serving, cx).filter(|_| start.file.is_none());
    found.fix(edit.and_then(|edit| Fix::new(Safety::Unsafe, format!("add `{add}`"), [edit])));
}

/// Whether a configuration file that is not read may set the address.
fn is_configured(serving: &Serving<'_>, cx: &Cx<'_>) -> bool {
    let files: &[&str] = match serving.name.split(' ').next().unwrap_or_default() {
        "gunicorn" => &["gunicorn.conf.py"],
        "vite" => &["vite.config.js", "vite.config.ts", "vite.config.mjs", "vite.config.mts"],
        "webpack" | "webpack-dev-server" => &["webpack.config.js", "webpack.dev.js", "webpack.config.ts"],
        "ng" => &["angular.json"],
        "astro" => &["astro.config.mjs", "astro.config.ts"],
        "nuxt" => &["nuxt.config.ts", "nuxt.config.js"],
        "jupyter" => return true,
        _ => return false,
    };
    let Some(context) = cx.model.context.filter(|context| context.is_sure()) else { return true };
    let sets = |text: &str| ["host", "bind", "0.0.0.0"].iter().any(|word| text.contains(word));
    files.iter().any(|file| context.read(file).is_some_and(|text| sets(&text)))
}

/// Adds the address at the end of the command.
fn insertion(start: &StartCommand<'_>, serving: &Serving<'_>, cx: &Cx<'_>) -> Option<Edit> {
    let command = start.command;
    let last = command.args.last().map_or(command.name_span, |arg| arg.span);
    // `runserver 8000`
    let port = serving
        .args
        .iter()
        .find(|arg| arg.lexeme().bytes().all(|byte| byte.is_ascii_digit()) && !arg.lexeme().is_empty());
    if let (Some(port), true) = (port, serving.server.flags.is_empty()) {
        let text = cx.text(port.span);
        return Some(Edit::replace(port.span, text.replace(port.lexeme(), &format!("0.0.0.0:{}", port.lexeme()))));
    }
    let text = cx.text(last);
    if command.place.depth > 0 || command.place.pipe_len > 1 {
        return None;
    }
    Some(match text.ends_with('"') && text.starts_with('"') && text.len() > 1 {
        true => {
            let items: String = serving.server.add.iter().map(|word| format!(", \"{word}\"")).collect();
            Edit::insert(last.end(), items)
        }
        false => Edit::insert(last.end(), format!(" {}", serving.server.add.join(" "))),
    })
}

/// `npm run dev`, where the manifest tells what that is.
fn by_npm(start: &StartCommand<'_>, stage: &Stage<'_>, cx: &Cx<'_>) {
    let Some(context) = cx.model.context.filter(|context| context.is_sure()) else { return };
    let command = start.command;
    let mut operands = command.operands().filter_map(|arg| arg.text.as_deref());
    let script = match (command.name.as_str(), operands.next()) {
        ("npm" | "yarn" | "pnpm", Some("run" | "run-script")) => operands.next(),
        ("npm" | "yarn" | "pnpm", Some(script)) => Some(script),
        _ => return,
    };
    if command.args.iter().any(|arg| arg.lexeme().contains("host")) {
        return;
    }
    let Some(line) = context.project().node.as_ref().and_then(|node| node.scripts.get(script?)) else { return };
    let parsed = parse_script(line, 0, Dialect::Posix);
    let Some(serving) = parsed.commands.iter().find_map(serves) else { return };
    let set = serving.server.variables.iter().any(|name| stage.end.variables.get(*name).is_some());
    if serving.server.add.is_empty() || serving.sets_address() || set || is_configured(&serving, cx) {
        return;
    }
    let mut found = cx.report(
        start.span,
        format!("`{}` listens on 127.0.0.1 by default, so published ports cannot reach it", serving.name),
    );
    found.variant("manifest").help(format!("add `{}` to the script in `package.json`", serving.server.add.join(" ")));
}
