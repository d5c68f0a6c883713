//! Finds `curl` without `-f`, which ignores HTTP errors.

use crate::commands::download::{Download, Output, downloads, extracts, verifies};
use crate::finding::prelude::*;
use crate::knowledge::command_lines::{CURL_SPECIAL, CURL_SWITCHES};
use crate::shell::Arg;

pub const RULE: Rule = Rule::new(Level::Note, "0.1.0", &[Check::OnRun(check)]).fix(Fixable::Sometimes);

fn check(step: &Step<'_>, cx: &Cx<'_>) {
    let Some(script) = &step.script else { return };
    let mut curls =
        script.commands.iter().filter(|command| command.is("curl") && !command.has_flag(CURL_SPECIAL)).peekable();
    // Verifying or unpacking an error page fails.
    if curls.peek().is_none() || script.commands.iter().any(|command| verifies(command) || extracts(command).is_some())
    {
        return;
    }
    for command in curls {
        let Some(download) = downloads(command).filter(|download| !download.fails && download.has_literal_url()) else {
            continue;
        };
        if !is_kept(command, download) || command.has_dynamic_arg() && !download.has_literal_url() {
            continue;
        }
        let reader = reader(command, script);
        // Then only the last command counts, and most succeed without input.
        let hidden = reader.is_some() && !script.has_pipefail(command);
        let mut found = match reader {
            Some(reader) => {
                let name = if reader.name.is_empty() { "the next command" } else { &format!("`{}`", reader.name) };
                cx.report(command.name_span, format!("without `-f`, `curl` passes an HTTP error page to {name}"))
            }
            None => cx.report(
                command.name_span,
                "without `-f`, `curl` saves an HTTP error page as the file and the build continues",
            ),
        };
        found.variant(if reader.is_some() { "pipe" } else { "" });
        found.help(match hidden {
            true => "use `curl -f` together with `pipefail`, without which the pipe hides the failure",
            false => "use `curl -f`, which fails on HTTP errors",
        });
        if !step.is_exec_form() && !hidden {
            let short =
                |arg: &&Arg| arg.raw.len() > 1 && arg.raw.starts_with('-') && arg.raw[1..].bytes().all(is_switch);
            // `-s -S` are words of their own, and so is this one.
            let apart = command.args.get(1).is_some_and(|arg| short(&arg)) && command.args[0].raw.len() == 2;
            let edit = match command.args.first().filter(short).filter(|_| !apart) {
                Some(arg) => Edit::insert(arg.span.start() + 1, "f"),
                None if spells_out(command) => Edit::insert(command.name_span.end(), " --fail"),
                None => Edit::insert(command.name_span.end(), " -f"),
            };
            found.fix(Fix::new(Safety::Unsafe, "add `-f`", [edit]));
        }
    }
}

/// Whether all options of a command are words: `--silent --location`.
fn spells_out(command: &Command) -> bool {
    let mut options = command.args.iter().filter(|arg| arg.raw.len() > 1 && arg.raw.starts_with('-')).peekable();
    options.peek().is_some() && options.all(|arg| arg.raw.starts_with("--"))
}

/// The command that reads the output.
fn reader<'s>(command: &Command, script: &'s Script) -> Option<&'s Command> {
    let next = command.place.pipe_index + 1;
    let near = script.after(command).take(NEAR);
    near.into_iter().find(|other| other.place.pipeline == command.place.pipeline && other.place.pipe_index == next)
}

/// How many commands after `curl` are searched for the one that reads its output: others may be nested in it.
const NEAR: usize = 64;

/// Whether a letter is an option of `curl` that takes no value.
fn is_switch(letter: u8) -> bool {
    CURL_SWITCHES.as_bytes().contains(&letter)
}

/// Whether the output goes to a file or to another command.
fn is_kept(command: &Command, download: &Download) -> bool {
    match &download.output {
        Output::File(file) => !file.raw.contains("/dev/"),
        Output::RemoteName => true,
        Output::Stdout => command.place.pipe_index + 1 < command.place.pipe_len,
    }
}
