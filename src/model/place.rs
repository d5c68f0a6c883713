//! From a word's text back to the file.

use std::ops::Range;

use crate::source::Span;
use crate::syntax::{Logical, Word};

/// How offsets in a word's text are found again in the file.
#[derive(Clone, Copy)]
pub enum Place<'a> {
    /// The text stands in the file as it is, from this byte on.
    Linear(usize),
    /// It is broken over lines: its offset in the instruction's logical text.
    Joined(&'a Logical, usize),
    /// It was decoded (a JSON string with escapes): only the whole is known.
    Whole(Span),
}

impl<'a> Place<'a> {
    /// Where `word` stands, which is one of the instruction that `logical` is of.
    pub fn of(word: &Word, logical: &'a Logical) -> Self {
        if word.span.len() == word.text.len() {
            return Place::Linear(word.span.start());
        }
        let index = logical.map.partition_point(|(_, file)| *file as usize <= word.span.start());
        if let Some((at, file)) = index.checked_sub(1).and_then(|index| logical.map.get(index)) {
            let at = *at as usize + (word.span.start() - *file as usize);
            if logical.text.get(at..at + word.text.len()) == Some(&word.text) {
                return Place::Joined(logical, at);
            }
        }
        // A JSON string without escapes.
        if word.span.len() == word.text.len() + 2 {
            return Place::Linear(word.span.start() + 1);
        }
        Place::Whole(word.span)
    }

    /// The file's bytes for a range of the text.
    pub fn span(&self, at: &Range<usize>) -> Span {
        match self {
            Place::Linear(start) => Span::new(start + at.start, start + at.end),
            Place::Joined(logical, start) => logical.span(start + at.start, start + at.end),
            Place::Whole(span) => *span,
        }
    }
}
