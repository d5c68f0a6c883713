//! Repairs: edits that apply whole or not at all.

use crate::source::Span;

/// How sure it is that a fix does no harm. Ordered: what is allowed is `fix.safety <= allowed`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Safety {
    /// The image behaves the same, by argument.
    Safe,
    /// Likely wanted, but it may change what the image does.
    Unsafe,
    /// Shown, never applied.
    Display,
}

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
}

/// A repair. Its edits are sorted and disjoint by construction.
#[derive(Clone, Debug, PartialEq)]
pub struct Fix {
    /// What it does, in the imperative: ``pin `python` to `3.13-slim-bookworm` ``.
    pub title: String,
    pub safety: Safety,
    edits: Vec<Edit>,
}

impl Fix {
    /// `None` when two edits overlap, or when there is none: such a fix would not mean anything.
    pub fn new(safety: Safety, title: impl Into<String>, edits: impl IntoIterator<Item = Edit>) -> Option<Self> {
        let mut edits: Vec<Edit> = edits.into_iter().collect();
        edits.sort_by_key(|edit| edit.span);
        let overlap =
            edits.windows(2).any(|pair| pair[1].span.start < pair[0].span.end || pair[0].span == pair[1].span);
        (!overlap && !edits.is_empty()).then(|| Self { title: title.into(), safety, edits })
    }

    pub fn edits(&self) -> &[Edit] {
        &self.edits
    }
}
