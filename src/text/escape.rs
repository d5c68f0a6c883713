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

/// Text on one line of a terminal or a log: control characters as pictures (`␛`), invisible ones by number
/// (`<U+202E>`), and a space in what a log would take for a command.
pub fn visible(text: &str) -> Cow<'_, str> {
    let mut command = LogCommand::default();
    replace(text, move |ch| match command.begins_with(ch) {
        true => Some(format!(" {ch}").into()),
        false => substitute(ch),
    })
}

/// Finds what GitHub's and Azure's logs take for commands: `::` at the start of a line, also after spaces; `##[` and
/// `##vso[` anywhere. GitLab's need control characters.
pub(crate) struct LogCommand {
    /// The last characters, the latest in the lowest byte; others than these signs are 0.
    last: u64,
    /// Only spaces so far.
    at_start: bool,
}

impl Default for LogCommand {
    fn default() -> Self {
        Self { last: 0, at_start: true }
    }
}

impl LogCommand {
    /// For text that has something else before it on its line.
    pub(crate) fn within_line() -> Self {
        Self { at_start: false, ..Self::default() }
    }

    /// Whether a command would begin with this character and those before it.
    pub(crate) fn begins_with(&mut self, ch: char) -> bool {
        let sign = u8::try_from(ch.to_ascii_lowercase()).unwrap_or(0);
        let before = self.last;
        self.last = before << 8 | u64::from(sign);
        let ends_in = |text: &[u8]| text.iter().rev().enumerate().all(|(at, byte)| (before >> (8 * at)) as u8 == *byte);
        let colons = ch == ':' && self.at_start && ends_in(b":");
        self.at_start &= ch.is_whitespace() || ch.is_control() || ch == ':' && !ends_in(b":");
        colons || ch == '[' && (ends_in(b"##") || ends_in(b"##vso"))
    }
}

/// JSON text with every character that is invisible or acts on its surroundings as an escape: what it means stays the
/// same.
pub fn json(text: &str) -> Cow<'_, str> {
    replace(text, |ch| match ch {
        '\0'..='\x1f' => None,
        _ => substitute(ch).map(|_| {
            let mut units = [0; 2];
            ch.encode_utf16(&mut units).iter().map(|unit| format!("\\u{unit:04x}")).collect::<String>().into()
        }),
    })
}

/// Writes JSON as [`json`] has it.
pub struct JsonWriter<W>(pub W);

impl<W: std::io::Write> std::io::Write for JsonWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.write_all(bytes).map(|()| bytes.len())
    }

    fn write_all(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        // Serialisers write whole characters.
        match std::str::from_utf8(bytes) {
            Ok(text) => self.0.write_all(json(text).as_bytes()),
            Err(_) => self.0.write_all(bytes),
        }
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.0.flush()
    }
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
/// markup or become a link an entity: how Markdown pairs backticks is too easily turned around.
pub fn markdown(text: &str) -> Cow<'_, str> {
    let mut left = text.matches('`').count();
    let mut code = false;
    let mut links = Autolink::default();
    replace(text, move |ch| match ch {
        ch if links.depends_on(ch) => Some(format!("&#{};", ch as u32).into()),
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

/// Finds what GitHub and GitLab make links of: `https://…`, `www.…`, `GH-1`.
#[derive(Default)]
struct Autolink {
    /// The last three characters in lower case.
    last: [char; 3],
}

impl Autolink {
    /// Whether there is no link without this character.
    fn depends_on(&mut self, ch: char) -> bool {
        let [first, second, third] = self.last;
        self.last = [second, third, ch.to_ascii_lowercase()];
        match ch {
            '/' => third == '/' && second == ':',
            '.' => [first, second, third] == ['w'; 3],
            '-' => [second, third] == ['g', 'h'],
            _ => false,
        }
    }
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
    fn nothing_is_a_command_of_a_log() {
        for (text, want) in [
            ("::stop-commands::x", ": :stop-commands::x"),
            ("  ::error::x", "  : :error::x"),
            ("\r::error::x", "␍: :error::x"),
            ("a::b [::1]:80", "a::b [::1]:80"),
            ("x ##[error]y", "x ## [error]y"),
            ("x ##vSo[task.setvariable]y", "x ##vSo [task.setvariable]y"),
            ("#[a] ##a[", "#[a] ##a["),
        ] {
            assert_eq!(visible(text), want);
        }
    }

    #[test]
    fn json_means_the_same() {
        use std::io::Write;
        let text = "a\u{7f}\u{85}\u{202e}\u{e0041}\u{1f600}é\n";
        let mut out = Vec::new();
        serde_json::to_writer(JsonWriter(&mut out), text).expect("it is written");
        assert_eq!(String::from_utf8_lossy(&out), "\"a\\u007f\\u0085\\u202e\\udb40\\udc41\u{1f600}é\\n\"");
        assert_eq!(serde_json::from_slice::<String>(&out).expect("it is JSON"), text);
        JsonWriter(&mut out).flush().expect("nothing is left");
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
            ("https://a.b/c", "https:/&#47;a.b/c"),
            ("`http://a`", "<code>http:/&#47;a</code>"),
            ("WWW.a.b GH-1", "WWW&#46;a.b GH&#45;1"),
        ] {
            assert_eq!(markdown(text), want);
        }
    }
}
