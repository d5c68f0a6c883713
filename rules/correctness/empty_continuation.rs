//! Blank lines where an instruction goes on.

use crate::finding::prelude::*;
use crate::syntax::{ItemKind, TriviaKind};

pub const RULE: Rule =
    Rule::new(Level::Warn, "0.1.0", &[Check::OnFile(check)]).fix(Fixable::Sometimes).aka(&["NoEmptyContinuation"]);

fn check(cx: &mut Cx<'_>) {
    for item in &cx.file.items {
        let ItemKind::Instruction(instruction) = &item.kind else { continue };
        let blanks: Vec<Span> = instruction
            .trivia
            .iter()
            .filter(|trivia| trivia.kind == TriviaKind::Blank)
            .map(|trivia| trivia.span)
            .collect();
        let Some(first) = blanks.first() else { continue };
        // At the end of the file there is nothing to go on to: that is `open-continuation`'s.
        let goes_on = instruction.trivia.last().is_some_and(|last| last.span.end() < item.span.end());
        if !goes_on {
            continue;
        }
        let edits: Vec<_> = blanks.iter().map(|span| Edit::delete(*span)).collect();
        // A heredoc's body follows the opener's line, which may not be the last that is joined.
        let message = format!("a blank line inside `{}`", instruction.keyword.as_str());
        cx.report(*first, message)
            .help("remove the blank line, or write a comment there: BuildKit takes it today and has announced that it will not")
            .fix(Fix::new(Safety::Safe, "remove the blank lines", edits));
    }
}
