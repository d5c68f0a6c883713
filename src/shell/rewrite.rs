//! Edits to a script that keep its layout.

use super::{Arg, Command, Link, Script};
use crate::text::Edit;
use crate::text::{Source, Span};

/// Lets `what` run after a command, if that succeeded: inserts `&& what`, on a line of its own where the script has
/// it so. `None` where that would mean something else: in branches, subshells, pipes, after wrappers, before `||`. A command
/// with `sudo` takes only what has `sudo` as well.
///
/// `set -e` overlooks what fails before a `&&`. Where it is on, and more follows than the list that the command ends,
/// `what` becomes a command of its own. So it does in a script that has one command a line, unless the exit status of that
/// line is all that reports a failure.
pub fn append(script: &Script, command: &Command, what: &str, source: &Source) -> Option<Edit> {
    let at = script.commands.iter().position(|other| other.span == command.span)?;
    let with_sudo = what.starts_with("sudo ") && matches!(&command.wrappers[..], [sudo] if sudo.name == "sudo");
    if !is_straight(command) || !with_sudo && !command.wrappers.is_empty() || command.place.excused {
        return None;
    }
    let next = script.commands[at + 1..].iter().find(|other| other.span.start() >= command.full_span().end());
    let ends_list = next.is_none_or(|next| next.place.list != command.place.list);
    if let Some(next) = next.filter(|_| ends_list && script.has_errexit(command)) {
        let gap = source.slice(command.gap_to(next)?);
        let straight = next.place.depth == 0 && next.place.scope == 0;
        let gap = match joins(gap).filter(|_| straight) {
            Some(";") => gap,
            Some("") if gap.trim_matches([' ', '\t', '\r']).starts_with('\n') => gap,
            _ => "; ",
        };
        return Some(Edit::insert(command.full_span().end(), format!("{gap}{what}")));
    }
    let last = next.is_none() && !script.has_errexit(command);
    if let Some(indent) = own_line(script, command, source).filter(|_| ends_list && !last) {
        return Some(Edit::insert(command.full_span().end(), format!("{}{indent}{what}", source.line_end())));
    }
    let before = at.checked_sub(1).map(|at| &script.commands[at]).filter(|other| {
        other.place.list == command.place.list && other.place.scope == 0 && command.place.link == Link::And
    });
    // As the next command follows, so that no line is cut in two; otherwise as this one follows the last.
    let after = next.filter(|next| !ends_list && next.place.link == Link::And && next.place.scope == 0);
    let gap = match (after, before) {
        (Some(next), _) => command.gap_to(next),
        (None, Some(before)) => before.gap_to(command),
        (None, None) => None,
    };
    let gap = gap.map(|gap| source.slice(gap)).filter(|gap| joins(gap) == Some("&&"));
    let own = source.slice(command.full_span());
    let gap = match gap {
        Some(gap) if after.is_some() || gap.contains('\n') => gap.to_owned(),
        _ if own.contains('\n') || is_long(command, what, source) => new_line(source, script.span),
        Some(gap) => gap.to_owned(),
        None => " && ".to_owned(),
    };
    Some(Edit::insert(command.full_span().end(), format!("{gap}{what}")))
}

/// The indentation of a command that has a line of its own, below other lines of its script.
fn own_line<'s>(script: &Script, command: &Command, source: &'s Source) -> Option<&'s str> {
    let before = source.slice(Span::new(script.span.start(), command.full_span().start().max(script.span.start())));
    let (above, indent) = before.rsplit_once('\n')?;
    let goes_on = above.trim_end().ends_with(['\\', '`', ';', '&', '|', '(', '{']);
    let rest = source.text()[command.full_span().end()..].lines().next().unwrap_or_default().trim();
    (indent.trim().is_empty() && !goes_on && (rest.is_empty() || rest.starts_with('#'))).then_some(indent)
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

/// `&&` with a line break, placed and indented as the lines around it are, or as the file does it: ` \⏎    && ` or
/// ` && \⏎    `.
pub fn new_line(source: &Source, around: Span) -> String {
    let text = source.text();
    let start = text.char_indices().take_while(|(at, _)| *at < STYLE_SAMPLE).last();
    let sample = start.map_or("", |(at, char)| &text[..at + char.len_utf8()]);
    if sample.contains("escape=`") {
        return " && ".to_owned();
    }
    let near = Some(Joints::of(source.slice(around))).filter(|near| near.first.total + near.last.total > 0);
    let joints = near.unwrap_or_else(|| Joints::of(sample));
    let end = source.line_end();
    let usual = || Joints::of(sample).continued.unwrap_or(" ");
    match joints.last.total > joints.first.total {
        true => format!(" && \\{end}{}", joints.last.most_frequent().unwrap_or_else(usual)),
        false => format!(" \\{end}{}&& ", joints.first.most_frequent().unwrap_or_else(usual)),
    }
}

/// How a text joins commands that have lines of their own.
#[derive(Default)]
struct Joints<'s> {
    /// `&&` comes first in a line.
    first: Indents<'s>,
    /// `&&` comes last in a line; the indentation is that of the next.
    last: Indents<'s>,
    /// The first indentation after a line that goes on.
    continued: Option<&'s str>,
}

impl<'s> Joints<'s> {
    fn of(text: &'s str) -> Self {
        let mut found = Self::default();
        let indent = |line: &'s str| &line[..line.len() - line.trim_start_matches([' ', '\t']).len()];
        let mut lines = text.lines().peekable();
        while let Some(line) = lines.next() {
            if line.trim_start().starts_with("&&") {
                found.first.count(indent(line));
            }
            let Some(next) = lines.peek().map(|next| indent(next)) else { continue };
            if line.trim_end().strip_suffix('\\').is_some_and(|line| line.trim_end().ends_with("&&")) {
                found.last.count(next);
            }
            if found.continued.is_none() && line.ends_with('\\') {
                found.continued = Some(next).filter(|indent| !indent.is_empty());
            }
        }
        found
    }
}

/// How often lines are indented by what.
#[derive(Default)]
struct Indents<'s> {
    total: usize,
    kinds: Vec<(&'s str, usize)>,
}

impl<'s> Indents<'s> {
    /// Files have few kinds; of more than these, the others are not counted apart.
    const KINDS: usize = 16;

    fn count(&mut self, indent: &'s str) {
        self.total += 1;
        if indent.is_empty() {
            return;
        }
        match self.kinds.iter().position(|(kind, _)| *kind == indent) {
            Some(at) => self.kinds[at].1 += 1,
            None if self.kinds.len() < Self::KINDS => self.kinds.push((indent, 1)),
            None => {}
        }
    }

    /// The first of the most frequent ones: what is nested deeper is rarer. None at all only if there is no other; `None`
    /// where nothing was counted.
    fn most_frequent(&self) -> Option<&'s str> {
        let mut most: Option<(&str, usize)> = None;
        for &(indent, count) in &self.kinds {
            if most.is_none_or(|(_, other)| count > other) {
                most = Some((indent, count));
            }
        }
        most.map(|(indent, _)| indent).or((self.total > 0).then_some(""))
    }
}

/// Takes a command away, with what joins it to the next. `None` where that would mean something else, and for the
/// last.
pub fn remove(script: &Script, command: &Command, source: &Source) -> Option<Edit> {
    let at = script.commands.iter().position(|other| other.span == command.span)?;
    let next = script.commands.get(at + 1)?;
    let same = next.place.depth == 0 && next.place.scope == 0 && is_plain(command);
    let joined = same && command.gap_to(next).is_some_and(|gap| joins(source.slice(gap)).is_some());
    joined.then(|| Edit::delete(Span::new(command.span.start(), next.span.start())))
}

/// Takes the last command away, with the `&&` before it. `None` where that would mean something else.
pub fn remove_last(script: &Script, command: &Command, source: &Source) -> Option<Edit> {
    let (last, rest) = script.commands.split_last().filter(|(last, _)| last.span == command.span)?;
    let before = rest.last().filter(|before| before.place.depth == 0 && before.place.scope == 0)?;
    let joined = is_plain(last) && before.gap_to(last).is_some_and(|gap| joins(source.slice(gap)) == Some("&&"));
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

/// What joins two commands, if there is nothing else (no comment) between them.
fn joins(gap: &str) -> Option<&str> {
    let bare = gap.trim_matches(|c: char| c.is_whitespace() || c == '\\' || c == '`');
    matches!(bare, "&&" | ";" | "").then_some(bare)
}
