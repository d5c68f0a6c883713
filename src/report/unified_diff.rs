//! A change to a file as a unified diff for `git apply` and `patch -p1`.

use std::io::{self, Write};

use codespan_reporting::term::termcolor::{Buffer, Color, ColorSpec, WriteColor};

use crate::report::redact::mask;
use crate::text::diff::{Stretch, hunks, stretches};
use crate::text::escape::visible;

/// Unchanged lines shown around a change.
const CONTEXT: usize = 3;

/// The old and the new content of a file.
#[derive(Clone, Copy, Debug)]
pub struct Change<'a> {
    /// The path to put after `a/` and `b/`: relative, with forward slashes.
    pub path: &'a [u8],
    pub old: &'a [u8],
    pub new: &'a [u8],
    /// The file does not exist yet.
    pub is_new: bool,
}

/// Writes the diff; for a `screen`, with escaped control characters and masked secrets. Writes nothing if nothing changes.
pub fn write_diff(change: &Change<'_>, out: &mut dyn Write, color: bool, screen: bool) -> io::Result<()> {
    let (old, new) = (lines(change.old), lines(change.new));
    let hunks = hunks(&stretches(&old, &new), CONTEXT);
    let mut buffer = if color { Buffer::ansi() } else { Buffer::no_color() };
    let bold = || Some(ColorSpec::new().set_bold(true).clone());
    let paint = |color| Some(ColorSpec::new().set_fg(Some(color)).clone());
    if !hunks.is_empty() {
        for (sign, side) in [("--- ", "a/"), ("+++ ", "b/")] {
            let name = if change.is_new && side == "a/" { b"/dev/null".to_vec() } else { file_name(side, change.path) };
            line(&mut buffer, bold(), &[sign.as_bytes(), &name].concat())?;
        }
    }
    for hunk in &hunks {
        let [from, to] = [|part: &Stretch| part.old.clone(), |part: &Stretch| part.new.clone()].map(|range| {
            let (start, end) = (hunk.first().map_or(0, |part| range(part).start), hunk.last().map_or(0, |part| range(part).end));
            match end - start {
                0 => format!("{start},0"),
                1 => format!("{}", start + 1),
                len => format!("{},{len}", start + 1),
            }
        });
        line(&mut buffer, paint(Color::Cyan), format!("@@ -{from} +{to} @@").as_bytes())?;
        for part in hunk {
            if part.is_same {
                old[part.old.clone()].iter().try_for_each(|text| body(&mut buffer, None, b' ', text, screen))?;
                continue;
            }
            old[part.old.clone()].iter().try_for_each(|text| body(&mut buffer, paint(Color::Red), b'-', text, screen))?;
            new[part.new.clone()]
                .iter()
                .try_for_each(|text| body(&mut buffer, paint(Color::Green), b'+', text, screen))?;
        }
    }
    out.write_all(buffer.as_slice())
}

fn lines(text: &[u8]) -> Vec<&[u8]> {
    text.split_inclusive(|byte| *byte == b'\n').collect()
}

fn line(out: &mut Buffer, color: Option<ColorSpec>, text: &[u8]) -> io::Result<()> {
    if let Some(color) = &color {
        out.set_color(color)?;
    }
    out.write_all(text)?;
    if color.is_some() {
        out.reset()?;
    }
    out.write_all(b"\n")
}

fn body(out: &mut Buffer, color: Option<ColorSpec>, sign: u8, text: &[u8], screen: bool) -> io::Result<()> {
    let content = text.strip_suffix(b"\n").unwrap_or(text);
    let shown;
    let content = if screen {
        let content = content.strip_suffix(b"\r").unwrap_or(content);
        shown = visible(&mask(&String::from_utf8_lossy(content))).replace('␉', "\t");
        shown.as_bytes()
    } else {
        content
    };
    line(out, color, &[&[sign], content].concat())?;
    if text.ends_with(b"\n") { Ok(()) } else { line(out, None, b"\\ No newline at end of file") }
}

/// A file name as git writes it: special characters are quoted, and a tab ends a name with spaces.
fn file_name(side: &str, path: &[u8]) -> Vec<u8> {
    let mut name = side.as_bytes().to_vec();
    if !path.iter().any(|byte| byte.is_ascii_control() || matches!(byte, b'"' | b'\\')) && path.is_ascii() {
        name.extend_from_slice(path);
        if path.contains(&b' ') {
            name.push(b'\t');
        }
        return name;
    }
    name.insert(0, b'"');
    for byte in path {
        match byte {
            b'"' | b'\\' => name.extend([b'\\', *byte]),
            b' '..=b'~' => name.push(*byte),
            _ => name.extend(format!("\\{byte:03o}").bytes()),
        }
    }
    name.push(b'"');
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    fn diff(path: &str, old: &str, new: &str) -> String {
        let mut out = Vec::new();
        let change = Change { path: path.as_bytes(), old: old.as_bytes(), new: new.as_bytes(), is_new: false };
        write_diff(&change, &mut out, false, false).expect("memory");
        String::from_utf8(out).expect("it is text")
    }

    #[test]
    fn hunks_and_ends() {
        let old = "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11";
        let new = "1\n3\n4\n5\n6\n7\n8\n9\n10\n11\n";
        let want = "--- a/x\n+++ b/x\n@@ -1,5 +1,4 @@\n 1\n-2\n 3\n 4\n 5\n\
                    @@ -8,4 +7,4 @@\n 8\n 9\n 10\n-11\n\\ No newline at end of file\n+11\n";
        assert_eq!(diff("x", old, new), want);
        assert_eq!(diff("x", "a\r\n", "b\r\n"), "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\r\n+b\r\n");
        assert_eq!(diff("x", "", "b\n"), "--- a/x\n+++ b/x\n@@ -0,0 +1 @@\n+b\n");
        assert_eq!(diff("x", "a\n", "a\n"), "");
    }

    #[test]
    fn names() {
        let first = |path| diff(path, "a\n", "b\n").lines().next().unwrap_or_default().to_owned();
        assert_eq!(first("a b/c"), "--- a/a b/c\t");
        assert_eq!(first("a\"\n\u{e9}"), r#"--- "a/a\"\012\303\251""#);
    }

    #[test]
    fn nothing_acts_on_a_screen() {
        let mut out = Vec::new();
        let change = Change { path: b"x", old: b"\x1b[2J\ta\r\n", new: b"b\n", is_new: false };
        write_diff(&change, &mut out, true, true).expect("memory");
        let text = String::from_utf8(out).expect("it is text");
        assert!(text.contains("-\u{241b}[2J\ta") && !text.contains('\r') && text.contains("\u{1b}["), "{text}");
    }
}
