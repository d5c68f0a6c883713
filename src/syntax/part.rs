//! A range of a joined line with its position in the file.

use super::tree::{Logical, Word};
use crate::text::Span;

/// The characters that end a keyword and separate plain words; Go's `\s` with a vertical tab. Other Unicode spaces do not.
pub(super) fn is_blank(char: char) -> bool {
    matches!(char, ' ' | '\t' | '\r' | '\u{b}' | '\u{c}' | '\n')
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Part<'a> {
    pub(super) line: &'a Logical,
    pub(super) start: usize,
    pub(super) end: usize,
}

impl<'a> Part<'a> {
    pub(super) fn whole(line: &'a Logical) -> Self {
        Self { line, start: 0, end: line.text.len() }
    }

    pub(super) fn text(self) -> &'a str {
        &self.line.text[self.start..self.end]
    }

    pub(super) fn is_empty(self) -> bool {
        self.start == self.end
    }

    pub(super) fn span(self) -> Span {
        // An empty part right after something (`a=`) is there, and not where the next line continues.
        match self.line.text[..self.start].chars().next_back() {
            Some(before) if self.is_empty() && !before.is_whitespace() => {
                Span::at(self.line.to_file(self.start - 1) + 1)
            }
            _ => self.line.span(self.start, self.end),
        }
    }

    /// Offsets count from the part's own start.
    pub(super) fn slice(self, start: usize, end: usize) -> Self {
        Self { line: self.line, start: self.start + start, end: self.start + end }
    }

    pub(super) fn tail(self, start: usize) -> Self {
        self.slice(start, self.end - self.start)
    }

    /// Without white space, Unicode's included, at both ends.
    pub(super) fn trim(self) -> Self {
        let text = self.text();
        let end = text.trim_end().len();
        let start = end - text[..end].trim_start().len();
        self.slice(start, end)
    }

    pub(super) fn word(self) -> Word {
        Word { text: self.text().to_owned(), span: self.span() }
    }

    pub(super) fn logical(self) -> Logical {
        self.line.slice(self.start, self.end)
    }

    /// The text before and after the first run of spaces.
    pub(super) fn split_blank(self) -> (Self, Option<Self>) {
        let text = self.text();
        match text.find(is_blank) {
            None => (self, None),
            Some(at) => {
                let next = text.len() - text[at..].trim_start_matches(is_blank).len();
                (self.slice(0, at), Some(self.tail(next)))
            }
        }
    }

    /// The words between spaces.
    pub(super) fn blank_words(self) -> Vec<Self> {
        let mut words = Vec::new();
        let mut rest = self;
        loop {
            let (word, next) = rest.split_blank();
            if !word.is_empty() {
                words.push(word);
            }
            match next {
                Some(next) => rest = next,
                None => return words,
            }
        }
    }

    /// The words between white space, where quotes and escapes hold a word together. They are kept as written, but
    /// for an escape character at the very end, which is dropped.
    pub(super) fn quoted_words(self, escape: char) -> Vec<Self> {
        let text = self.text();
        let mut words = Vec::new();
        let mut start = None;
        let mut quote = None;
        let mut end = text.len();
        let mut chars = text.char_indices();
        while let Some((at, char)) = chars.next() {
            if quote.is_none() && char.is_whitespace() {
                words.extend(start.take().map(|start| self.slice(start, at)));
                continue;
            }
            let escaped = char == escape && quote != Some('\'');
            if escaped && at + char.len_utf8() == text.len() {
                end = at;
                break;
            }
            start.get_or_insert(at);
            if escaped {
                chars.next();
            } else if quote == Some(char) {
                quote = None;
            } else if quote.is_none() && matches!(char, '\'' | '"') {
                quote = Some(char);
            }
        }
        words.extend(start.filter(|start| *start < end).map(|start| self.slice(start, end)));
        words
    }
}
