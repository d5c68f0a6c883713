//! Joining the commands of a script, shared by the rules about failures that a script ignores.

use crate::finding::prelude::*;
use crate::knowledge::programs::Class;

/// How many edits the fixes of one script may have in all. Each of them joins all commands.
const MAX_EDITS: usize = 20_000;

/// A script whose commands are joined by `&&`.
pub(super) struct Joined {
    edits: Vec<Edit>,
    /// The first command from which on all can be joined.
    start: usize,
    /// How many edits have been given away.
    given: usize,
}

impl Joined {
    pub(super) fn new(script: &Script, cx: &Cx<'_>) -> Joined {
        let outer: Vec<&Command> = script.commands.iter().filter(|other| other.place.scope == 0).collect();
        let mut joined = Joined { edits: Vec::new(), start: 0, given: 0 };
        for pair in outer.windows(2).filter(|pair| pair[0].place.list != pair[1].place.list) {
            match joint(pair[0], pair[1], cx) {
                Some(edit) => joined.edits.push(edit),
                None => (joined.edits, joined.start) = (Vec::new(), pair[1].span.start()),
            }
        }
        joined
    }

    /// `None` where a command after this one cannot be joined: then its failure would still be ignored.
    pub(super) fn fix(&mut self, command: &Command) -> Option<Fix> {
        if command.span.start() < self.start || self.given > 0 && self.given + self.edits.len() > MAX_EDITS {
            return None;
        }
        self.given += self.edits.len();
        Fix::new(Safety::Unsafe, "use `&&`", self.edits.iter().cloned())
    }
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
