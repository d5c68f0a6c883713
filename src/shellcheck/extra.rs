//! A few of ShellCheck's codes that the linter does not have, found with our own words for commands.
//!
//! Only in commands that the script itself runs, as ShellCheck does: not behind `sudo`, and not in `sh -c '…'`.

use shuck_ast::StmtSeq;

use super::Finding;
use super::script::Script;
use crate::finding::Level;
use crate::finding::{Fix, Safety};
use crate::model::Model;
use crate::shell::{Arg, Command, Token};
use crate::text::Edit;
use crate::text::Span;

/// A code, how loud it is, and its page.
pub(super) struct Code {
    pub code: u32,
    pub level: Level,
    pub fixable: bool,
    pub page: &'static str,
}

/// In order.
pub(super) const CODES: [Code; 6] = [
    Code {
        code: 2174,
        level: Level::Warn,
        fixable: false,
        page: "`mkdir -p -m` gives the mode to the last folder only.

## Why

The folders above it that have to be made get what the umask leaves, so that `mkdir -p -m 700 /srv/app/keys` may leave \
`/srv/app` open to all. Make them one by one, or set their modes with `chmod`.",
    },
    Code {
        code: 2185,
        level: Level::Note,
        fixable: true,
        page: "`find` is not told where to search.

## Why

GNU's and busybox's `find` then take the current folder, others print an error. Whoever reads the script has to know which \
folder that is: `.` says that it is meant.",
    },
    Code {
        code: 2224,
        level: Level::Warn,
        fixable: false,
        page: "`mv` has no destination.

## Why

With one name alone it only prints an error.",
    },
    Code {
        code: 2225,
        level: Level::Warn,
        fixable: false,
        page: "`cp` has no destination.

## Why

With one name alone it only prints an error.",
    },
    Code {
        code: 2226,
        level: Level::Note,
        fixable: true,
        page: "`ln` has no destination.

## Why

With one name alone it makes the link in the current folder. That is often a name that was forgotten; where it is meant, \
`.` says so.",
    },
    Code {
        code: LOST_NEGATION,
        level: Level::Note,
        fixable: false,
        page: "Under `set -e`, `! command` does not stop the script.

## Why

The shell does not look at the status of what `!` turns round, so `set -e; ! grep -q error log; next` goes on in either case, \
and the check is none. Write `if grep -q error log; then exit 1; fi`, or `! grep -q error log || exit 1`.",
    },
];

/// SC2251.
pub(super) const LOST_NEGATION: u32 = 2251;

/// Where a `!` stands under `set -e` in front of what is neither a condition nor the last command.
pub(super) fn lost_negations(body: &StmtSeq, script: &Script) -> Vec<usize> {
    let mut errexit = script.options.errexit;
    let mut lost = Vec::new();
    let count = body.iter().count();
    for (index, stmt) in body.iter().enumerate() {
        let at = stmt.span.start.offset();
        let Some(text) = script.text.get(at..) else { break };
        if stmt.negated && errexit && index + 1 < count && text.starts_with('!') {
            lost.push(at);
        }
        let mut words = text.split([' ', '\t', ';', '&', '\n']);
        errexit |= words.next() == Some("set")
            && words
                .next()
                .and_then(|word| word.strip_prefix('-'))
                .is_some_and(|word| word.contains('e') && !word.contains('-'));
    }
    lost
}

/// The finding for one of these.
pub(super) fn lost_negation(span: Span) -> Option<Finding> {
    let message = "`!` keeps `set -e` from stopping here: this checks nothing".to_owned();
    Some(Finding { code: LOST_NEGATION, span, message, fix: None, most: Level::Error })
}

/// What is found in those commands of the file that stand in one of `scripts`, which are in file order.
pub(super) fn lint(model: &Model<'_>, scripts: &[Script], codes: &[u32]) -> Vec<Finding> {
    if !CODES.iter().any(|own| codes.contains(&own.code)) {
        return Vec::new();
    }
    let mut found = Vec::new();
    for command in model.steps().filter_map(|step| step.script.as_ref()).flat_map(|script| &script.commands) {
        let Some(finding) = find(command).filter(|finding| codes.contains(&finding.code)) else { continue };
        let behind = scripts.partition_point(|script| script.file_span().start() <= command.span.start());
        let script = scripts[..behind].last().filter(|script| script.file_span().contains(command.span));
        // What its own comments switch off is not looked up: a script that has any is left alone.
        if script.is_some_and(|script| !script.text.contains("shellcheck")) {
            found.push(finding);
        }
    }
    found
}

fn find(command: &Command) -> Option<Finding> {
    if !command.wrappers.is_empty() {
        return None;
    }
    let (code, at, message, fix) = match command.name.as_str() {
        "find" if !has_path(&command.args) && !command.has_arg("--help") && !command.has_arg("-help") => {
            let leading = command.args.iter().take_while(|arg| is_leading(arg)).last();
            let behind = leading.map_or(command.name_span, |arg| arg.span).end();
            let fix = Fix::new(Safety::Safe, "search `.`", [Edit::insert(behind, " .")]);
            (2185, command.span, "`find` is not told where to search", fix)
        }
        "mkdir" if command.has_flag(&["-p", "--parents"]) => {
            let mode = command.flag(&["-m", "--mode"])?;
            command.operands().find(|arg| is_deep(arg))?;
            (2174, mode.span, "the mode is only that of the last folder: those above it get another", None)
        }
        "mv" if is_alone(command) => (2224, command.span, "`mv` has no destination", None),
        "cp" if is_alone(command) => (2225, command.span, "`cp` has no destination", None),
        "ln" if is_alone(command) => {
            let name = command.operands().next()?;
            let fix = Fix::new(Safety::Unsafe, "link in `.`", [Edit::insert(name.span.end(), " .")]);
            (2226, command.span, "`ln` has no destination", fix)
        }
        _ => return None,
    };
    Some(Finding { code, span: at, message: message.to_owned(), fix, most: Level::Error })
}

/// An option of `find` that comes before the paths: `-L`.
fn is_leading(arg: &Arg) -> bool {
    arg.text.as_deref().is_some_and(|text| text.len() == 2 && text.starts_with('-'))
}

/// Whether a word may be a path of `find`'s.
fn has_path(args: &[Arg]) -> bool {
    let first = args.iter().find(|arg| !is_leading(arg));
    first.is_some_and(|arg| arg.text.as_deref().is_none_or(|text| !text.starts_with('-')))
}

/// Whether it is below a folder that may have to be made: `/a/b`, but not `/a` nor `../a`.
fn is_deep(arg: &Arg) -> bool {
    let path = arg.text.as_deref().unwrap_or(&arg.raw);
    let mut parts = path.split('/').filter(|part| !matches!(*part, "" | "." | ".."));
    parts.next().is_some() && parts.next().is_some()
}

/// Whether there is one name and no more.
fn is_alone(command: &Command) -> bool {
    let mut names = command.operands();
    let Some(name) = names.next() else { return false };
    let one = name.text.as_deref().is_some_and(|text| !text.contains(['*', '?', '[', '{']));
    let target = |token: Token<'_>| matches!(&token, Token::Flag { name, .. } if ["-t", "--target-directory", "--help", "--version"].contains(&&**name));
    one && names.next().is_none() && !command.tokens().any(target)
}
