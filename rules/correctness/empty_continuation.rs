//! Empty lines inside an instruction.

use crate::finding::prelude::*;
use crate::syntax::{ItemKind, TriviaKind};

pub const RULE: Rule =
    Rule::new(Level::Warn, "0.1.0", &[Check::OnFile(check)]).fix(Fixable::Sometimes).aka(&["NoEmptyContinuation"]);

fn check(cx: &Cx<'_>) {
    for item in &cx.model.file.items {
        let ItemKind::Instruction(instruction) = &item.kind else { continue };
        let blanks: Vec<Span> = instruction
            .trivia
            .iter()
            .filter(|trivia| trivia.kind == TriviaKind::Blank)
            .map(|trivia| trivia.span)
            .collect();
        let Some(first) = blanks.first() else { continue };
        // At the end of the file nothing is continued: `open-continuation` reports that.
        let goes_on = instruction.trivia.last().is_some_and(|last| last.span.end() < item.span.end());
        if !goes_on {
            continue;
        }
        let edits: Vec<_> = blanks.iter().map(|span| Edit::delete(*span)).collect();
        // A heredoc's body follows the line of its opener, which may not be the last joined line.
        let message = format!("empty line inside `{}`", instruction.keyword.as_str());
        cx.report(*first, message)
            .help("remove it, or put a comment there, because a future version of BuildKit will reject empty lines")
            .fix(Fix::new(Safety::Safe, "remove the empty lines", edits));
    }
}
