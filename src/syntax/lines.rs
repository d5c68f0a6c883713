//! The lines of a file as BuildKit reads them.

/// One line of the file. Offsets are bytes of the file.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line {
    pub(super) start: usize,
    /// Before the line break; carriage returns before it belong to it.
    pub(super) content_end: usize,
    /// After the line break.
    pub(super) end: usize,
}

/// How many bytes BuildKit takes for one line, its line feed included.
const MAX_LINE: usize = 65_536;

impl Line {
    pub(super) fn content<'a>(&self, text: &'a str) -> &'a str {
        &text[self.start..self.content_end]
    }

    pub(super) fn is_comment(&self, text: &str) -> bool {
        self.content(text).trim_start().starts_with('#')
    }

    pub(super) fn is_blank(&self, text: &str) -> bool {
        self.content(text).trim_start().is_empty()
    }

    pub(super) fn is_too_long(&self, text: &str) -> bool {
        let length = self.end - self.start;
        length > MAX_LINE || (length == MAX_LINE && !text[..self.end].ends_with('\n'))
    }
}

pub(super) struct Lines<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Lines<'a> {
    pub(super) fn new(text: &'a str, at: usize) -> Self {
        Self { text, at }
    }
}

impl Iterator for Lines<'_> {
    type Item = Line;

    fn next(&mut self) -> Option<Line> {
        let start = self.at;
        let rest = &self.text[start..];
        if rest.is_empty() {
            return None;
        }
        let end = rest.find('\n').map_or(self.text.len(), |at| start + at + 1);
        self.at = end;
        let content = self.text[start..end].trim_end_matches(['\r', '\n']);
        Some(Line { start, content_end: start + content.len(), end })
    }
}

/// The line without the escape character that continues it, or `None` when it ends here. Spaces may follow the escape
/// character; a second one right before it takes its power away.
pub(super) fn continued(content: &str, escape: char) -> Option<&str> {
    let line = content.trim_end_matches([' ', '\t']).strip_suffix(escape)?;
    (!line.ends_with(escape)).then_some(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_continues_a_line() {
        for (line, expected) in [
            ("a \\", Some("a ")),
            ("a \\ \t", Some("a ")),
            ("\\", Some("")),
            ("a \\\\", None),
            ("a \\\\\\", None),
            ("a \\ \u{a0}", None),
            ("a `", None),
            ("", None),
        ] {
            assert_eq!(continued(line, '\\'), expected, "{line:?}");
        }
        assert_eq!(continued("a `", '`'), Some("a "));
    }

    #[test]
    fn line_breaks() {
        let text = "a\r\n\r\r\nb";
        let lines: Vec<_> = Lines::new(text, 0).map(|line| (line.content(text), line.end)).collect();
        assert_eq!(lines, [("a", 3), ("", 6), ("b", 7)]);
    }
}
