//! Flags: `--name[=value]` before the arguments, and the fields inside their values.

use super::part::Part;
use super::tree::{Field, Flag, Keyword, Word};

/// What a flag takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FlagKind {
    /// Nothing, `true` or `false`.
    Bool,
    /// One value.
    Value,
    /// One value each time it is given.
    Values,
}

/// The flags an instruction knows.
pub fn known_flags(keyword: Keyword) -> &'static [(&'static str, FlagKind)] {
    use FlagKind::{Bool, Value, Values};
    match keyword {
        Keyword::From => &[("platform", Value)],
        Keyword::Run => &[("mount", Values), ("network", Value), ("security", Value), ("device", Values)],
        Keyword::Copy => &[
            ("from", Value),
            ("chown", Value),
            ("chmod", Value),
            ("link", Bool),
            ("parents", Bool),
            ("exclude", Values),
        ],
        Keyword::Add => &[
            ("chown", Value),
            ("chmod", Value),
            ("link", Bool),
            ("keep-git-dir", Bool),
            ("checksum", Value),
            ("unpack", Bool),
            ("exclude", Values),
        ],
        Keyword::Healthcheck => &[
            ("interval", Value),
            ("timeout", Value),
            ("start-period", Value),
            ("start-interval", Value),
            ("retries", Value),
        ],
        _ => &[],
    }
}

/// The flags at the start of what follows a keyword, and the rest.
pub(super) fn split(part: Part<'_>) -> (Vec<Flag>, Part<'_>) {
    let mut flags = Vec::new();
    let mut rest = part;
    loop {
        let text = rest.text();
        rest = rest.tail(text.len() - text.trim_start().len());
        if !rest.text().starts_with("--") {
            return (flags, rest.trim());
        }
        let end = word_end(rest.text());
        let word = rest.slice(0, end);
        rest = rest.tail(end);
        if word.text() == "--" {
            return (flags, rest.trim());
        }
        flags.push(flag(word));
    }
}

/// Where a word ends; quotes and backslashes (even where the escape character is another) hold it together.
fn word_end(text: &str) -> usize {
    let mut quote = None;
    let mut chars = text.char_indices();
    while let Some((at, char)) = chars.next() {
        match (quote, char) {
            (_, '\\') => drop(chars.next()),
            (Some(open), _) if open == char => quote = None,
            (None, '\'' | '"') => quote = Some(char),
            (None, _) if char.is_whitespace() => return at,
            _ => {}
        }
    }
    text.len()
}

/// A flag's text without quotes, and where each byte of it stands.
fn unquote_map(text: &str) -> (String, Vec<usize>) {
    let mut out = String::with_capacity(text.len());
    let mut map = Vec::with_capacity(text.len() + 1);
    let mut quote = None;
    let mut chars = text.char_indices();
    while let Some((mut at, mut char)) = chars.next() {
        match (quote, char) {
            (_, '\\') => match chars.next() {
                Some(next) => (at, char) = next,
                None => break,
            },
            (Some(open), _) if open == char => {
                quote = None;
                continue;
            }
            (None, '\'' | '"') => {
                quote = Some(char);
                continue;
            }
            _ => {}
        }
        map.extend((0..char.len_utf8()).map(|offset| at + offset));
        out.push(char);
    }
    map.push(text.len());
    (out, map)
}

pub(super) fn unquote(text: &str) -> String {
    if text.contains(['\'', '"', '\\']) { unquote_map(text).0 } else { text.to_owned() }
}

fn flag(word: Part<'_>) -> Flag {
    let text = word.text();
    let equals = text.find('=');
    let name = word.slice(2, equals.unwrap_or(text.len()));
    let value = equals.map(|at| word.tail(at + 1));
    let fields = match (name.text(), value) {
        ("mount" | "device", Some(value)) => fields(value),
        _ => Vec::new(),
    };
    Flag { span: word.span(), name: unquote(name.text()), name_span: name.span(), value: value.map(Part::word), fields }
}

/// Comma-separated fields; one that starts with a double quote (after the shell-like quotes are gone) may hold commas.
fn fields(value: Part<'_>) -> Vec<Field> {
    let (text, map) = unquote_map(value.text());
    let mut out = Vec::new();
    let mut start = 0;
    loop {
        let (end, content) = match text[start..].strip_prefix('"') {
            Some(quoted) => csv_quoted(&text, start, quoted),
            None => {
                let end = text[start..].find(',').map_or(text.len(), |at| start + at);
                (end, start..end)
            }
        };
        out.push(field(value, &text, &map, content));
        if end >= text.len() {
            return out;
        }
        start = end + 1;
    }
}

/// The end of a quoted field, and what is inside its quotes.
fn csv_quoted(text: &str, start: usize, quoted: &str) -> (usize, std::ops::Range<usize>) {
    let mut at = 0;
    let close = loop {
        match quoted[at..].find('"') {
            Some(found) if quoted[at + found + 1..].starts_with('"') => at += found + 2,
            Some(found) => break start + 1 + at + found,
            None => break text.len(),
        }
    };
    let end = text[close..].find(',').map_or(text.len(), |found| close + found);
    (end, start + 1..close)
}

fn field(value: Part<'_>, text: &str, map: &[usize], range: std::ops::Range<usize>) -> Field {
    let place = |range: std::ops::Range<usize>| {
        // Removed quotes were between two bytes: an empty range is before them.
        let after = |at: usize| at.checked_sub(1).map_or(0, |at| map[at] + 1);
        let start = if range.is_empty() { after(range.start) } else { map[range.start] };
        value.slice(start, after(range.end).max(start)).span()
    };
    let (key, found) = match text[range.clone()].split_once('=') {
        Some((key, found)) => (key, Some(found)),
        None => (&text[range.clone()], None),
    };
    let word =
        found.map(|found| Word { text: found.replace("\"\"", "\""), span: place(range.end - found.len()..range.end) });
    Field { span: place(range.clone()), key: key.to_lowercase(), value: word }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::tree::Logical;

    fn read(text: &str) -> (Vec<(String, Option<String>)>, String) {
        let mut logical = Logical::default();
        logical.push(text, 0);
        let (flags, rest) = split(Part::whole(&logical));
        (flags.iter().map(|flag| (flag.name.clone(), flag.text())).collect(), rest.text().to_owned())
    }

    #[test]
    fn splitting() {
        for (text, flags, rest) in [
            ("x", vec![], "x"),
            ("--a x --b", vec![("a", None)], "x --b"),
            ("--a=b  --c= x", vec![("a", Some("b")), ("c", Some(""))], "x"),
            ("--a='b c'\"d\" x", vec![("a", Some("b cd"))], "x"),
            ("--a=b\\ c x", vec![("a", Some("b c"))], "x"),
            ("-- --a x", vec![], "--a x"),
            ("--", vec![], ""),
            ("-a x", vec![], "-a x"),
            ("--a=\"b", vec![("a", Some("b"))], ""),
        ] {
            let flags: Vec<_> =
                flags.into_iter().map(|(name, value)| (name.to_owned(), value.map(str::to_owned))).collect();
            assert_eq!(read(text), (flags, rest.to_owned()), "{text}");
        }
    }

    #[test]
    fn mount_fields() {
        let text = r#"--mount=type=cache,Target="/a b",'"id=x,y"',ro x"#;
        let mut logical = Logical::default();
        logical.push(text, 100);
        let (flags, _) = split(Part::whole(&logical));
        let fields = &flags[0].fields;
        let read: Vec<_> =
            fields.iter().map(|field| (&*field.key, field.value.as_ref().map(|word| &*word.text))).collect();
        let expected = [("type", Some("cache")), ("target", Some("/a b")), ("id", Some("x,y")), ("ro", None)];
        assert_eq!(read, expected);
        let span = fields[1].value.as_ref().unwrap().span;
        assert_eq!(&text[span.start() - 100..span.end() - 100], "/a b");
        let span = fields[3].span;
        assert_eq!(&text[span.start() - 100..span.end() - 100], "ro");
    }
}
