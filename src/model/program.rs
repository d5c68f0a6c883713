//! Whether a command that a container starts is a program, or only waits for one.

use crate::knowledge::command_lines::INFORMATION;
use crate::knowledge::programs::Class;
use crate::shell::Command;

/// Commands that are not the image's program: a shell to work in, or one that only waits.
const NO_PROGRAM: Class = Class::ELEMENTARY.or(Class::SHELL).or(Class::OTHER_SHELL);

/// Whether it only prints its usage: the image is a tool, to be called with other arguments.
pub(super) fn says_how(command: &Command) -> bool {
    let says = |text: &str| INFORMATION.contains(&text.trim()) && text != "-V";
    // `-v` asks for the version, or for many words.
    let asks = |text: &str| says(text) || matches!(text, "-V" | "-v");
    match command.args.as_slice() {
        [] => says(&command.name),
        [.., last] if last.text.as_deref().is_some_and(says) => true,
        args => args.iter().all(|arg| arg.text.as_deref().is_some_and(asks)),
    }
}

/// Whether it is `dumb-init --` with nothing after it, or an emulator with a shell: the program is given at start.
pub(super) fn only_passes_on(command: &Command) -> bool {
    let shell = |text: &str| matches!(text.rsplit('/').next(), Some("sh" | "bash" | "ash"));
    let mut operands = command.operands();
    match operands.next() {
        None => command.class().is(Class::INIT_WRAPPER),
        Some(first) => {
            let bare = operands.next().is_none() && first.text.as_deref().is_some_and(shell);
            bare && (command.name.starts_with("qemu-") || command.class().is(Class::INIT_WRAPPER))
        }
    }
}

pub(super) fn is_program(command: &Command) -> bool {
    let waits = command.args.is_empty() && command.is_any(&["mvn", "gradle", "make"]);
    if waits || says_how(command) || only_passes_on(command) || command.runs_any(&["pip", "pip3"], &["show", "list"]) {
        return false;
    }
    if command.class().is(Class::REPL) {
        return command.operands().next().is_some() || command.has_flag(&["-m", "-c", "-e", "-jar", "-S"]);
    }
    if command.is_shell() {
        // `bash start.sh` runs something, `bash -l` does not; of `sh -c …` the script's commands follow.
        return !command.has_flag(&["-c"]) && command.operands().next().is_some();
    }
    if command.name.starts_with("pwsh") {
        return !command.args.is_empty();
    }
    if command.name.is_empty() {
        return !command.path.is_empty();
    }
    !command.class().is(NO_PROGRAM) && !command.is_any(&["--", "trap", "build.sh", "usage"])
}
