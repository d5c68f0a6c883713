//! Finds start scripts and `sh -c` commands that run the program without `exec`.

use crate::commands::service::starts;
use crate::finding::prelude::*;
use crate::knowledge::programs::Class;
use crate::model::script_path;
use crate::shell::exec_form::{is_brief, is_builtin, with_exec};
use crate::shell::{Dialect, parse_script};

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnStage(check)]).linux_only().fix(Fixable::Sometimes);

fn check(stage: &Stage<'_>, cx: &Cx<'_>) {
    if !stage.is_final {
        return;
    }
    for step in [stage.entrypoint(cx.model), stage.cmd(cx.model)].into_iter().flatten() {
        // With an entrypoint, the CMD is only its arguments.
        if step.keyword() == Keyword::Cmd && stage.entrypoint(cx.model).is_some() {
            return;
        }
        in_array(step, cx);
        in_script(stage, step, cx);
    }
}

/// `["sh", "-c", "program $X"]`.
fn in_array(step: &Step<'_>, cx: &Cx<'_>) {
    let Some([shell, flag, item, ..]) = step.instruction.exec_items() else { return };
    let is_shell = matches!(shell.value.rsplit('/').next(), Some("sh" | "bash" | "dash" | "ash"));
    if !is_shell || !flag.value.starts_with('-') || flag.value.starts_with("--") || !flag.value.ends_with('c') {
        return;
    }
    let words: Vec<&str> = item.value.split_whitespace().collect();
    if is_brief(&words) {
        return;
    }
    if let Some(with_exec) = with_exec(&item.value) {
        let mut found = cx.report(item.span, "the shell may stay PID 1 and does not forward signals");
        found
            .variant("may-stay")
            .at_most(Level::Note)
            .help(format!("replace the shell with the program: `{}`", with_exec.replace('`', "'")));
        if !item.value.starts_with(char::is_whitespace) {
            let edit = Edit::insert(item.span.start() + 1, "exec ");
            found.fix(Fix::new(Safety::Safe, "start the program with `exec`", [edit]));
        }
        return;
    }
    let script = parse_script(&item.value, 0, Dialect::Bash);
    if let Some((name, _)) = lasting(&script) {
        cx.report(item.span, format!("`{name}` runs as a child of a shell, which does not forward signals"))
            .variant("child")
            .help(format!("put `exec` before `{name}`"));
    }
}

/// A script from the build context, or written in a heredoc.
fn in_script(stage: &Stage<'_>, step: &Step<'_>, cx: &Cx<'_>) {
    let Some(command) = step.script.as_ref().and_then(|script| script.commands.first()) else { return };
    let Some(shipped) = script_path(command).and_then(|path| stage.shipped_file(cx.model, step, path)) else { return };
    let shell = match shipped.text.strip_prefix("#!") {
        Some(line) => line.lines().next().is_some_and(|line| line.trim_end().ends_with("sh") || line.contains("sh ")),
        None => command.is_shell(),
    };
    let script = shipped.script();
    let Some((name, span)) = lasting(&script).filter(|_| shell) else { return };
    let copied = shipped.step.instruction.span;
    let message = match &shipped.file {
        Some(file) => {
            format!("`{file}` starts `{name}` without `exec`: the script stays PID 1 and does not forward signals")
        }
        None => format!("this script starts `{name}` without `exec` and stays PID 1"),
    };
    let mut found = cx.report(command.span, message);
    match shipped.file {
        None => found.variant("heredoc").label(span, "add `exec` before it"),
        Some(_) => found.label(copied, "the script is copied here"),
    };
    found.help(format!("end the script with `exec {name}{}`", if name == "\"$@\"" { "" } else { " …" }));
}

/// The last command of a script, if it is known to be long-running and does not replace the shell.
fn lasting(script: &Script) -> Option<(String, Span)> {
    let commands = || script.commands.iter().filter(|command| command.place.scope == 0);
    // A script that traps signals or waits handles them itself.
    if !script.clean
        || script.commands.iter().any(|it| it.place.background || it.is_any(&["trap", "wait", "tini", "dumb-init"]))
    {
        return None;
    }
    let last = commands().next_back()?;
    let place = &last.place;
    if place.depth > 0 || place.conditional || place.pipe_len > 1 || last.is_behind("exec") || is_builtin(&last.name) {
        return None;
    }
    let arguments = last.name.is_empty() && last.args.is_empty();
    let name = match last.name.as_str() {
        "" if arguments && last.path.is_empty() && !last.name_span.is_empty() => "\"$@\"".to_owned(),
        "python" | "python3" if last.has_arg("runserver") => last.name.clone(),
        name if last.class().is(Class::LONG_RUNNING) && runs_on(last) => name.to_owned(),
        name if starts(last).is_some_and(|it| it.start == crate::commands::service::Start::Direct)
            && !detaches(last) =>
        {
            name.to_owned()
        }
        _ => return None,
    };
    Some((name, last.span))
}

fn runs_on(command: &Command) -> bool {
    let first = command.operands().next().and_then(|arg| arg.text.as_deref()).unwrap_or_default();
    match command.name.as_str() {
        "npm" | "yarn" | "pnpm" => matches!(first, "start"),
        "celery" => command.has_arg("worker") || command.has_arg("beat"),
        "flask" | "streamlit" => first == "run",
        "rails" => matches!(first, "server" | "s"),
        "java" => command.has_arg("-jar"),
        "node" | "dotnet" => !first.is_empty(),
        _ => true,
    }
}

/// Whether a program detaches into the background, as many do by default.
fn detaches(command: &Command) -> bool {
    let text = |needle: &str| command.args.iter().any(|arg| arg.lexeme().contains(needle));
    match command.name.as_str() {
        "nginx" => !text("daemon off"),
        "sshd" => !command.has_flag(&["-D"]),
        "cron" | "crond" => !command.has_flag(&["-f", "-n"]),
        "redis-server" | "mysqld" | "mongod" | "postgres" | "supervisord" | "httpd" | "php-fpm" => {
            text("daemonize") || text("--fork") || text("-k")
        }
        _ => true,
    }
}
