//! Looks ahead for the parenthesis that closes another, without reading any text twice.

use super::Reader;

/// What is known of the text ahead.
#[derive(Default)]
pub(super) struct Ahead {
    /// Up to where parentheses have been matched.
    scanned: usize,
    /// Of the double parentheses in that text: where the inner `(` and its `)` are, sorted.
    pairs: Vec<(u32, u32)>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Open {
    Double,
    Paren(usize),
    /// `${`; whether it is in double quotes, where `'` is a character like any other.
    Brace {
        quoted: bool,
    },
}

impl Reader<'_> {
    /// Where the `)` is that belongs to the `(` at `open`, if another `)` follows it: `((…))`.
    pub(super) fn double_paren_end(&mut self, open: usize) -> Option<usize> {
        let close = self.paren_end(open)?;
        (self.byte(close + 1) == b')').then_some(close)
    }

    /// Whether the `(` at `open`, which follows another `(`, has its `)` at all.
    pub(super) fn is_matched(&mut self, open: usize) -> bool {
        self.paren_end(open).is_some()
    }

    /// Where the `)` is that belongs to the `(` at `open`, which follows another `(`.
    fn paren_end(&mut self, open: usize) -> Option<usize> {
        if open >= self.ahead.scanned {
            self.scan(open);
        }
        let index = self.ahead.pairs.binary_search_by_key(&(open as u32), |pair| pair.0).ok()?;
        Some(self.ahead.pairs[index].1 as usize).filter(|close| *close < self.end)
    }

    /// Matches the parentheses from the one at `from` to its end, or to the end of the text.
    fn scan(&mut self, from: usize) {
        let bytes = &self.text[..self.end];
        let mut open: Vec<Open> = Vec::new();
        let mut pairs = Vec::new();
        let mut at = from;
        while let Some(&byte) = bytes.get(at) {
            let top = open.last().copied();
            let quoted = matches!(top, Some(Open::Double | Open::Brace { quoted: true }));
            let next = bytes.get(at + 1).copied();
            match byte {
                b'\\' => at += 1,
                b'\'' if !quoted => at += 1 + memchr::memchr(b'\'', &bytes[at + 1..]).unwrap_or(bytes.len() - at - 1),
                b'"' if top == Some(Open::Double) => drop(open.pop()),
                b'"' => open.push(Open::Double),
                b'$' if next == Some(b'(') => {
                    at += 1;
                    open.push(Open::Paren(at));
                }
                b'$' if next == Some(b'{') => {
                    at += 1;
                    open.push(Open::Brace { quoted });
                }
                b'(' if !quoted => open.push(Open::Paren(at)),
                b')' => {
                    if let Some(Open::Paren(start)) = top {
                        open.pop();
                        if start > 0 && bytes[start - 1] == b'(' {
                            pairs.push((start as u32, at as u32));
                        }
                    }
                }
                b'}' if matches!(top, Some(Open::Brace { .. })) => drop(open.pop()),
                _ => {}
            }
            at += 1;
            if open.is_empty() {
                break;
            }
        }
        pairs.sort_unstable();
        self.tree.steps += (at - from) as u64;
        self.ahead = Ahead { scanned: at, pairs };
    }
}
