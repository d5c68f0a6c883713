//! Ranges of lines that fold.

use lsp_types::{FoldingRange, FoldingRangeKind};

use super::document::Document;
use crate::text::Span;

/// The ranges so far.
pub(super) struct Folds<'d> {
    document: &'d Document,
    pub(super) found: Vec<FoldingRange>,
}

impl<'d> Folds<'d> {
    pub(super) fn new(document: &'d Document) -> Self {
        Self { document, found: Vec::new() }
    }

    /// From the end of the first line to the end of the last.
    pub(super) fn push(&mut self, span: Span, kind: Option<FoldingRangeKind>) {
        let text = self.document.text()[span.range()].trim_end_matches(['\r', '\n']);
        let end = span.start() + text.len();
        let (first, last) = (self.document.line_of(span.start()), self.document.line_of(end));
        if first == last {
            return;
        }
        let start = self.document.position(self.document.line(first).end());
        let end = self.document.position(end);
        self.found.push(FoldingRange {
            start_line: start.line,
            start_character: Some(start.character),
            end_line: end.line,
            end_character: Some(end.character),
            kind,
            collapsed_text: None,
        });
    }

    pub(super) fn comments(&mut self, span: Option<Span>) {
        if let Some(span) = span {
            self.push(span, Some(FoldingRangeKind::Comment));
        }
    }
}
