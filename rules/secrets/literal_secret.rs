//! Finds tokens and private keys, anywhere in the file.

use crate::finding::prelude::*;
use crate::knowledge::tokens::{mask, tokens};
use crate::syntax::{ItemKind, TriviaKind};

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnFile(check)]);

fn check(cx: &Cx<'_>) {
    for token in tokens(cx.source.text()) {
        let span = Span::new(token.at.start, token.at.end);
        let text = cx.text(span);
        let (variant, message) = if text.starts_with("-----") {
            ("private-key", "a private key is hard-coded in the Dockerfile".to_owned())
        } else {
            let article = if token.kind.starts_with(['A', 'O', 'n']) { "an" } else { "a" };
            ("", format!("{article} {} is hard-coded in the Dockerfile: `{}`", token.kind, mask(text)))
        };
        let mut found = cx.report(span, message);
        found.variant(variant);
        if token.maybe {
            found.at_most(Level::Warn);
        }
        found.help("revoke it where it was issued: anyone with the file, its history or the image has it");
        if is_comment(span, cx) {
            found.at_most(Level::Note);
        } else {
            found.help("mount its replacement for the step that needs it: `RUN --mount=type=secret,id=… …`");
        }
    }
}

/// Whether it is in a comment: in the repository, but not in the image.
fn is_comment(span: Span, cx: &Cx<'_>) -> bool {
    let at = cx.model.file.items.partition_point(|item| item.span.end <= span.start);
    match cx.model.file.items.get(at).map(|item| &item.kind) {
        Some(ItemKind::Comment) => true,
        Some(ItemKind::Instruction(instruction)) => {
            let at = instruction.trivia.partition_point(|trivia| trivia.span.end <= span.start);
            let trivia = instruction.trivia.get(at).filter(|trivia| trivia.span.contains(span));
            trivia.is_some_and(|trivia| trivia.kind == TriviaKind::Comment)
        }
        _ => false,
    }
}
