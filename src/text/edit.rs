//! One replacement of bytes.

use super::{Source, Span};

/// Replaces the bytes at `span` by `text`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    pub span: Span,
    pub text: String,
}

impl Edit {
    pub fn replace(span: Span, text: impl Into<String>) -> Self {
        Self { span, text: text.into() }
    }

    pub fn insert(at: usize, text: impl Into<String>) -> Self {
        Self::replace(Span::at(at), text)
    }

    pub fn delete(span: Span) -> Self {
        Self::replace(span, "")
    }

    /// `region` of a text with edits that are sorted and disjoint. `None` if one of them is not inside the region.
    pub fn apply(edits: &[Edit], text: &str, region: Span) -> Option<String> {
        let mut new = String::with_capacity(region.len());
        let mut at = region.start();
        for edit in edits {
            new.push_str(text.get(at..edit.span.start())?);
            new.push_str(&edit.text);
            at = edit.span.end();
        }
        new.push_str(text.get(at..region.end())?);
        Some(new)
    }

    /// Deletes the lines that a span touches, line breaks included.
    pub fn delete_lines(source: &Source, span: Span) -> Self {
        let first = source.line_span(source.line_index(span.start()));
        let last = source.line_span(source.line_index(span.end().max(span.start() + 1) - 1));
        Self::delete(first.cover(last))
    }
}
