//! Image references with spans.

use crate::source::Span;

/// `registry/repository:tag@digest`, as written and as it reads once variables are expanded.
#[derive(Clone, Debug)]
pub struct ImageRef {
    /// The whole word in the file.
    pub span: Span,
    /// As written, quotes taken off.
    pub written: String,
    /// Expanded; `None` when a variable in it has no known value.
    pub value: Option<String>,
    pub registry: Option<Part>,
    pub repository: Part,
    pub tag: Option<Part>,
    pub digest: Option<Part>,
}

/// A part of an image reference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Expanded; `None` when a variable in it has no known value.
    pub text: Option<String>,
    /// Where it stands in the file: the variable's use, if it comes from one. `None` if nowhere in particular.
    pub span: Option<Span>,
    /// Where the variable that it comes from was given its value.
    pub set_at: Option<Span>,
}
