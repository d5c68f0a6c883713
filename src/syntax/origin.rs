//! From a word's text back to the file.

use std::ops::Range;

use crate::syntax::{Logical, Word};
use crate::text::Span;

/// How offsets in a word's text are found again in the file.
#[derive(Clone, Copy)]
pub enum WordOrigin<'a> {
    /// The text is in the file unchanged, from this byte on.
    Linear(usize),
    /// It is broken over lines: its offset in the instruction's logical text.
    Joined(&'a Logical, usize),
    /// It was decoded (a JSON string with escapes): only the whole is known.
    Whole(Span),
}

impl<'a> WordOrigin<'a> {
    /// Where `word` stands, which is one of the instruction that `logical` is of.
    pub fn of(word: &Word, logical: &'a Logical) -> Self {
        if word.span.len() == word.text.len() {
            return WordOrigin::Linear(word.span.start());
        }
        let index = logical.map.partition_point(|(_, file)| *file as usize <= word.span.start());
        if let Some((at, file)) = index.checked_sub(1).and_then(|index| logical.map.get(index)) {
            let at = *at as usize + (word.span.start() - *file as usize);
            if logical.text.get(at..at + word.text.len()) == Some(&word.text) {
                return WordOrigin::Joined(logical, at);
            }
        }
        // A JSON string without escapes.
        if word.span.len() == word.text.len() + 2 {
            return WordOrigin::Linear(word.span.start() + 1);
        }
        WordOrigin::Whole(word.span)
    }

    /// The file's bytes for a range of the text.
    pub fn span(&self, at: &Range<usize>) -> Span {
        match self {
            WordOrigin::Linear(start) => Span::new(start + at.start, start + at.end),
            WordOrigin::Joined(logical, start) => logical.span(start + at.start, start + at.end),
            WordOrigin::Whole(span) => *span,
        }
    }
}
