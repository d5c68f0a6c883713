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
        String::from_utf8(Self::apply_bytes(edits.iter().map(Self::parts), text.as_bytes(), region)?).ok()
    }

    /// The same for bytes that need not be text, and for edits as [`Edit::parts`].
    pub fn apply_bytes<'t>(
        edits: impl IntoIterator<Item = (Span, &'t str)>,
        bytes: &[u8],
        region: Span,
    ) -> Option<Vec<u8>> {
        let mut new = Vec::with_capacity(region.len());
        let mut at = region.start();
        for (span, text) in edits {
            new.extend_from_slice(bytes.get(at..span.start())?);
            new.extend_from_slice(text.as_bytes());
            at = span.end();
        }
        new.extend_from_slice(bytes.get(at..region.end())?);
        Some(new)
    }

    /// The place, and what replaces it.
    pub fn parts(&self) -> (Span, &str) {
        (self.span, &self.text)
    }

    /// Deletes the lines that a span touches, line breaks included.
    pub fn delete_lines(source: &Source, span: Span) -> Self {
        let first = source.line_span(source.line_index(span.start()));
        let last = source.line_span(source.line_index(span.end().max(span.start() + 1) - 1));
        Self::delete(first.cover(last))
    }
}
