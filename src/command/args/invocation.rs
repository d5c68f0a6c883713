//! `plimsoll PATH` is `plimsoll check PATH`.

use std::ffi::OsString;
use std::path::Path;

use clap::CommandFactory;

use crate::command::args::Cli;
use crate::text::suggest::nearest;

/// The arguments with `check` where a subcommand is missing.
pub(in crate::command) fn with_default_command(mut args: Vec<OsString>) -> Vec<OsString> {
    words_as_options(&mut args);
    if let Some(at) = place(&args) {
        args.insert(at, "check".into());
    }
    args
}

/// Commands of other programs, and what does the same here.
const FOREIGN: [(&str, &str); 6] = [
    ("lint", "plimsoll check"),
    ("fix", "plimsoll check --fix"),
    ("diff", "plimsoll check --diff"),
    ("explain", "plimsoll rule"),
    ("rules", "plimsoll rule"),
    ("ls", "plimsoll check --show-files"),
];

/// What a word that is another program's command is called here, unless there is a file of that name.
pub(in crate::command) fn hint(args: &[OsString]) -> Option<(&'static str, &'static str)> {
    let text = args.get(place(args)?)?.to_str()?;
    let found = FOREIGN.iter().find(|(name, _)| *name == text && !Path::new(text).exists());
    found.copied()
}

/// `plimsoll help check` as `plimsoll check --help`, and `plimsoll version` as `plimsoll --version`.
fn words_as_options(args: &mut Vec<OsString>) {
    let Some(first) = args.get(1).and_then(|arg| arg.to_str()) else { return };
    let option = match first {
        "help" => "--help",
        "version" if args.len() == 2 => "--version",
        _ => return,
    };
    if !Path::new(first).exists() {
        args.remove(1);
        args.push(option.into());
    }
}

/// Where `check` has to go; `None` if a subcommand is given, or nothing, or only what needs none.
fn place(args: &[OsString]) -> Option<usize> {
    let command = Cli::command();
    let mut at = 1;
    while let Some(arg) = args.get(at) {
        // No subcommand and no option is named with bytes that are not UTF-8.
        let Some(text) = arg.to_str() else { return Some(at) };
        if matches!(text, "-h" | "--help" | "-V" | "--version") {
            return None;
        }
        let option = command.get_arguments().find(|option| {
            let long = text.strip_prefix("--").map(|long| long.split('=').next().unwrap_or(long));
            let short = text.strip_prefix('-').filter(|short| short.chars().count() == 1);
            long.is_some_and(|long| option.get_long() == Some(long))
                || short.is_some_and(|short| option.get_short() == short.chars().next())
        });
        match option {
            Some(option) => at += 1 + usize::from(option.get_action().takes_values() && !text.contains('=')),
            None => {
                let known = command.find_subcommand(text).is_some();
                return (!known && !is_misspelt(text, &command)).then_some(at);
            }
        }
    }
    // Options alone: clap shows the help.
    None
}

/// Whether clap should complain of an unknown subcommand rather than we of a missing file.
fn is_misspelt(text: &str, command: &clap::Command) -> bool {
    let names = command.get_subcommands().filter(|command| !command.is_hide_set()).map(clap::Command::get_name);
    text.chars().all(|char| char.is_ascii_lowercase()) && nearest(text, names).is_some() && !Path::new(text).exists()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_is_put_in() {
        for (given, expected) in [
            ("", ""),
            ("Dockerfile", "check Dockerfile"),
            ("check Dockerfile", "check Dockerfile"),
            ("-", "check -"),
            ("-- rule", "check -- rule"),
            ("--fail-on error Dockerfile", "check --fail-on error Dockerfile"),
            ("--color never Dockerfile", "--color never check Dockerfile"),
            ("--color=never -q Dockerfile", "--color=never -q check Dockerfile"),
            ("--config x.toml rule", "--config x.toml rule"),
            ("-q rule --help", "-q rule --help"),
            ("--help", "--help"),
            ("--isolated -V", "--isolated -V"),
            ("chekc Dockerfile", "chekc Dockerfile"),
            ("./chekc", "check ./chekc"),
            ("service", "check service"),
            ("debug-parse x", "debug-parse x"),
            ("help", "--help"),
            ("help check", "check --help"),
            ("help grade merge", "grade merge --help"),
            ("version", "--version"),
        ] {
            let args = |text: &str| {
                ["plimsoll"].into_iter().chain(text.split_whitespace()).map(OsString::from).collect::<Vec<_>>()
            };
            assert_eq!(with_default_command(args(given)), args(expected), "{given}");
        }
    }
}
