//! Finds a `CMD` that the shell in `ENTRYPOINT` never reads.

use crate::finding::prelude::*;
use crate::shell::exec_form::{join_words, json_array};

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnStage(check)]).linux_only().fix(Fixable::Sometimes);

fn check(stage: &Stage<'_>, cx: &Cx<'_>) {
    let (Some(entrypoint), Some(cmd)) = (stage.entrypoint(cx.model), stage.cmd(cx.model)) else { return };
    // If both are inherited, the stage that sets them reports it.
    if entrypoint.stage != stage.index && cmd.stage != stage.index {
        return;
    }
    let Some(given) = cmd.instruction.command_line() else { return };
    if matches!(given, CommandLine::Exec(form) if form.items.is_empty()) || matches!(given, CommandLine::Empty) {
        return;
    }
    let (script, span) = match entrypoint.instruction.command_line() {
        Some(CommandLine::Shell(span)) => (Some(cx.text(*span).to_owned()), *span),
        Some(CommandLine::Exec(form)) => match form.items.as_slice() {
            [shell, flag] if is_shell(&shell.value) && flag.value == "-c" => (None, form.span),
            [shell, flag, script] if is_shell(&shell.value) && flag.value.ends_with('c') => {
                (Some(script.value.clone()), form.span)
            }
            _ => return,
        },
        _ => return,
    };
    match (script, given) {
        // The words after the script are its `$0`, `$1`, ….
        (Some(script), _) if script.contains("$@") || script.contains("$*") || has_positional(&script) => {}
        (Some(_), _) => {
            let form = if entrypoint.is_exec_form() { "a shell with its own script" } else { "in shell form" };
            cx.report(cmd.instruction.span, format!("this `CMD` has no effect: the `ENTRYPOINT` is {form}"))
                .label(span, "this ignores its arguments")
                .help("use exec form, `ENTRYPOINT [\"program\"]`, so that the `CMD` provides its default arguments")
                .help("remove the `CMD` if it is not needed");
        }
        (None, CommandLine::Exec(form)) if form.items.len() > 1 && !form.items[0].value.contains('$') => {
            let words: Vec<&str> = form.items.iter().map(|item| item.value.as_str()).collect();
            let line = join_words(&words);
            let message = format!("only `{}` is run: `-c` accepts a single word as its script", words[0]);
            let mut found = cx.report(form.span, message);
            found.variant("split-script").label(span, "this runs only the next word as a script");
            if let Some(line) = line {
                let array = json_array(&[line]);
                found.help(format!("use `CMD {array}`"));
                found.fix(Fix::new(
                    Safety::Unsafe,
                    "join the command into one word",
                    [Edit::replace(form.span, array)],
                ));
            }
        }
        _ => {}
    }
}

fn is_shell(path: &str) -> bool {
    matches!(path.rsplit('/').next(), Some("sh" | "bash" | "dash" | "ash" | "zsh"))
}

fn has_positional(script: &str) -> bool {
    let next = |part: &str| part.trim_start_matches('{').starts_with(|char: char| char.is_ascii_digit());
    script.split('$').skip(1).any(next)
}
