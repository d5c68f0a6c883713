//! Line continuations at the end of the file.

use crate::finding::prelude::*;
use crate::syntax::{ItemKind, TriviaKind};

pub const RULE: Rule = Rule::new(Level::Note, "0.1.0", &[Check::OnFile(check)]).fix(Fixable::Always);

fn check(cx: &Cx<'_>) {
    let Some(item) = cx.model.file.items.last() else { return };
    let ItemKind::Instruction(instruction) = &item.kind else { return };
    let open = instruction.trivia.last().is_some_and(|last| last.span.end() == item.span.end());
    let last = instruction.trivia.iter().rev().find(|trivia| trivia.kind == TriviaKind::Continuation);
    let Some(last) = last.filter(|_| open && instruction.heredocs.is_empty()) else { return };
    let line = cx.text(last.span).trim_end_matches(['\r', '\n']);
    let escape = Span::new(last.span.start(), last.span.start() + line.len());
    cx.report(escape, "nothing follows this line continuation")
        .help("remove the escape character, or add the missing line")
        .fix(Fix::new(Safety::Safe, "remove the line continuation", [Edit::delete(escape)]));
}
