//! JSON arrays as Go reads them: strictly, with positions.

use std::ops::Range;

/// How deep Go's decoder goes.
const MAX_DEPTH: usize = 10_000;

#[derive(Debug, PartialEq)]
pub(super) enum Json {
    /// An array of strings, decoded, with the bytes they take (quotes included).
    Strings(Vec<(String, Range<usize>)>),
    /// A well-formed array with something else in it: the bytes of the first.
    Mixed(Range<usize>),
    /// Not an array, or not JSON: BuildKit takes it for plain text.
    No,
}

/// Reads a text that is one JSON array and nothing else.
pub(super) fn array(text: &str) -> Json {
    if !text.starts_with('[') {
        return Json::No;
    }
    Scanner { text, at: 0 }.array().unwrap_or(Json::No)
}

struct Scanner<'a> {
    text: &'a str,
    at: usize,
}

#[derive(Clone, Copy, PartialEq)]
enum Open {
    Array,
    Object,
}

impl Scanner<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn skip(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.at += 1;
        }
    }

    fn take(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    /// With a stack of its own: depth costs no stack of ours.
    fn array(&mut self) -> Option<Json> {
        let mut strings = Vec::new();
        let mut other = None;
        let mut stack: Vec<Open> = Vec::new();
        // Where an element of the outer array starts.
        let mut element = 0;
        loop {
            // A value, or the end of an array that has just begun.
            self.skip();
            if stack.len() == 1 {
                element = self.at;
            }
            match self.peek()? {
                b'"' => {
                    let (value, range) = self.string()?;
                    if stack.len() == 1 {
                        strings.push((value, range));
                    }
                }
                open @ (b'[' | b'{') => {
                    self.at += 1;
                    let kind = if open == b'[' { Open::Array } else { Open::Object };
                    stack.push(kind);
                    if stack.len() > MAX_DEPTH {
                        return None;
                    }
                    self.skip();
                    match kind {
                        Open::Array if self.peek() != Some(b']') => continue,
                        Open::Object if self.peek() != Some(b'}') => {
                            self.key()?;
                            continue;
                        }
                        _ => {}
                    }
                }
                b't' => self.literal("true")?,
                b'f' => self.literal("false")?,
                b'n' => self.literal("null")?,
                _ => self.number()?,
            }
            // What follows a value.
            loop {
                if stack.len() == 1 && other.is_none() && strings.last().is_none_or(|(_, range)| range.end != self.at) {
                    // An empty array has no element.
                    other = (element > 0).then_some(element..self.at);
                }
                self.skip();
                let top = *stack.last()?;
                if self.take(b',') {
                    if top == Open::Object {
                        self.skip();
                        self.key()?;
                    }
                    break;
                }
                if !self.take(if top == Open::Array { b']' } else { b'}' }) {
                    return None;
                }
                stack.pop();
                if stack.is_empty() {
                    let whole = self.at == self.text.len();
                    return whole.then(|| other.map_or(Json::Strings(strings), Json::Mixed));
                }
            }
        }
    }

    fn key(&mut self) -> Option<()> {
        self.string()?;
        self.skip();
        self.take(b':').then_some(())
    }

    fn literal(&mut self, word: &str) -> Option<()> {
        let found = self.text[self.at..].starts_with(word);
        self.at += word.len();
        found.then_some(())
    }

    fn digits(&mut self) -> Option<()> {
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        (self.at > start).then_some(())
    }

    fn number(&mut self) -> Option<()> {
        self.take(b'-');
        if !self.take(b'0') {
            self.digits()?;
        }
        if self.take(b'.') {
            self.digits()?;
        }
        if self.take(b'e') || self.take(b'E') {
            let _sign = self.take(b'+') || self.take(b'-');
            self.digits()?;
        }
        Some(())
    }

    fn string(&mut self) -> Option<(String, Range<usize>)> {
        let start = self.at;
        if !self.take(b'"') {
            return None;
        }
        let mut value = String::new();
        loop {
            let char = self.text[self.at..].chars().next()?;
            self.at += char.len_utf8();
            match char {
                '"' => return Some((value, start..self.at)),
                '\\' => value.push(self.escape()?),
                '\0'..='\u{1f}' => return None,
                _ => value.push(char),
            }
        }
    }

    fn escape(&mut self) -> Option<char> {
        let byte = self.peek()?;
        self.at += 1;
        Some(match byte {
            b'"' | b'\\' | b'/' => char::from(byte),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let first = self.hex()?;
                match char::from_u32(first) {
                    Some(char) => char,
                    None => self.low_surrogate(first),
                }
            }
            _ => return None,
        })
    }

    fn hex(&mut self) -> Option<u32> {
        let digits = self.text.get(self.at..self.at + 4)?;
        self.at += 4;
        digits.bytes().all(|byte| byte.is_ascii_hexdigit()).then(|| u32::from_str_radix(digits, 16).ok())?
    }

    /// The second half of a pair; a half alone is a replacement character.
    fn low_surrogate(&mut self, first: u32) -> char {
        let before = self.at;
        if self.take(b'\\')
            && self.take(b'u')
            && let Some(second @ 0xdc00..=0xdfff) = self.hex()
            && first < 0xdc00
            && let Some(char) = char::from_u32(0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00))
        {
            return char;
        }
        self.at = before;
        char::REPLACEMENT_CHARACTER
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strings(text: &str) -> Option<Vec<String>> {
        match array(text) {
            Json::Strings(items) => Some(items.into_iter().map(|(value, _)| value).collect()),
            _ => None,
        }
    }

    #[test]
    fn same_as_serde() {
        for text in [
            "[]", "[ ]", r#"["a"]"#, r#"[ "a" , "b" ]"#, r#"["a",]"#, r#"[,"a"]"#, r#"["a" "b"]"#, r#"["a"] x"#,
            "['a']", r#"["\u0041\n\/"]"#, r#"["\ud83d\ude00"]"#, r#"["\x"]"#, "[\"a\tb\"]", r#"["a"#, "[", "[]]",
            r#"["é", ""]"#, r#"[1]"#, r#"["a", 01]"#, r#"["a", tru]"#,
        ] {
            let expected = serde_json::from_str::<Vec<String>>(text).ok();
            assert_eq!(strings(text), expected, "{text}");
        }
    }

    #[test]
    fn other_values() {
        for text in
            ["[1]", "[null]", r#"["a", {"b": [1, {}]}, "c"]"#, "[[]]", "[-1.5e+3]", r#"[["a"]]"#, "[true,false]"]
        {
            assert!(matches!(array(text), Json::Mixed(_)), "{text}");
        }
        for text in ["[{]", r#"[{"a"}]"#, r#"[{"a":1,}]"#, "[1.]", "[-]", "[1e]"] {
            assert_eq!(array(text), Json::No, "{text}");
        }
        assert_eq!(array(r#"["a", 17, "b"]"#), Json::Mixed(6..8));
        let deep = "[".repeat(200_000) + &"]".repeat(200_000);
        assert_eq!(array(&deep), Json::No);
    }

    #[test]
    fn lone_surrogates_are_replaced() {
        assert_eq!(strings(r#"["\ud83dx", "\udc00\ud83d"]"#).unwrap(), ["\u{fffd}x", "\u{fffd}\u{fffd}"]);
    }

    #[test]
    fn positions_include_the_quotes() {
        let Json::Strings(items) = array(r#"["a", "é\n"]"#) else { panic!() };
        assert_eq!(items, [("a".to_owned(), 1..4), ("é\n".to_owned(), 6..12)]);
    }
}
