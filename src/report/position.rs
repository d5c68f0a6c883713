//! Lines and columns of a span, as people and other programs count them.

use serde::Serialize;

use crate::text::{Source, Span};

/// A line and a column, both from 1; the column in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub(super) struct Position {
    pub line: usize,
    pub column: usize,
}

/// Both ends of a span, the end exclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(super) struct PositionRange {
    pub start: Position,
    pub end: Position,
}

impl PositionRange {
    pub(super) fn of(source: &Source, span: Span) -> Self {
        let point = |at| {
            let (line, column) = source.line_column(at);
            Position { line, column }
        };
        Self { start: point(span.start()), end: point(span.end()) }
    }

    /// As [`PositionRange::of`], without the line breaks the span ends with, so that one line is one line.
    pub(super) fn shown(source: &Source, span: Span) -> Self {
        Self::of(source, trim(source, span))
    }

    pub(super) fn is_one_line(self) -> bool {
        self.start.line == self.end.line
    }
}

/// The span without the line breaks it ends with.
pub(super) fn trim(source: &Source, span: Span) -> Span {
    let text = &source.text().as_bytes()[span.range()];
    let len = text.iter().rposition(|byte| !matches!(byte, b'\n' | b'\r')).map_or(0, |last| last + 1);
    Span::new(span.start(), span.start() + len)
}
