//! Edits to a script that keep its layout.

use super::{Arg, Command, Link, Script};
use crate::text::Edit;
use crate::text::{Source, Span};

/// Lets `what` run after a command, if that succeeded: inserts `&& what`, on a line of its own where the script has
/// it so. `None` where that would mean something else: in branches, subshells, pipes, after wrappers, before `||`. A command
/// with `sudo` takes only what has `sudo` as well.
///
/// `set -e` overlooks what fails before a `&&`. Where it is on, and more follows than the list that the command ends,
/// `what` becomes a command of its own.
pub fn append(script: &Script, command: &Command, what: &str, source: &Source) -> Option<Edit> {
    let at = script.commands.iter().position(|other| other.span == command.span)?;
    let with_sudo = what.starts_with("sudo ") && matches!(&command.wrappers[..], [sudo] if sudo.name == "sudo");
    if !is_straight(command) || !with_sudo && !command.wrappers.is_empty() || command.place.excused {
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
    // The last line of a script that has one command a line.
    let above = at.checked_sub(1).map(|at| source.slice(between(&script.commands[at], command)));
    let lines = above.filter(|gap| joins(gap) == Some("") && gap.trim_matches([' ', '\t', '\r']).starts_with('\n'));
    if let Some(gap) = lines.filter(|_| next.is_none() && script.has_errexit(command)) {
        return Some(Edit::insert(command.full_span().end(), format!("{gap}{what}")));
    }
    let before = at.checked_sub(1).map(|at| &script.commands[at]).filter(|other| {
        other.place.list == command.place.list && other.place.scope == 0 && command.place.link == Link::And
    });
    // As the next command follows, so that no line is cut in two; otherwise as this one follows the last.
    let after = next.filter(|next| !ends_list && next.place.link == Link::And && next.place.scope == 0);
    let gap = match (after, before) {
        (Some(next), _) => Some(between(command, next)),
        (None, Some(before)) => Some(between(before, command)),
        (None, None) => None,
    };
    let gap = gap.map(|gap| source.slice(gap)).filter(|gap| joins(gap) == Some("&&"));
    let own = source.slice(command.full_span());
    let gap = match gap {
        Some(gap) if after.is_some() || gap.contains('\n') => gap.to_owned(),
        _ if own.contains('\n') || is_long(command, what, source) => new_line(source),
        Some(gap) => gap.to_owned(),
        None => " && ".to_owned(),
    };
    Some(Edit::insert(command.full_span().end(), format!("{gap}{what}")))
}

/// Lines that become longer than this are broken.
const LINE_LENGTH: usize = 120;

/// Whether `what` would make the line of a command too long.
fn is_long(command: &Command, what: &str, source: &Source) -> bool {
    let end = command.full_span().end();
    let line = source.line_span(source.line_index(end));
    end - line.start() + " && ".len() + what.len() > LINE_LENGTH
}

/// How far into a file its style is looked for.
const STYLE_SAMPLE: usize = 16 * 1024;

/// `&&` with a line break, placed and indented as the file does it: ` \⏎    && ` or ` && \⏎    `.
pub fn new_line(source: &Source) -> String {
    let text = source.text();
    let sample = text.char_indices().take_while(|(at, _)| *at < STYLE_SAMPLE).last().map_or("", |(at, char)| &text[..at + char.len_utf8()]);
    if sample.contains("escape=`") {
        return " && ".to_owned();
    }
    let indent = |line: &str| line[..line.len() - line.trim_start_matches([' ', '\t']).len()].to_owned();
    let (mut first, mut last) = ((0, None), (0, None));
    let mut continued = None;
    let mut lines = sample.lines().peekable();
    while let Some(line) = lines.next() {
        if line.trim_start().starts_with("&&") {
            first = (first.0 + 1, first.1.or_else(|| Some(indent(line))));
        }
        let joint = line.trim_end().strip_suffix('\\').is_some_and(|line| line.trim_end().ends_with("&&"));
        if let Some(next) = lines.peek().filter(|_| continued.is_none() && line.ends_with('\\')) {
            continued = Some(indent(next)).filter(|indent| !indent.is_empty());
        }
        if let Some(next) = lines.peek().filter(|_| joint) {
            last = (last.0 + 1, last.1.or_else(|| Some(indent(next))));
        }
    }
    let end = source.line_end();
    let usual = || continued.unwrap_or_else(|| " ".to_owned());
    match last.0 > first.0 {
        true => format!(" && \\{end}{}", last.1.unwrap_or_else(usual)),
        false => format!(" \\{end}{}&& ", first.1.unwrap_or_else(usual)),
    }
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

/// Takes the last command away, with the `&&` before it. `None` where that would mean something else.
pub fn remove_last(script: &Script, command: &Command, source: &Source) -> Option<Edit> {
    let (last, rest) = script.commands.split_last().filter(|(last, _)| last.span == command.span)?;
    let before = rest.last().filter(|before| before.place.depth == 0 && before.place.scope == 0)?;
    let joined = is_plain(last) && joins(source.slice(between(before, last))) == Some("&&");
    let whole = last.full_span().end() == script.span.end();
    (joined && whole).then(|| Edit::delete(Span::new(before.full_span().end(), last.full_span().end())))
}

/// Inserts a word after another, on a line of its own where each word has one.
pub fn beside(command: &Command, word: Span, name: &str, source: &Source, escape: char) -> Edit {
    let before = command.args.iter().map(|arg| arg.span).filter(|other| other.end <= word.start).max();
    let gap = before.map_or("", |before| source.slice(Span::new(before.end(), word.start())));
    let broken = gap.contains('\n') && gap.chars().all(|char| char.is_whitespace() || char == escape);
    let rest = source.text()[word.end()..].lines().next().unwrap_or_default().trim();
    let alone = broken && (rest.is_empty() || rest.chars().all(|char| char == escape));
    Edit::insert(word.end(), if alone { format!("{gap}{name}") } else { format!(" {name}") })
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
    is_straight(command) && command.wrappers.is_empty()
}

fn is_straight(command: &Command) -> bool {
    let place = &command.place;
    let straight = place.depth == 0 && place.scope == 0 && place.pipe_len <= 1;
    straight
        && !(place.conditional || place.subshell || place.background)
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
