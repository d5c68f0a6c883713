//! Joining the commands of a script, shared by the rules about failures that a script ignores.

use crate::finding::prelude::*;
use crate::knowledge::programs::Class;

/// Joins all commands by `&&`. `None` where one after this one cannot be joined so: then its failure would still be ignored.
pub(super) fn join_commands(command: &Command, script: &Script, cx: &Cx<'_>) -> Option<Vec<Edit>> {
    let outer: Vec<&Command> = script.commands.iter().filter(|other| other.place.scope == 0).collect();
    let mut edits = Vec::new();
    for pair in outer.windows(2).filter(|pair| pair[0].place.list != pair[1].place.list) {
        match joint(pair[0], pair[1], cx) {
            Some(edit) => edits.push(edit),
            None if pair[1].span.start() > command.span.start() => return None,
            None => edits.clear(),
        }
    }
    Some(edits)
}

/// `&&` for the `;` between two commands.
fn joint(first: &Command, next: &Command, cx: &Cx<'_>) -> Option<Edit> {
    let end = first.full_span().end();
    let gap = cx.text(Span::new(end, next.span.start().max(end)));
    let blank = |char: char| char.is_whitespace() || char == cx.model.file.escape.as_char();
    let at = gap.find(';').filter(|_| gap.trim_matches(blank) == ";")?;
    let plain = |command: &Command| command.place.depth == 0 && !command.place.background;
    // What answers by failing is not to end the script.
    let answers = first.class().is(Class::FAILS_AS_ANSWER.or(Class::CONDITION));
    if !plain(first) || !plain(next) || next.place.excused || answers {
        return None;
    }
    let before = if gap[..at].ends_with(char::is_whitespace) { "" } else { " " };
    let behind = if gap[at + 1..].starts_with(char::is_whitespace) { "" } else { " " };
    Some(Edit::replace(Span::new(end + at, end + at + 1), format!("{before}&&{behind}")))
}
