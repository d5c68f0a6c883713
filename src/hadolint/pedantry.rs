//! What ShellCheck reports in scripts and our own rules do not: options and tests beyond POSIX that each shell in use has, and
//! matters of style.

use crate::knowledge::hadolint::POSIX_OPTIONS;
use crate::shell::reader::{self, CommandKind, Condition, Part, PartKind, Tree};
use crate::shell::{Command, Script};
use crate::text::Span;

/// A code and where it is reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Pedantry {
    pub(super) at: usize,
    pub(super) code: &'static str,
    /// Only of scripts for `sh`.
    pub(super) is_posix: bool,
}

pub(super) fn find(script: &Script) -> Vec<Pedantry> {
    let own = script.commands.iter().filter(|command| command.wrappers.is_empty());
    let options = own.filter_map(foreign_option);
    let Some(read) = &script.read else { return Vec::new() };
    let text = read.tree.text(&read.text);
    let conditions = read.tree.all::<Condition>().iter().filter_map(|condition| foreign_test(condition, text));
    let posix = options.chain(conditions).map(|(at, code)| Pedantry { at, code, is_posix: true });
    let finds = read.tree.all::<reader::Command>().iter().filter_map(|command| inner_redirect(command, &read.tree, text));
    let dollars = read.tree.all::<Part>().iter().filter_map(|part| split_dollar(part, &read.tree, text));
    let finds = finds.map(|at| Pedantry { at, code: "SC2227", is_posix: false });
    let in_conditions = read.tree.all::<Condition>().iter().filter_map(|condition| match condition {
        Condition::Unary { operator, .. } if text.get(operator.range()) == Some("-a") => Some(operator.start()),
        _ => None,
    });
    let files = script.commands.iter().filter(|command| command.wrappers.is_empty()).flat_map(old_file_tests);
    let files = files.chain(in_conditions).map(|at| Pedantry { at, code: "SC2331", is_posix: false });
    posix.chain(files).chain(finds).chain(dollars.map(|at| Pedantry { at, code: "SC1135", is_posix: false })).collect()
}

/// A redirection before the last word of `find`: it looks as if it were that of an action.
fn inner_redirect(command: &reader::Command, tree: &Tree, text: &str) -> Option<usize> {
    let CommandKind::Simple { words, .. } = command.kind else { return None };
    let [first, .., last] = &tree[words] else { return None };
    let name = text.get(first.span.range())?;
    let mut redirects = tree[command.redirects].iter().filter(|redirect| redirect.span.start() < last.span.start());
    redirects.next_back().filter(|_| name == "find" || name.ends_with("/find")).map(|redirect| redirect.span.start())
}

/// An option that POSIX does not know.
fn foreign_option(command: &Command) -> Option<(usize, &'static str)> {
    match command.name.as_str() {
        "echo" => {
            // Of the shell's own `echo`, our own rule reports the others.
            let by_path = command.path.contains('/');
            let is_foreign = |raw: &str| raw == "-n" || by_path && is_echo_option(raw);
            return command.args.first().filter(|arg| is_foreign(&arg.raw)).map(|arg| (arg.span.start(), "SC3037"));
        }
        "[" | "test" => {
            let operator = command.args.iter().find(|arg| matches!(arg.raw.as_str(), "\\<" | "\\>" | "'<'" | "'>'"));
            return operator.map(|arg| (arg.span.start(), "SC3012"));
        }
        _ => {}
    }
    let (_, known) = POSIX_OPTIONS.iter().find(|(name, _)| *name == command.path)?;
    let mut options = command.args.iter().take_while(|arg| arg.raw.starts_with('-') && arg.raw != "--");
    let foreign = options.find(|arg| !arg.raw[1..].chars().all(|letter| known.contains(letter)))?;
    Some((foreign.span.start(), "SC3045"))
}

/// `-e`, `-ne`, ….
fn is_echo_option(word: &str) -> bool {
    word.strip_prefix('-').is_some_and(|letters| !letters.is_empty() && letters.bytes().all(|letter| b"neE".contains(&letter)))
}

/// Each `-a` in `[ … ]` that asks for a file, which `-e` does everywhere.
fn old_file_tests(command: &Command) -> Vec<usize> {
    let mut found = Vec::new();
    let mut is_first = command.path == "[" && command.args.len() > 2;
    for arg in &command.args {
        if is_first && arg.raw == "-a" {
            found.push(arg.span.start());
        }
        is_first = match arg.raw.as_str() {
            "!" => is_first,
            "-a" | "-o" => !is_first,
            _ => false,
        };
    }
    found
}

/// An operator in `[[ … ]]`, which is reported besides the brackets.
fn foreign_test(condition: &Condition, text: &str) -> Option<(usize, &'static str)> {
    let (operator, is_unary) = match condition {
        Condition::Unary { operator, .. } => (*operator, true),
        Condition::Binary { operator, .. } => (*operator, false),
        _ => return None,
    };
    let code = match (text.get(operator.range())?, is_unary) {
        ("==", false) => "SC3014",
        ("=~", false) => "SC3015",
        ("<" | ">", false) => "SC3012",
        ("-v", true) => "SC3016",
        ("-o", true) => "SC3062",
        ("-R", true) => "SC3063",
        _ => return None,
    };
    Some((operator.start(), code))
}

/// A dollar sign at the end of a quoted text that goes on as a variable's name would: `"It costs $"5`.
fn split_dollar(quoted: &Part, tree: &Tree, text: &str) -> Option<usize> {
    let PartKind::Double { parts, localized: false } = quoted.kind else { return None };
    let last = tree[parts].last()?;
    let span: Span = last.span;
    let ends = matches!(last.kind, PartKind::Literal) && text.get(span.range())?.ends_with('$');
    let after = text.get(quoted.span.end()..)?.trim_start_matches("\\\n");
    let after = after.strip_prefix('"').unwrap_or(after);
    let names = |char: char| char.is_ascii_alphanumeric() || "_-?@#!".contains(char);
    (ends && after.starts_with(names)).then(|| span.end() - 1)
}
