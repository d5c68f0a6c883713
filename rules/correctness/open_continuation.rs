//! Line continuations at the end of the file.

use crate::finding::prelude::*;
use crate::syntax::{ItemKind, TriviaKind, ends_as_drive_path};

pub const RULE: Rule = Rule::new(Level::Note, "0.1.0", &[Check::OnFile(check)]).fix(Fixable::Always);

fn check(cx: &Cx<'_>) {
    let Some(item) = cx.model.file.items.last() else { return };
    let ItemKind::Instruction(instruction) = &item.kind else { return };
    let open = instruction.trivia.last().is_some_and(|last| last.span.end() == item.span.end());
    let last = instruction.trivia.iter().rev().find(|trivia| trivia.kind == TriviaKind::Continuation);
    let Some(last) = last.filter(|_| open && instruction.heredocs.is_empty()) else { return };
    let line = cx.text(last.span).trim_end_matches(['\r', '\n']);
    let escape = Span::new(last.span.start(), last.span.start() + line.len());
    let before = cx.text(Span::new(instruction.span.start().min(last.span.start()), last.span.start()));
    if ends_as_drive_path(before) {
        let fix = Fix::new(Safety::Unsafe, "write the path with `/`", [Edit::replace(escape, "/")]);
        let path = before.rsplit(char::is_whitespace).next().unwrap_or_default();
        cx.report(escape, "nothing follows this line continuation")
            .variant("drive-path")
            .help("write the path with forward slashes, `C:/`: the backslash is the escape character here")
            .fix(fix.filter(|_| !path.contains('\\')));
        return;
    }
    cx.report(escape, "nothing follows this line continuation")
        .help("remove the escape character, or add the missing line")
        .fix(Fix::new(Safety::Safe, "remove the line continuation", [Edit::delete(escape)]));
}
