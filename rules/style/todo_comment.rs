//! Comments that contain `TODO` and similar markers.

use crate::finding::prelude::*;
use crate::syntax::{ItemKind, TriviaKind};

pub const RULE: Rule = Rule::new(Level::Off, "0.1.0", &[Check::OnFile(check)]);

const MARKS: [&str; 4] = ["TODO", "FIXME", "XXX", "HACK"];

fn check(cx: &Cx<'_>) {
    let mut comments = Vec::new();
    for item in &cx.model.file.items {
        match &item.kind {
            ItemKind::Comment => comments.push(item.span),
            ItemKind::Instruction(instruction) => {
                let trivia = instruction.trivia.iter().filter(|trivia| trivia.kind == TriviaKind::Comment);
                comments.extend(trivia.map(|trivia| trivia.span));
            }
            _ => {}
        }
    }
    for span in comments {
        let text = cx.text(span);
        let found = MARKS.iter().filter_map(|mark| Some((word(text, mark)?, mark))).min();
        let Some((at, mark)) = found else { continue };
        let start = span.start() + at;
        cx.report(Span::new(start, start + mark.len()), format!("`{mark}` comment: unfinished work"))
            .help("finish the work, or open an issue and reference it in the comment");
    }
}

/// The offset of `mark` as a whole word.
fn word(text: &str, mark: &str) -> Option<usize> {
    let is_part = |char: char| char.is_ascii_alphanumeric() || char == '_';
    let mut hits = text.match_indices(mark);
    let whole = |at: usize| !text[..at].ends_with(is_part) && !text[at + mark.len()..].starts_with(is_part);
    hits.find(|(at, _)| whole(*at)).map(|(at, _)| at)
}
