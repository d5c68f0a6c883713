//! Makes untrusted text harmless where it is going: a terminal, a workflow command, XML, a URI, Markdown.

use std::borrow::Cow;
use std::fmt::Write;

/// How a character that is invisible, or acts on its surroundings, is shown. `None`: as it is.
pub(crate) fn substitute(ch: char) -> Option<Cow<'static, str>> {
    Some(match ch {
        '\0'..='\x1f' => char::from_u32(0x2400 + ch as u32)?.to_string().into(),
        '\x7f' => "\u{2421}".into(),
        // C1 controls; direction marks, embeddings, overrides and isolates; what has no width; line
        // separators; annotation and tag characters
        '\u{80}'..='\u{9f}'
        | '\u{ad}'
        | '\u{61c}'
        | '\u{180e}'
        | '\u{200b}'
        | '\u{200e}'
        | '\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{feff}'
        | '\u{fff9}'..='\u{fffb}'
        | '\u{fffe}'
        | '\u{ffff}'
        | '\u{e0000}'..='\u{e007f}' => format!("<U+{:04X}>", ch as u32).into(),
        _ => return None,
    })
}

/// Text on one line of a terminal: control characters as pictures (`␛`), invisible ones by number (`<U+202E>`).
pub fn visible(text: &str) -> Cow<'_, str> {
    replace(text, substitute)
}

/// As [`visible`], but line feeds and tabs stay: for formats that can hold them, such as XML.
pub fn multiline(text: &str) -> Cow<'_, str> {
    replace(text, |ch| substitute(ch).filter(|_| !matches!(ch, '\n' | '\t')))
}

/// The message of a GitHub workflow command.
pub fn github_message(text: &str) -> Cow<'_, str> {
    replace(text, |ch| match ch {
        '%' => Some("%25".into()),
        '\r' => Some("%0D".into()),
        '\n' => Some("%0A".into()),
        ch => substitute(ch),
    })
}

/// A property of a GitHub workflow command.
pub fn github_property(text: &str) -> Cow<'_, str> {
    replace(text, |ch| match ch {
        '%' => Some("%25".into()),
        '\r' => Some("%0D".into()),
        '\n' => Some("%0A".into()),
        ':' => Some("%3A".into()),
        ',' => Some("%2C".into()),
        ch => substitute(ch),
    })
}

/// A file's path as a URI reference: forward slashes, everything but unreserved characters in percent
/// form. An absolute path becomes a `file:` URI.
pub fn uri(path: &str) -> String {
    let path = forward(path);
    let mut uri = String::with_capacity(path.len());
    if path.starts_with('/') {
        uri.push_str("file://");
    }
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => uri.push(char::from(byte)),
            _ => {
                let _ = write!(uri, "%{byte:02X}");
            }
        }
    }
    uri
}

/// A path as services compare it with their own: forward slashes, no `./` before it.
pub fn forward(path: &str) -> Cow<'_, str> {
    if cfg!(windows) { Cow::Owned(here(&path.replace('\\', "/")).to_string()) } else { Cow::Borrowed(here(path)) }
}

fn here(mut path: &str) -> &str {
    while let Some(rest) = path.strip_prefix("./") {
        path = rest.trim_start_matches('/');
    }
    path
}

/// Text in a cell of a Markdown table. Code in backticks becomes an HTML element, and whatever could be
/// markup an entity: how Markdown pairs backticks is too easily turned around.
pub fn markdown(text: &str) -> Cow<'_, str> {
    let mut left = text.matches('`').count();
    let mut code = false;
    replace(text, move |ch| match ch {
        '`' => {
            left -= 1;
            let entity = !code && left == 0;
            code = !code && !entity;
            Some(
                if entity {
                    "&#96;"
                } else if code {
                    "<code>"
                } else {
                    "</code>"
                }
                .into(),
            )
        }
        '|' | '\\' | '*' | '_' | '[' | ']' | '#' | '~' | '!' | '@' | '<' | '>' | '&' | '$' => {
            Some(format!("&#{};", ch as u32).into())
        }
        ch => substitute(ch).map(|text| text.replace('<', "&#60;").replace('>', "&#62;").into()),
    })
}

/// Borrows when nothing is to be replaced, which is the rule.
fn replace(text: &str, mut with: impl FnMut(char) -> Option<Cow<'static, str>>) -> Cow<'_, str> {
    let mut changed: Option<String> = None;
    for (at, ch) in text.char_indices() {
        match (with(ch), &mut changed) {
            (Some(new), changed) => changed.get_or_insert_with(|| text[..at].to_string()).push_str(&new),
            (None, Some(changed)) => changed.push(ch),
            (None, None) => {}
        }
    }
    changed.map_or(Cow::Borrowed(text), Cow::Owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_acts_on_the_terminal() {
        for (text, want) in [
            ("plain `ünïcode` 日本", "plain `ünïcode` 日本"),
            ("\x1b[31mred", "␛[31mred"),
            ("a\r\n\tb\0\x7f", "a␍␊␉b␀␡"),
            ("x\u{202e}y\u{2066}", "x<U+202E>y<U+2066>"),
            ("\u{9b}31m\u{200b}", "<U+009B>31m<U+200B>"),
        ] {
            assert_eq!(visible(text), want);
        }
    }

    #[test]
    fn a_message_cannot_start_another_command() {
        assert_eq!(github_message("a%0A\n::error::b\r"), "a%250A%0A::error::b%0D");
        assert_eq!(github_property("a:b,c\nd"), "a%3Ab%2Cc%0Ad");
        assert_eq!(multiline("<a>\u{1b}\u{202e}\r\n\t"), "<a>␛<U+202E>␍\n\t");
    }

    #[test]
    fn paths_as_uris() {
        assert_eq!(uri("./a b/Döckerfile#1"), "a%20b/D%C3%B6ckerfile%231");
        assert_eq!(uri("/srv/a:b"), "file:///srv/a%3Ab");
        assert_eq!(uri("C%20/x"), "C%2520/x");
    }

    #[test]
    fn a_table_cell_stays_a_cell() {
        for (text, want) in [
            ("use `a|b` <b> @me\n", "use <code>a&#124;b</code> &#60;b&#62; &#64;me␊"),
            ("`a` ` ![x](y)", "<code>a</code> &#96; &#33;&#91;x&#93;(y)"),
            ("``x` *y*", "<code></code>x&#96; &#42;y&#42;"),
            ("\u{202e}", "&#60;U+202E&#62;"),
        ] {
            assert_eq!(markdown(text), want);
        }
    }
}
