//! Edits to a script that keep its layout.

use super::{Arg, Command, Link, Script};
use crate::text::Edit;
use crate::text::{Source, Span};

/// Lets `what` run after a command, if that succeeded: inserts `&& what`, on a line of its own where the script has
/// it so. `None` where that would mean something else: in branches, subshells, pipes, after wrappers, before `||`.
///
/// `set -e` overlooks what fails before a `&&`. Where it is on, and more follows than the list that the command ends,
/// `what` becomes a command of its own.
pub fn append(script: &Script, command: &Command, what: &str, source: &Source) -> Option<Edit> {
    let at = script.commands.iter().position(|other| other.span == command.span)?;
    let mut behind = script.commands[at + 1..].iter().take_while(|other| other.place.list == command.place.list);
    if !is_plain(command) || behind.any(|other| other.place.link == Link::Or) {
        return None;
    }
    let next = script.commands[at + 1..].iter().find(|other| other.span.start() >= command.full_span().end());
    let ends_list = next.is_none_or(|next| next.place.list != command.place.list);
    if let Some(next) = next.filter(|_| ends_list && script.has_errexit(command)) {
        let gap = source.slice(between(command, next));
        let straight = next.place.depth == 0 && next.place.scope == 0;
        let gap = match joins(gap).filter(|_| straight) {
            Some(";") => gap,
            Some("") if gap.trim_matches([' ', '\t', '\r']).starts_with('\n') => gap,
            _ => "; ",
        };
        return Some(Edit::insert(command.full_span().end(), format!("{gap}{what}")));
    }
    let before = at.checked_sub(1).map(|at| &script.commands[at]).filter(|other| {
        other.place.list == command.place.list && other.place.scope == 0 && command.place.link == Link::And
    });
    let gap = before.map_or(" && ", |before| source.slice(between(before, command)));
    let gap = if joins(gap).is_some_and(|joint| joint == "&&") { gap } else { " && " };
    Some(Edit::insert(command.full_span().end(), format!("{gap}{what}")))
}

/// Takes a command away, with what joins it to the next. `None` where that would mean something else, and for the
/// last.
pub fn remove(script: &Script, command: &Command, source: &Source) -> Option<Edit> {
    let at = script.commands.iter().position(|other| other.span == command.span)?;
    let next = script.commands.get(at + 1)?;
    let same = next.place.depth == 0 && next.place.scope == 0 && is_plain(command);
    let joined = same && joins(source.slice(between(command, next))).is_some();
    joined.then(|| Edit::delete(Span::new(command.span.start(), next.span.start())))
}

/// Takes an argument away, with the spaces before it. `None` where a comment is there, or where the bytes are not the
/// argument's own.
pub fn drop_arg(command: &Command, arg: &Arg, source: &Source) -> Option<Edit> {
    let span = arg.span;
    if source.slice(span) != arg.raw {
        return None;
    }
    let words = command.args.iter().map(|arg| arg.span).chain([command.name_span]);
    let all = words.chain(command.redirects.iter().map(|redirect| redirect.span));
    let before = all.filter(|other| other.end <= span.start).map(|other| other.end()).max()?;
    let gap = source.slice(Span::new(before, span.start()));
    let blank = gap.chars().all(|char| char.is_whitespace() || char == '\\' || char == '`');
    blank.then(|| Edit::delete(Span::new(before, span.end())))
}

fn is_plain(command: &Command) -> bool {
    let place = &command.place;
    let straight = place.depth == 0 && place.scope == 0 && place.pipe_len <= 1;
    straight
        && !(place.conditional || place.subshell || place.background)
        && command.wrappers.is_empty()
        && !command.redirects.iter().any(|redirect| redirect.is_heredoc())
}

fn between(first: &Command, second: &Command) -> Span {
    let start = first.full_span().end();
    Span::new(start, second.span.start().max(start))
}

/// What joins two commands, if there is nothing else (no comment) between them.
fn joins(gap: &str) -> Option<&str> {
    let bare = gap.trim_matches(|c: char| c.is_whitespace() || c == '\\' || c == '`');
    matches!(bare, "&&" | ";" | "").then_some(bare)
}
