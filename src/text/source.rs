//! A file's text and where things are in it.
//!
//! Inside the program a place is always a [`Span`] of bytes. Lines and columns exist only where
//! something is shown to a person or another program.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Mutex, OnceLock, PoisonError};

use super::{steps, utf16};

/// The largest file that is read, in bytes. Spans are 32 bits wide; no Dockerfile comes near.
pub const MAX_LEN: usize = 256 << 20;

/// A half-open range of bytes of one file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    pub start: u32,
    pub end: u32,
}

impl Span {
    /// The bytes from `start` up to, not including, `end`.
    pub fn new(start: usize, end: usize) -> Self {
        debug_assert!(start <= end && end <= MAX_LEN);
        // Not even a mistake of ours may end a run.
        Self { start: start as u32, end: end.max(start) as u32 }
    }

    /// The empty span at `at`.
    pub fn at(at: usize) -> Self {
        Self::new(at, at)
    }

    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    pub fn start(self) -> usize {
        self.start as usize
    }

    pub fn end(self) -> usize {
        self.end as usize
    }

    pub fn len(self) -> usize {
        (self.end - self.start) as usize
    }

    pub fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// Whether `other` lies wholly inside.
    pub fn contains(self, other: Span) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// The smallest span that covers both.
    pub fn cover(self, other: Span) -> Span {
        Span { start: self.start.min(other.start), end: self.end.max(other.end) }
    }
}

/// One input file.
///
/// The text is always valid UTF-8 and always as long as the file: a byte that is not UTF-8 is shown
/// to the program as one substitute character (U+001A), so that spans fit both. The bytes as they
/// are on disk are kept for writing back.
#[derive(Debug)]
pub struct Source {
    name: String,
    text: String,
    raw: Option<Vec<u8>>,
    /// The bytes of a file in UTF-16. The program works on its text in UTF-8, which is also what it writes.
    utf16: Option<Vec<u8>>,
    lines: OnceLock<Vec<u32>>,
    /// How many characters stand before each block of [`BLOCK`] bytes: very long lines are counted once.
    chars: OnceLock<Vec<u32>>,
    /// What [`Source::mentions`] has found out.
    mentions: Mutex<HashMap<&'static str, bool>>,
}

const BLOCK: usize = 4096;

/// What may precede a text; BuildKit skips it.
pub const BYTE_ORDER_MARK: char = '\u{feff}';

impl Source {
    /// `name` is what reports call the file: its path as the user gave it, or `-`.
    pub fn new(name: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Self {
        let (text, raw) = match String::from_utf8(bytes.into()) {
            Ok(text) => (text, None),
            Err(error) => {
                let raw = error.into_bytes();
                (substitute(&raw), Some(raw))
            }
        };
        Self {
            name: name.into(),
            text,
            raw,
            utf16: None,
            lines: OnceLock::new(),
            chars: OnceLock::new(),
            mentions: Mutex::default(),
        }
    }

    /// As [`Source::new`], from the bytes of a file, which may be in UTF-16. Such a text begins with a byte order mark.
    pub fn from_file(name: impl Into<String>, bytes: Vec<u8>) -> Self {
        match utf16::decode(&bytes) {
            Some(text) => Self { utf16: Some(bytes), ..Self::new(name, format!("{BYTE_ORDER_MARK}{text}")) },
            None => Self::new(name, bytes),
        }
    }

    /// The same file under another name.
    pub fn renamed(&self, name: impl Into<String>) -> Self {
        Self { utf16: self.utf16.clone(), ..Self::new(name, self.bytes()) }
    }

    /// Whether the file is in UTF-16, which no builder reads.
    pub fn is_utf16(&self) -> bool {
        self.utf16.is_some()
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    /// The file as it is on disk.
    pub fn on_disk(&self) -> &[u8] {
        self.utf16.as_deref().unwrap_or(self.bytes())
    }

    /// The bytes that spans are about: those on disk, but of a file in UTF-16 its text in UTF-8.
    pub fn bytes(&self) -> &[u8] {
        self.raw.as_deref().unwrap_or(self.text.as_bytes())
    }

    /// The text at `span`, which must come from this file.
    pub fn slice(&self, span: Span) -> &str {
        steps::count(1);
        &self.text[span.range()]
    }

    /// Whether the text contains this anywhere. It is searched once for each, however often it is asked.
    pub fn mentions(&self, text: &'static str) -> bool {
        let mut known = self.mentions.lock().unwrap_or_else(PoisonError::into_inner);
        *known.entry(text).or_insert_with(|| self.text.contains(text))
    }

    /// The line break of the file: CR and LF if there are any.
    pub fn line_end(&self) -> &'static str {
        if self.mentions("\r\n") { "\r\n" } else { "\n" }
    }

    fn line_starts(&self) -> &[u32] {
        self.lines.get_or_init(|| {
            let newlines = self.text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
            std::iter::once(0).chain(newlines.map(|(at, _)| at as u32 + 1)).collect()
        })
    }

    /// How many lines the file has; a final line break starts no further line.
    pub fn line_count(&self) -> usize {
        let starts = self.line_starts();
        match starts.last() {
            Some(&last) if last as usize == self.text.len() && starts.len() > 1 => starts.len() - 1,
            _ => starts.len(),
        }
    }

    /// The line of a byte, counted from 0.
    pub fn line_index(&self, at: usize) -> usize {
        self.line_starts().partition_point(|start| *start as usize <= at) - 1
    }

    /// The bytes of a line (counted from 0), its line break included.
    pub fn line_span(&self, index: usize) -> Span {
        let starts = self.line_starts();
        let start = starts.get(index).map_or(self.text.len(), |at| *at as usize);
        let end = starts.get(index + 1).map_or(self.text.len(), |at| *at as usize);
        Span::new(start, end)
    }

    /// Line and column for people: both from 1, the column in characters. A byte order mark has no column.
    pub fn line_column(&self, at: usize) -> (usize, usize) {
        let line = self.line_index(at);
        let start = self.line_span(line).start();
        let mark = line == 0 && at > 0 && self.text.starts_with('\u{feff}');
        (line + 1, self.count_chars(start, at) - usize::from(mark) + 1)
    }

    fn count_chars(&self, from: usize, to: usize) -> usize {
        if to - from <= BLOCK {
            return chars_in(&self.text.as_bytes()[from..to]);
        }
        self.chars_before(to) - self.chars_before(from)
    }

    fn chars_before(&self, at: usize) -> usize {
        let blocks = self.chars.get_or_init(|| {
            let sums = self.text.as_bytes().chunks(BLOCK).scan(0, |sum, block| {
                *sum += chars_in(block) as u32;
                Some(*sum)
            });
            std::iter::once(0).chain(sums).collect()
        });
        let block = at / BLOCK;
        blocks[block] as usize + chars_in(&self.text.as_bytes()[block * BLOCK..at])
    }
}

/// How many characters begin in these bytes of UTF-8.
fn chars_in(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| (**byte as i8) >= -0x40).count()
}

/// Same length, invalid bytes replaced one by one.
fn substitute(raw: &[u8]) -> String {
    let mut text = String::with_capacity(raw.len());
    for chunk in raw.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(std::iter::repeat_n('\u{1a}', chunk.invalid().len()));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invalid_bytes_keep_their_places() {
        let source = Source::new("x", b"a\xff\xfe\nb\xc3".to_vec());
        assert_eq!(source.text(), "a\u{1a}\u{1a}\nb\u{1a}");
        assert_eq!(source.bytes(), b"a\xff\xfe\nb\xc3");
        assert_eq!(source.line_column(4), (2, 1));
    }

    #[test]
    fn lines_and_columns() {
        let source = Source::new("x", "é1\nzwei\n");
        assert_eq!(source.line_count(), 2);
        assert_eq!(source.line_column(2), (1, 2));
        assert_eq!(source.line_column(4), (2, 1));
        assert_eq!(source.line_span(1), Span::new(4, 9));
    }

    #[test]
    fn columns_of_long_lines_and_after_a_byte_order_mark() {
        let text = format!("\u{feff}{}x", "é".repeat(5000));
        let source = Source::new("x", text.as_str());
        assert_eq!(source.line_column(0), (1, 1));
        for at in [3, 5, 4095, 4097, 8193, 10_001, 10_003, 10_004] {
            assert_eq!(source.line_column(at), (1, text[..at].chars().count()), "{at}");
        }
    }
}
