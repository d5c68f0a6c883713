//! Where a span is, as people and other programs count it.

use crate::source::{Source, Span};

#[allow(dead_code)]
/// Both ends of a span: lines and columns from 1, columns in characters, the end exclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub start: (usize, usize),
    pub end: (usize, usize),
}

#[allow(dead_code)]
impl Place {
    pub(super) fn of(source: &Source, span: Span) -> Self {
        Self { start: source.line_column(span.start()), end: source.line_column(span.end()) }
    }

    /// As [`Place::of`], without the line breaks the span ends with, so that one line is one line.
    pub(super) fn shown(source: &Source, span: Span) -> Self {
        Self::of(source, trim(source, span))
    }
}

/// The span without the line breaks it ends with.
pub(super) fn trim(source: &Source, span: Span) -> Span {
    let text = &source.text().as_bytes()[span.range()];
    let len = text.iter().rposition(|byte| !matches!(byte, b'\n' | b'\r')).map_or(0, |last| last + 1);
    Span::new(span.start(), span.start() + len)
}
