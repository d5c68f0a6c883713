//! Finds programs that are useful on a machine but not in a build.

use crate::commands::service::starts;
use crate::finding::prelude::*;
use crate::knowledge::programs::Class;
use crate::knowledge::shell_words;

// The programs that `check` tells apart.
pub const RULE: Rule =
    Rule::new(Level::Note, "0.1.0", &[Check::OnCommand(shell_words::HOST_COMMANDS, check)]).aka(&["DL3001"]);

fn check(command: &Command, step: &Step<'_>, cx: &Cx<'_>) {
    let Some(script) = step.script.as_ref() else { return };
    // A long script may have started something.
    if command.is_behind("chroot") || only_asks(command) || script.position(command) > 32 {
        return;
    }
    let (what, help) = match command.name.as_str() {
        "kill" | "pkill" | "killall" | "ps" | "pgrep" if !starts_something(script) && is_first(command, script) => {
            ("only the step's own processes run", "remove it, because processes end with the step that starts them")
        }
        "service" if stops(command) && !starts_something(script) => {
            ("only services that the step itself started run", "remove it")
        }
        "shutdown" | "reboot" | "halt" | "poweroff" | "telinit" => {
            ("you cannot shut down a container this way", "end the container's program, or use `docker stop`")
        }
        "free" | "top" | "htop" | "dmesg" | "lsmod" | "uptime" | "w" | "who" => {
            ("it shows the state of the build host", "remove it, or use `docker stats` on a running container")
        }
        "ssh" | "scp" | "sftp" if !has_key(step) => (
            "no one can enter a password, and a key copied in would stay in the image",
            "mount a key with `RUN --mount=type=ssh`, or fetch the files before the build and `COPY` them",
        ),
        "vi" | "vim" | "nano" | "emacs" | "pico" | "less" | "more" | "man" if !is_batch(command) => {
            ("it waits for keyboard input", "change files with `COPY`, `sed` or a heredoc")
        }
        _ => return,
    };
    let message = format!("`{}` is not useful in a build: {what}", command.name);
    cx.report(command.span, message).help(help);
}

fn only_asks(command: &Command) -> bool {
    command.args.iter().any(|arg| matches!(arg.lexeme(), "-V" | "--version" | "-version" | "--help"))
}

/// Whether the script starts something that could be inspected or ended.
fn starts_something(script: &Script) -> bool {
    script.commands.iter().any(|command| {
        command.place.background
            || starts(command).is_some()
            || command.name.is_empty()
            || command.class().is(Class::DAEMONIZES)
            || command.args.iter().any(|arg| matches!(arg.lexeme(), "--daemonize" | "--daemon" | "--fork" | "start"))
    })
}

/// Whether no earlier command could have started what it looks for.
fn is_first(command: &Command, script: &Script) -> bool {
    let mut before = script.commands.iter().take_while(|other| other.span.start() < command.span.start());
    !command.has_dynamic_arg() && before.all(|other| other.is_any(&["set", "echo", "sleep", "cd"]))
}

fn stops(command: &Command) -> bool {
    command.operands().any(|arg| arg.is("stop"))
}

fn has_key(step: &Step<'_>) -> bool {
    step.run_mounts().any(|mount| matches!(mount.kind(), "ssh" | "secret"))
}

/// `vim -c PluginInstall -c qa`, `vim +qall`, `emacs --batch`, `vim -es`.
fn is_batch(command: &Command) -> bool {
    let sign = |text: &str| text.starts_with(['+', '-']);
    command.args.iter().any(|arg| sign(arg.lexeme())) || command.place.pipe_len > 1 || command.stdout_file().is_some()
}
