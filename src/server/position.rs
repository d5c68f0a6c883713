//! Bytes ↔ lines and columns, as the protocol counts them.

use lsp_types::{Position, PositionEncodingKind, Range};

use crate::text::Span;

/// What a column counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    Utf8,
    Utf16,
    Utf32,
}

impl Encoding {
    /// The first that the client offers and we know; UTF-16 when it says nothing.
    pub(super) fn choose(offered: Option<&[PositionEncodingKind]>) -> Self {
        let known = |kind: &PositionEncodingKind| match kind.as_str() {
            "utf-8" => Some(Encoding::Utf8),
            "utf-16" => Some(Encoding::Utf16),
            "utf-32" => Some(Encoding::Utf32),
            _ => None,
        };
        offered.unwrap_or_default().iter().find_map(known).unwrap_or(Encoding::Utf16)
    }

    pub(super) fn kind(self) -> PositionEncodingKind {
        match self {
            Encoding::Utf8 => PositionEncodingKind::UTF8,
            Encoding::Utf16 => PositionEncodingKind::UTF16,
            Encoding::Utf32 => PositionEncodingKind::UTF32,
        }
    }

    /// How many columns the character takes that begins with this byte of UTF-8; 0 for a byte inside of one.
    fn units(self, byte: u8) -> u32 {
        match self {
            Encoding::Utf8 => 1,
            _ if byte & 0xC0 == 0x80 => 0,
            Encoding::Utf16 if byte >= 0xF0 => 2,
            _ => 1,
        }
    }
}

const BLOCK: usize = 1024;

/// Where the lines of a text begin. A line ends at `\n`, `\r\n` or `\r`, as the protocol has it.
#[derive(Debug)]
pub(super) struct Positions {
    encoding: Encoding,
    starts: Vec<u32>,
    /// How many columns there are before each block of bytes, all lines counted; empty if every byte is one column.
    units: Vec<u32>,
}

impl Positions {
    pub(super) fn new(text: &str, encoding: Encoding) -> Self {
        let bytes = text.as_bytes();
        let mut starts = vec![0];
        for at in memchr::memchr2_iter(b'\n', b'\r', bytes) {
            if bytes[at] == b'\n' || bytes.get(at + 1) != Some(&b'\n') {
                starts.push(at as u32 + 1);
            }
        }
        let units = if encoding == Encoding::Utf8 || text.is_ascii() {
            Vec::new()
        } else {
            let sums = bytes.chunks(BLOCK).scan(0, |sum, block| {
                *sum += block.iter().map(|byte| encoding.units(*byte)).sum::<u32>();
                Some(*sum)
            });
            std::iter::once(0).chain(sums).collect()
        };
        Self { encoding, starts, units }
    }

    fn units_before(&self, text: &str, at: usize) -> u32 {
        if self.units.is_empty() {
            return at as u32;
        }
        let block = at / BLOCK;
        let rest = &text.as_bytes()[block * BLOCK..at];
        self.units[block] + rest.iter().map(|byte| self.encoding.units(*byte)).sum::<u32>()
    }

    pub(super) fn line_of(&self, at: usize) -> usize {
        self.starts.partition_point(|start| *start as usize <= at) - 1
    }

    /// The bytes of a line, without its line break.
    pub(super) fn line(&self, text: &str, line: usize) -> Span {
        let Some(&start) = self.starts.get(line) else { return Span::at(text.len()) };
        let next = self.starts.get(line + 1).map_or(text.len(), |next| *next as usize);
        let end = start as usize + text[start as usize..next].trim_end_matches(['\r', '\n']).len();
        Span::new(start as usize, end)
    }

    pub(super) fn position(&self, text: &str, at: usize) -> Position {
        let at = at.min(text.len());
        let line = self.line_of(at);
        let start = self.starts[line] as usize;
        Position::new(line as u32, self.units_before(text, at) - self.units_before(text, start))
    }

    pub(super) fn range(&self, text: &str, span: Span) -> Range {
        Range::new(self.position(text, span.start()), self.position(text, span.end()))
    }

    /// The byte at a position; what lies outside of the text is moved to the end of its line, or of the text.
    pub(super) fn offset(&self, text: &str, position: Position) -> usize {
        let line = self.line(text, position.line as usize);
        if self.starts.len() <= position.line as usize {
            return text.len();
        }
        if self.units.is_empty() {
            let mut at = line.end().min(line.start().saturating_add(position.character as usize));
            while !text.is_char_boundary(at) {
                at -= 1;
            }
            return at;
        }
        let target = self.units_before(text, line.start()).saturating_add(position.character);
        let block = self.units.partition_point(|units| *units <= target).saturating_sub(1);
        let mut at = (block * BLOCK).max(line.start()).min(line.end());
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        let mut units = self.units_before(text, at);
        for char in text[at..line.end()].chars() {
            let next = units + self.encoding.units(text.as_bytes()[at]);
            if next > target {
                break;
            }
            units = next;
            at += char.len_utf8();
        }
        at
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn columns() {
        let text = "aé😀b\r\nc\rd\n";
        for (encoding, column) in [(Encoding::Utf8, 7), (Encoding::Utf16, 4), (Encoding::Utf32, 3)] {
            let positions = Positions::new(text, encoding);
            assert_eq!(positions.position(text, 7), Position::new(0, column));
            assert_eq!(positions.offset(text, Position::new(0, column)), 7);
            assert_eq!(positions.offset(text, Position::new(0, 99)), 8);
            assert_eq!(positions.position(text, 12), Position::new(2, 0));
            assert_eq!(positions.offset(text, Position::new(9, 0)), text.len());
        }
        // In the middle of a pair of surrogates.
        assert_eq!(Positions::new(text, Encoding::Utf16).offset(text, Position::new(0, 3)), 3);
    }

    proptest! {
        #[test]
        fn there_and_back(text in "(a|é|😀|\r|\n|[a-z]{300}|(é|😀){200}){0,20}", at in 0..4000_usize) {
            let at = (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
            for encoding in [Encoding::Utf8, Encoding::Utf16, Encoding::Utf32] {
                let positions = Positions::new(&text, encoding);
                let found = positions.offset(&text, positions.position(&text, at));
                // The line break itself has no columns.
                prop_assert!(found == at || text[found..at].chars().all(|char| matches!(char, '\r' | '\n')));
            }
        }
    }
}
