//! What stands before a command and only passes it on.

use std::ops::Range;

use super::{Arg, Assignment, Wrapper, query};
use crate::knowledge::command_lines::{self, Prefix};
use crate::shell::options;

/// How many wrappers deep a command is looked for.
pub(super) const MAX_WRAPPERS: usize = 16;

/// A list of words, seen through.
#[derive(Debug, Default)]
pub(super) struct Unwrapped {
    pub(super) wrappers: Vec<Wrapper>,
    pub(super) assignments: Vec<Assignment>,
    /// Where the command's own name stands.
    pub(super) at: usize,
    pub(super) inner: Inner,
}

/// What the command itself runs.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) enum Inner {
    #[default]
    Nothing,
    /// The word with this index is a script for this shell: `sh -c`, `su -c`.
    Script { index: usize, shell: String },
    /// The word with this index is a script for the shell at work: `eval`.
    Eval { index: usize },
    /// These words are commands: `find -exec … ;`.
    Commands(Vec<Range<usize>>),
}

pub(super) fn unwrap(words: &[Arg]) -> Unwrapped {
    let mut out = Unwrapped::default();
    while out.wrappers.len() < MAX_WRAPPERS {
        let name = words.get(out.at).map_or("", base_name);
        if name == "eval" && words.len() == out.at + 2 {
            break;
        }
        let next = command_lines::prefixes(name).find_map(|prefix| target(prefix, words, out.at, &mut out.assignments));
        let Some(next) = next else { break };
        out.wrappers.push(Wrapper { name: name.to_owned(), span: words[out.at].span });
        out.at = next;
    }
    out.inner = inner(words, out.at);
    out
}

/// The last part of a command's path, if it is a literal: `pip` of `/usr/bin/pip` and of `$VENV/bin/pip`.
pub(super) fn base_name(word: &Arg) -> &str {
    match &word.text {
        Some(text) => text.rsplit('/').next().unwrap_or(text),
        None => {
            let raw = word.raw.trim_end_matches('"');
            match raw.rsplit_once('/') {
                Some((_, base)) if base.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._+-".contains(&byte)) => {
                    base
                }
                _ => "",
            }
        }
    }
}

/// `NAME=value` as a word of `env` and `sudo`.
fn assignment(word: &Arg) -> Option<Assignment> {
    let lexeme = word.lexeme();
    let (name, value) = lexeme.split_once('=')?;
    let mut bytes = name.bytes();
    let valid = bytes.next().is_some_and(|byte| byte.is_ascii_alphabetic() || byte == b'_')
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let value = (!word.is_dynamic()).then(|| value.to_owned());
    valid.then(|| Assignment { name: name.to_owned(), value, span: word.span })
}

/// Where the command after a prefix begins; `None` when there is none or the words mean something else.
fn target(prefix: &Prefix, words: &[Arg], at: usize, assignments: &mut Vec<Assignment>) -> Option<usize> {
    let mut found = Vec::new();
    let mut verb = prefix.verb.is_none();
    let mut operands = prefix.operands;
    let mut flags = true;
    let mut at = at + 1;
    loop {
        let word = words.get(at)?;
        let lexeme = word.lexeme();
        if flags && lexeme == "--" {
            flags = false;
            at += 1;
        } else if flags && lexeme.len() > 1 && lexeme.starts_with('-') {
            if prefix.stop.contains(&lexeme) {
                return None;
            }
            at += if prefix.values.take_next(lexeme) { 2 } else { 1 };
        } else if prefix.assigns
            && let Some(assignment) = assignment(word)
        {
            found.push(assignment);
            at += 1;
        } else if !verb {
            if Some(lexeme) != prefix.verb {
                return None;
            }
            verb = true;
            at += 1;
        } else if operands > 0 {
            operands -= 1;
            at += 1;
        } else {
            assignments.append(&mut found);
            return Some(at);
        }
    }
}

fn inner(words: &[Arg], at: usize) -> Inner {
    let Some(word) = words.get(at) else { return Inner::Nothing };
    let name = base_name(word);
    let args = &words[at + 1..];
    if query::is_shell(name) {
        let args: Vec<&str> = args.iter().map(Arg::lexeme).collect();
        return match options::shell_script_arg(&args) {
            Some(index) => Inner::Script { index: at + 1 + index, shell: name.to_owned() },
            None => Inner::Nothing,
        };
    }
    match name {
        "su" | "runuser" => su(args, at + 1),
        "eval" if args.len() == 1 => Inner::Eval { index: at + 1 },
        "find" => {
            let mut commands = Vec::new();
            let mut begin = None;
            for (index, arg) in args.iter().enumerate() {
                match (begin, arg.lexeme()) {
                    (None, "-exec" | "-execdir" | "-ok" | "-okdir") => begin = Some(at + 2 + index),
                    (Some(from), ";" | "+") => {
                        commands.push(from..at + 1 + index);
                        begin = None;
                    }
                    _ => {}
                }
            }
            if let Some(from) = begin {
                commands.push(from..words.len());
            }
            commands.retain(|range| !range.is_empty());
            if commands.is_empty() { Inner::Nothing } else { Inner::Commands(commands) }
        }
        _ => Inner::Nothing,
    }
}

/// `su -s /bin/bash -c 'script' user`
fn su(args: &[Arg], at: usize) -> Inner {
    let mut script = None;
    let mut shell = "sh".to_owned();
    let mut index = 0;
    while let Some(arg) = args.get(index) {
        match arg.lexeme() {
            "-c" | "--command" | "--session-command" => script = Some(index + 1),
            "-s" | "--shell" => shell = args.get(index + 1).map_or("", base_name).to_owned(),
            "-g" | "-G" | "-u" | "-w" | "--group" | "--user" | "--supp-group" => {}
            other => {
                // `-lc`, `-mc`
                if !other.starts_with("--") && other.starts_with('-') && other.ends_with('c') {
                    script = Some(index + 1);
                } else {
                    index += 1;
                    continue;
                }
            }
        }
        index += 2;
    }
    match script.filter(|script| *script < args.len()) {
        Some(index) => Inner::Script { index: at + index, shell },
        None => Inner::Nothing,
    }
}
