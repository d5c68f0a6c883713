//! Commands that became arguments of the one before them, because an operator is missing where a line ends.

use crate::knowledge::file_kinds::{Kind, kind};
use crate::knowledge::managers::{NODE_VERBS, RUN_SUBCOMMANDS};
use crate::knowledge::programs::{self, Class};
use crate::shell::{Arg, Command};

/// What follows a package manager's name only where a command starts.
const VERBS: &[&str] = &["install", "add", "update", "upgrade", "clean"];

/// The argument that was probably meant as the name of a further command. Only arguments that do not follow the one before
/// them by a single space count: a line ends in between.
pub fn joined_command(command: &Command) -> Option<&Arg> {
    if !command.class().is(Class::PACKAGE_MANAGER) && !command.class().is(Class::ELEMENTARY) {
        return None;
    }
    if command.class().is(Class::PRINTS) || command.is_behind("xargs") {
        return None;
    }
    let runs_others = |arg: &Arg| arg.text.as_deref().is_some_and(|text| RUN_SUBCOMMANDS.contains(&text));
    let apart = |pair: &[Arg]| pair[1].span.start > pair[0].span.end + 2;
    let before = command.args.iter().take_while(|arg| !runs_others(arg)).count();
    (1..command.args.len().saturating_sub(1).min(before))
        .find(|at| {
            let (program, word) = (&command.args[*at], &command.args[at + 1]);
            apart(&command.args[at - 1..=*at]) && !apart(&command.args[*at..=at + 1]) && starts_command(program, word)
        })
        .map(|at| &command.args[at])
}

/// Whether two words are a program and what it is to do.
fn starts_command(program: &Arg, word: &Arg) -> bool {
    let (Some(program), Some(word)) = (program.text.as_deref(), word.text.as_deref()) else { return false };
    match program {
        "rm" => matches!(word, "-rf" | "-fr" | "-r" | "-f"),
        "mkdir" => word == "-p",
        "git" => word == "clone",
        "curl" | "wget" => {
            let flags = word.strip_prefix('-').is_some_and(|flags| flags.chars().all(|flag| "fsSLOqk".contains(flag)));
            word.starts_with("http") || flags && word.len() > 1
        }
        "make" => word == "install" || word.starts_with("-j") || word.starts_with("-C"),
        "chmod" | "chown" | "cp" | "ln" | "mv" => true,
        "npm" | "pnpm" | "yarn" if NODE_VERBS.contains(&word) => true,
        _ if programs::class(program).is(Class::INTERPRETER) => matches!(word, "-m" | "-c" | "-e") || kind(word).is(Kind::SCRIPT),
        _ => programs::class(program).is(Class::PACKAGE_MANAGER) && VERBS.contains(&word),
    }
}
