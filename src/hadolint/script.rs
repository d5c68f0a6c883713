//! The script of a `RUN` as hadolint reads it: which text, its simple commands, and where ShellCheck's parser gives up.

use std::collections::HashSet;

use super::array::{is_array, strings};
use super::cmd::Cmd;
use super::pedantry::{self, Pedantry};
use super::word::Words;
use crate::shell::reader::{self, CommandKind, Error, ErrorKind, Tree};
use crate::shell::{Command, Dialect, Script, parse_script};
use crate::syntax::{Args, CommandLine, Instruction, Keyword, shell_views};
use crate::text::{Source, Span};

/// What follows `RUN`, without its flags.
#[derive(Default)]
pub(super) struct RunScript {
    pub(super) text: String,
    /// The body of a heredoc, in which nothing is joined.
    pub(super) is_body: bool,
    /// A JSON array, which ShellCheck does not get to read.
    pub(super) is_exec: bool,
    /// The code that ShellCheck reports where its parser gives up.
    pub(super) failure: Option<&'static str>,
    pub(super) commands: Vec<Cmd>,
    pub(super) has_pipe: bool,
    /// What ShellCheck reports in it and our rules do not, because it is no mistake in the shells that are in use.
    pub(super) pedantry: Vec<Pedantry>,
}

impl RunScript {
    pub(super) fn of(source: &Source, instruction: &Instruction) -> Option<Self> {
        let (Keyword::Run, Args::Command(line)) = (instruction.keyword, &instruction.args) else { return None };
        let mut run = match line {
            CommandLine::Empty => return None,
            CommandLine::Exec(form) => {
                let words: Vec<&str> = form.items.iter().map(|item| item.value.as_str()).collect();
                Self { text: words.join(" "), is_exec: true, ..Self::default() }
            }
            CommandLine::Shell(span) if is_array(source, line) => {
                let words = strings(source.slice(*span)).map(|(words, _)| words).unwrap_or_default();
                Self { text: words.join(" "), is_exec: true, ..Self::default() }
            }
            CommandLine::Shell(_) => {
                let (text, is_body) = shell_text(source, instruction);
                Self { text, is_body, ..Self::default() }
            }
        };
        let mut script = parse_script(&run.text, 0, Dialect::Bash);
        if let Some((code, at)) = failure(&run.text, &script) {
            run.failure = Some(code);
            // Where ShellCheck only stops, what it has read until then counts.
            let end = if STOPS.contains(&code) { at } else { 0 };
            script.commands.retain(|command| command.span.end() <= end);
        }
        let own = |command: &&Command| command.wrappers.is_empty();
        run.has_pipe = script.commands.iter().filter(own).any(|command| command.place.pipe_len > 1);
        run.pedantry = pedantry::find(&script);
        run.commands = commands(&script);
        Some(run)
    }
}

impl RunScript {
    /// The names after dollar signs.
    pub(super) fn variables(&self) -> impl Iterator<Item = &str> {
        let after = self.text.split('$').skip(1).map(|text| text.trim_start_matches(['{', '(', '#', '!', ' ']));
        let names = after.map(|text| {
            let end = text.find(|char: char| !char.is_ascii_alphanumeric() && char != '_').unwrap_or(text.len());
            &text[..end]
        });
        names.filter(|name| !name.is_empty())
    }
}

/// What the shell reads, and whether it is the body of a heredoc. Of a command that a heredoc feeds that is what comes before
/// the marker.
fn shell_text(source: &Source, instruction: &Instruction) -> (String, bool) {
    let Some(view) = shell_views(source.text(), instruction).into_iter().next() else { return Default::default() };
    let Some(heredoc) = instruction.heredocs.first() else { return (view.text, false) };
    let Some(cut) = heredoc.opener.start().checked_sub(view.base) else { return (view.text, true) };
    let before = view.text.get(..cut).unwrap_or_default();
    match before.trim().is_empty() {
        false => (before.to_owned(), false),
        true => (source.slice(heredoc.body).to_owned(), true),
    }
}

/// Simple commands with a name that is known. Nothing is looked through but what is part of the shell.
fn commands(script: &Script) -> Vec<Cmd> {
    let mut commands = Vec::with_capacity(script.commands.len());
    let names: HashSet<Span> = script.commands.iter().map(|command| command.name_span).collect();
    let words = script.read.as_ref().map(|read| Words::of(&read.text, &read.tree));
    let starts = script.read.as_ref().map(|read| command_starts(&read.tree)).unwrap_or_default();
    let mut last = None;
    for command in &script.commands {
        let outer = command.wrappers.iter().find(|wrapper| !PART_OF_SHELL.contains(&wrapper.name.as_str()));
        // `sh -c "$(a)"`: the shell itself runs `a`.
        match outer.filter(|_| !starts.contains(&command.name_span.start())) {
            // What `sudo` or `sh -c` runs is nothing but its arguments.
            Some(outer) => {
                if last != Some(outer.span) && !names.contains(&outer.span) {
                    commands.push(Cmd { name: outer.name.clone(), args: Vec::new() });
                }
                last = Some(outer.span);
            }
            // Nor one with a variable in its name.
            None if command.path.is_empty() || matches!(command.name.as_str(), "[" | "[[" | "((") => {}
            None => commands.push(Cmd::of(command, words.as_ref())),
        }
    }
    commands
}

/// Where the simple commands of a script begin.
fn command_starts(tree: &Tree) -> HashSet<usize> {
    let first = |command: &reader::Command| match command.kind {
        CommandKind::Simple { words, .. } => tree[words].first().map(|word| word.span.start()),
        _ => None,
    };
    tree.all::<reader::Command>().iter().filter_map(first).collect()
}

/// What runs the command after it in the same shell.
const PART_OF_SHELL: [&str; 4] = ["builtin", "command", "exec", "time"];

/// "Parsing stopped here": these are not errors to ShellCheck.
const STOPS: [&str; 3] = ["SC1070", "SC1088", "SC1089"];

/// The code that ShellCheck reports of a script that it cannot parse, and where.
fn failure(text: &str, script: &Script) -> Option<(&'static str, usize)> {
    let tree = &script.read.as_ref()?.tree;
    let error = tree.errors.iter().find(|error| error.kind != ErrorKind::TooDeep);
    // In a backtick substitution that is not closed, nothing is the matter but that.
    let is_open = |error: &Error| {
        let is_backtick = |opener: Span| text.get(opener.range()) == Some("`") && opener.start() < error.span.start();
        tree.errors.iter().any(|other| other.kind == ErrorKind::Unclosed && other.opener.is_some_and(is_backtick))
    };
    let error = error.map(|error| (if is_open(error) { "SC1072" } else { failure_at(text, error) }, error.span.start()));
    let mut own = script.commands.iter().filter(|command| command.wrappers.is_empty());
    let other = own.find_map(|command| {
        let rest = text.get(command.span.start()..).unwrap_or_default();
        let is_open = || !rest.split_ascii_whitespace().any(|word| word.trim_end_matches([';', ')', '&', '|']) == "]");
        // A condition that is not closed, `[x]`, and an array of PowerShell.
        let fails = match command.path.as_str() {
            "[[" => false,
            "[" => is_open(),
            _ => rest.starts_with('[') && !rest.starts_with("[[") || rest.starts_with("@("),
        };
        fails.then_some(("SC1072", command.span.start()))
    });
    error.into_iter().chain(other).min_by_key(|failure| failure.1)
}

fn failure_at(text: &str, error: &Error) -> &'static str {
    let (before, from) = text.split_at_checked(error.span.start()).unwrap_or((text, ""));
    let token = text.get(error.span.range()).unwrap_or_default();
    match (error.kind, token) {
        (ErrorKind::Unexpected, "(") => parenthesis(before, &from[1..]),
        (ErrorKind::Unexpected, "&" | "&&" | "|" | "||") if before.trim().is_empty() => "SC1133",
        (ErrorKind::Unexpected, "&" | "&&" | "|" | "||") if joined(before).trim_end().ends_with(';') => "SC1070",
        (ErrorKind::Unexpected, _) if before.rfind("$(") > before.rfind(')') => "SC1072",
        (ErrorKind::Unexpected, ")" | "}" | "fi" | "done" | "do" | "then" | "esac" | "elif" | "else") => "SC1089",
        (ErrorKind::Unexpected, ";" | ";;" | ";&" | ";;&") => "SC1070",
        (ErrorKind::Unexpected, "]") => "SC1033",
        // A word after `( … )`, `fi` or `done`, and not in parentheses itself.
        (ErrorKind::Unexpected, word) if word != "{" && !word.starts_with(['&', '|']) => {
            let count = |sign: char| before.matches(sign).count();
            let is_called = text.get(error.span.end()..).is_some_and(|after| after.starts_with('('));
            match count('(') > count(')') {
                true => "SC1072",
                false if is_called => "SC1036",
                false => "SC1141",
            }
        }
        _ => "SC1072",
    }
}

/// `name (` begins a function, in which parameters may be reported; anything else before the parenthesis makes it misplaced.
fn parenthesis(before: &str, inside: &str) -> &'static str {
    let before = joined(before);
    let command = before.rsplit([';', '|', '&', '\n', '(']).next().unwrap_or_default();
    let mut words = command.split_whitespace().skip_while(|word| *word == "{");
    let is_name = |word: &str| !word.contains(['$', '=', '"', '\'', '\\', '`']);
    match (words.next(), words.next()) {
        (Some(word), None) if is_name(word) => match inside.find([')', '{', '\n']) {
            Some(end) if inside[end..].starts_with(')') => "SC1072",
            _ => "SC1065",
        },
        _ => "SC1088",
    }
}

/// Lines that are continued as one.
fn joined(text: &str) -> String {
    text.replace("\\\n", "  ")
}
