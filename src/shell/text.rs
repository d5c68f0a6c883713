//! Words without their quotes, and the way back to the file.

use std::ops::Range;

use super::Arg;
use super::scan;
use crate::text::Span;

/// Where the bytes of a text are in the file.
#[derive(Clone, Debug)]
pub(super) enum Places {
    /// Byte `i` stands at this offset plus `i`.
    Offset(usize),
    /// Unknown, but somewhere in here: text decoded by somebody else.
    Whole(Span),
    /// `(offset in text, offset in file)`, ascending; each holds up to the next.
    Pieces(Vec<(u32, u32)>),
}

impl Places {
    fn to_file(&self, at: usize) -> usize {
        match self {
            Places::Offset(base) => base + at,
            Places::Whole(span) => span.start(),
            Places::Pieces(pieces) => {
                let index = pieces.partition_point(|(text, _)| *text as usize <= at);
                match index.checked_sub(1).and_then(|index| pieces.get(index)) {
                    Some((text, file)) => *file as usize + (at - *text as usize),
                    None => at,
                }
            }
        }
    }

    /// From the first to the last byte of a range of the text.
    pub(super) fn span(&self, start: usize, end: usize) -> Span {
        match self {
            Places::Whole(span) => *span,
            _ if start >= end => Span::at(self.to_file(start)),
            _ => {
                let start = self.to_file(start);
                Span::new(start, (self.to_file(end - 1) + 1).max(start))
            }
        }
    }

    /// Those of a part of the text.
    pub(super) fn part(&self, range: Range<usize>) -> Places {
        match self {
            Places::Offset(base) => Places::Offset(base + range.start),
            Places::Whole(span) => Places::Whole(*span),
            Places::Pieces(pieces) => {
                let first = pieces.partition_point(|(text, _)| *text as usize <= range.start);
                let inside = pieces[first..].iter().take_while(|(text, _)| (*text as usize) < range.end);
                let mut out = vec![(0, self.to_file(range.start) as u32)];
                out.extend(inside.map(|(text, file)| (text - range.start as u32, *file)));
                Places::Pieces(out)
            }
        }
    }

    /// Those of a text decoded from this one, given as [`Decoded::pieces`] that start at `at`.
    pub(super) fn through(&self, at: usize, pieces: &[(u32, u32)]) -> Places {
        match self {
            Places::Whole(span) => Places::Whole(*span),
            Places::Offset(base) => match pieces {
                [] => Places::Offset(base + at),
                [(0, skip)] => Places::Offset(base + at + *skip as usize),
                _ => Places::Pieces(pieces.iter().map(|(text, raw)| (*text, (base + at) as u32 + raw)).collect()),
            },
            Places::Pieces(outer) => {
                // Both lists are sorted by the outer text, so they merge in one pass.
                let mut out = Vec::with_capacity(pieces.len());
                for (index, (text, raw)) in pieces.iter().enumerate() {
                    let start = at + *raw as usize;
                    out.push((*text, self.to_file(start) as u32));
                    let len = pieces.get(index + 1).map_or(u32::MAX, |next| next.0) - text;
                    let first = outer.partition_point(|(outer, _)| *outer as usize <= start);
                    for (outer, file) in &outer[first..] {
                        let ahead = *outer - start as u32;
                        if ahead >= len {
                            break;
                        }
                        out.push((text + ahead, *file));
                    }
                }
                Places::Pieces(out)
            }
        }
    }
}

/// A word without quotes and escapes.
#[derive(Debug)]
pub(super) struct Decoded {
    pub(super) text: String,
    /// `(offset in text, offset in raw)`, ascending; each holds up to the next.
    pub(super) pieces: Vec<(u32, u32)>,
    /// The shell would have to expand something; it is in the text as written.
    pub(super) dynamic: bool,
}

impl Decoded {
    fn push(&mut self, part: &str, at: usize) {
        let fits = self.pieces.last().is_some_and(|(text, raw)| at - *raw as usize == self.text.len() - *text as usize);
        if !fits {
            self.pieces.push((self.text.len() as u32, at as u32));
        }
        self.text.push_str(part);
    }
}

/// Takes quotes, escapes and joined lines out of a word.
pub(super) fn decode(raw: &str) -> Decoded {
    let bytes = raw.as_bytes();
    let mut out = Decoded { text: String::with_capacity(raw.len()), pieces: Vec::new(), dynamic: false };
    let mut at = 0;
    let mut double = false;
    while let Some(&byte) = bytes.get(at) {
        let next = bytes.get(at + 1).copied();
        match byte {
            b'\\' => match next {
                Some(b'\n') => at += 2,
                Some(b'$' | b'`' | b'"' | b'\\') => {
                    out.push(&raw[at + 1..at + 2], at + 1);
                    at += 2;
                }
                Some(_) if !double => {
                    let len = char_len(raw, at + 1);
                    out.push(&raw[at + 1..at + 1 + len], at + 1);
                    at += 1 + len;
                }
                _ => {
                    out.push("\\", at);
                    at += 1;
                }
            },
            b'"' => {
                double = !double;
                at += 1;
            }
            b'\'' if !double => {
                let end = raw[at + 1..].find('\'').map_or(raw.len(), |len| at + 1 + len);
                out.push(&raw[at + 1..end], at + 1);
                at = end + 1;
            }
            b'$' if !double && next == Some(b'\'') => at = ansi_c(raw, at + 2, &mut out),
            b'$' if !double && next == Some(b'"') => at += 1,
            b'`' => {
                out.dynamic = true;
                let end = scan::skip(bytes, at);
                out.push(&raw[at..end], at);
                at = end;
            }
            b'$' if next.is_some_and(starts_expansion) => {
                out.dynamic = true;
                let end = scan::skip(bytes, at);
                out.push(&raw[at..end], at);
                at = end;
            }
            b'<' | b'>' if !double && next == Some(b'(') => {
                out.dynamic = true;
                let end = scan::skip(bytes, at + 1);
                out.push(&raw[at..end], at);
                at = end;
            }
            _ => {
                let end = bytes[at..]
                    .iter()
                    .skip(1)
                    .position(|byte| b"\\\"'$`<>".contains(byte))
                    .map_or(raw.len(), |len| at + 1 + len);
                out.push(&raw[at..end], at);
                at = end;
            }
        }
    }
    out
}

/// Whether a `$` before this byte is an expansion rather than a dollar sign.
fn starts_expansion(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_{([*@#?$!-".contains(&byte)
}

fn char_len(text: &str, at: usize) -> usize {
    text[at..].chars().next().map_or(0, char::len_utf8)
}

/// `$'…'` from after its opening quote; where it ends.
fn ansi_c(raw: &str, mut at: usize, out: &mut Decoded) -> usize {
    let bytes = raw.as_bytes();
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'\'' => return at + 1,
            b'\\' => {
                let (text, len) = match bytes.get(at + 1) {
                    Some(b'n') => ("\n", 1),
                    Some(b't') => ("\t", 1),
                    Some(b'r') => ("\r", 1),
                    Some(b'\'') => ("'", 1),
                    Some(b'"') => ("\"", 1),
                    Some(b'\\') => ("\\", 1),
                    // Numbers and the rest: rare enough to be left as written.
                    _ => ("\\", 0),
                };
                out.push(text, at + len);
                at += 1 + len;
            }
            _ => {
                let end = bytes[at..].iter().position(|byte| b"'\\".contains(byte)).map_or(raw.len(), |len| at + len);
                out.push(&raw[at..end], at);
                at = end;
            }
        }
    }
    at
}

impl Arg {
    pub(crate) fn new(raw: &str, span: Span) -> Arg {
        let decoded = decode(raw);
        Arg { span, raw: raw.to_owned(), text: (!decoded.dynamic).then_some(decoded.text), value: None, unsplit: None }
    }

    /// A string of a JSON array, decoded, and where it stands: nothing in it is quoted or expanded.
    pub(super) fn literal((text, span): &(String, Span)) -> Arg {
        Arg { span: *span, raw: text.clone(), text: Some(text.clone()), value: None, unsplit: None }
    }

    /// The text, or how it is written when the shell has to expand something in it.
    pub fn lexeme(&self) -> &str {
        self.text.as_deref().unwrap_or(&self.raw)
    }

    /// The text, with the variables that the Dockerfile and the script set put in. `None` if something in it is not known.
    pub fn known(&self) -> Option<&str> {
        self.text.as_deref().or(self.value.as_deref())
    }

    /// Whether the shell has to expand a variable or a command in it.
    pub fn is_dynamic(&self) -> bool {
        self.text.is_none()
    }

    /// Whether it is this text.
    pub fn is(&self, text: &str) -> bool {
        self.text.as_deref() == Some(text)
    }

    /// What follows the first `at` bytes of its [`lexeme`](Arg::lexeme), quotes taken off. The span is that part's
    /// if the word holds no quotes, else the whole word's.
    pub fn tail(&self, at: usize) -> Arg {
        let Some(tail) = self.lexeme().get(at..) else { return self.clone() };
        let plain = self.raw.ends_with(tail) && self.raw.len() == self.span.len();
        let span = if plain { Span::new(self.span.end() - tail.len(), self.span.end()) } else { self.span };
        let mut arg = Arg::new(tail, span);
        let before = self.lexeme().get(..at).filter(|before| !before.contains(['$', '"', '\'', '\\']));
        arg.value = before.and_then(|before| self.value.as_deref()?.strip_prefix(before)).map(str::to_owned);
        if self.text.is_some() {
            arg.text = Some(tail.to_owned());
        }
        arg
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words() {
        for (raw, text, dynamic) in [
            ("plain", "plain", false),
            (r#""a b"'c d'"#, "a bc d", false),
            (r"a\ b\\", r"a b\", false),
            ("a\\\nb", "ab", false),
            ("\"a\\\nb\\n\"", "ab\\n", false),
            (r#""\$x \`y \"z""#, "$x `y \"z", false),
            ("'$x'", "$x", false),
            ("$x", "$x", true),
            ("\"a$(echo \"b\" )c\"", "a$(echo \"b\" )c", true),
            ("`x y`", "`x y`", true),
            ("a$", "a$", false),
            ("$'a\\tb\\'c'd", "a\tb'cd", false),
            ("<(x)", "<(x)", true),
            ("~/x*{a,b}", "~/x*{a,b}", false),
            ("\\é", "é", false),
            ("'open", "open", false),
            ("\"open\\", "open\\", false),
            ("${x:-\"a}\"}", "${x:-\"a}\"}", true),
        ] {
            let decoded = decode(raw);
            assert_eq!((decoded.text.as_str(), decoded.dynamic), (text, dynamic), "{raw}");
        }
    }

    #[test]
    fn the_way_back() {
        let raw = "\"a\\\"bc\"";
        let decoded = decode(raw);
        let places = Places::Offset(10).through(0, &decoded.pieces);
        assert_eq!(decoded.text, "a\"bc");
        assert_eq!(places.span(0, 1), Span::new(11, 12));
        assert_eq!(places.span(1, 4), Span::new(13, 16));
        let inner = decode("\"bc");
        let deeper = places.through(1, &inner.pieces);
        assert_eq!(deeper.span(0, 2), Span::new(14, 16));
        assert_eq!(places.part(2..4).span(0, 2), Span::new(14, 16));
    }

    #[test]
    fn tails() {
        let arg = Arg::new("--user=me", Span::new(10, 19));
        assert_eq!(
            arg.tail(7),
            Arg { span: Span::new(17, 19), raw: "me".into(), text: Some("me".into()), value: None, unsplit: None }
        );
        let quoted = Arg::new("--user=\"me\"", Span::new(10, 21));
        assert_eq!(quoted.tail(7).span, quoted.span);
        assert!(Arg::new("--user=$me", Span::new(0, 10)).tail(7).is_dynamic());
    }
}
