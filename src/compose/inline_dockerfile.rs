//! A Dockerfile that is written in a Compose file, and where each byte of it is there.

use std::collections::HashSet;

use super::Project;
use super::service::Build;
use crate::context::Context;
use crate::text::yaml::{Node, Style};
use crate::text::{Edit, Source, Span, steps};

/// The longest text that edits are carried over for, in bytes: each is carried over on its own.
pub const MAX_EDITED: usize = 64 << 10;

/// The value of `dockerfile_inline`, with its place.
#[derive(Debug)]
pub struct InlineDockerfile<'p> {
    /// As Compose gives it to the builder.
    pub text: &'p str,
    /// A variable without known value is a part of it.
    pub is_open: bool,
    source: &'p Source,
    /// The line on which the value begins: where everything is if lines cannot be told apart.
    first: Span,
    /// Of the text, in its order. None unless the value is a literal block (`|`).
    lines: Vec<Line>,
    /// Where each line with variables begins in the text, in its order.
    filled: Vec<usize>,
    /// The text without the whitespace around it.
    content: Span,
    /// How many spaces are in front of each line of the block.
    indent: usize,
    /// The lines of the block may be edited.
    is_editable: bool,
}

/// A line of the text.
#[derive(Debug)]
struct Line {
    /// Where it begins and ends in the text.
    start: usize,
    end: usize,
    /// Where it is in the Compose file, without what it is indented by and without its line break.
    place: Span,
    form: Form,
}

/// How a line is written in the Compose file.
#[derive(Debug, PartialEq, Eq)]
enum Form {
    /// The same, but for `$$` where the text has `$`, at these bytes of the line.
    Same(Vec<usize>),
    /// With variables.
    Filled,
    /// It is what follows the last line break.
    End,
}

impl<'p> InlineDockerfile<'p> {
    /// The Dockerfile of a service that is written in the file that is checked.
    pub fn of(project: &'p Project<'_>, build: &'p Build) -> Option<Self> {
        let node = build.inline.as_ref().filter(|node| node.file == 0)?;
        let text = node.text()?;
        let source = project.source;
        let line = source.line_span(source.line_index(node.span.start()));
        let shown = source.slice(line).trim_end().len();
        let first = Span::new(node.span.start(), (line.start() + shown).max(node.span.start()));
        let leading = text.len() - text.trim_start().len();
        let mut inline = Self {
            text,
            is_open: node.open,
            source,
            first,
            lines: Vec::new(),
            filled: Vec::new(),
            content: Span::new(leading, text.trim_end().len().max(leading)),
            indent: 0,
            is_editable: false,
        };
        if let Some((key, _)) = build.node.entry("dockerfile_inline").filter(|_| node.style == Style::Block) {
            inline.find_lines(node, key);
        }
        Some(inline)
    }

    /// Finds the lines of a literal block.
    fn find_lines(&mut self, node: &Node, key: &Node) {
        let text = self.source.text();
        let line_end = |from: usize| text[from..].find('\n').map_or(text.len(), |at| from + at);
        let header_end = line_end(key.span.end());
        let Some(header) = text[key.span.end()..header_end].split_once('|').map(|(_, after)| after) else { return };
        let signs = header.split(['#', ' ', '\r']).next().unwrap_or_default();
        let Ok(digit) = signs.trim_matches(['+', '-']).parse::<usize>().map_or_else(
            |_| if signs.trim_matches(['+', '-']).is_empty() { Ok(None) } else { Err(()) },
            |digit| Ok(Some(digit)),
        ) else {
            return;
        };
        let header_start = text[..key.span.start()].rfind('\n').map_or(0, |at| at + 1);
        // The lines of the block, in the file.
        let mut raw = Vec::new();
        let mut indent = digit.map(|digit| digit + key.span.start() - header_start);
        let mut at = header_end + 1;
        while at < text.len() {
            let end = line_end(at);
            let line = text[at..end].strip_suffix('\r').unwrap_or(&text[at..end]);
            let spaces = line.len() - line.trim_start_matches(' ').len();
            if spaces < line.len() && spaces < *indent.get_or_insert(spaces) {
                break;
            }
            raw.push(Span::new(at, at + line.len()));
            at = end + 1;
        }
        let indent = indent.unwrap_or_default();
        let value = node.text().unwrap_or_default();
        let count = value.split('\n').count();
        let mut start = 0;
        let mut lines: Vec<Line> = Vec::new();
        for (index, line) in value.split('\n').enumerate() {
            let last = lines.last().map(|last| last.place.end());
            let (place, form) = match raw.get(index) {
                _ if index + 1 == count && line.is_empty() && index > 0 => (Span::at(last.unwrap_or(at)), Form::End),
                Some(raw) => {
                    let place = Span::new((raw.start() + indent).min(raw.end()), raw.end());
                    let written = &text[place.range()];
                    (place, form(written, line))
                }
                // A variable had line breaks in it.
                None => return,
            };
            lines.push(Line { start, end: start + line.len(), place, form });
            start += line.len() + 1;
        }
        self.filled = lines.iter().filter(|line| line.form == Form::Filled).map(|line| line.start).collect();
        self.lines = lines;
        self.indent = indent;
        self.is_editable = digit.is_none() && indent > 0 && value.len() <= MAX_EDITED && !value.contains(['\r', '\0']);
    }

    /// Whether its lines could be edited, were there not so many.
    pub fn is_too_long_to_edit(&self) -> bool {
        self.has_lines() && self.text.len() > MAX_EDITED
    }

    /// Whether the lines of the text are those of the file.
    pub fn has_lines(&self) -> bool {
        !self.lines.is_empty()
    }

    /// The line of a byte of the text.
    fn line(&self, at: usize) -> Option<&Line> {
        self.lines.get(self.line_index(at)?)
    }

    fn line_index(&self, at: usize) -> Option<usize> {
        self.lines.partition_point(|line| line.start <= at).checked_sub(1)
    }

    /// Where a part of the text is in the Compose file.
    pub fn place(&self, span: Span) -> Span {
        let place = |at: usize, is_end: bool| {
            let line = self.line(at)?;
            let column = at - line.start;
            Some(match &line.form {
                Form::Same(doubled) => {
                    let before = doubled.partition_point(|dollar| *dollar < column);
                    (line.place.start() + column + before).min(line.place.end())
                }
                Form::Filled if column > 0 && (is_end || at == line.end) => line.place.end(),
                Form::Filled | Form::End => line.place.start(),
            })
        };
        match (place(span.start(), false), place(span.end(), !span.is_empty())) {
            (Some(start), Some(end)) => Span::new(start, end.max(start)),
            _ => self.first,
        }
    }

    /// Whether a variable of Compose whose value is not known is in a part of the text, or may be.
    pub fn is_open_in(&self, span: Span) -> bool {
        if !self.is_open || !self.has_lines() {
            return self.is_open;
        }
        let from = self.line(span.start()).map_or(0, |line| line.start);
        let filled = self.filled.partition_point(|start| *start < from);
        self.filled.get(filled).is_some_and(|start| *start <= span.end())
    }

    /// Edits of the text as edits of the Compose file, each line indented and each dollar sign doubled. `None` where that
    /// would not give the same text.
    pub fn edits(&self, edits: &[Edit]) -> Option<Vec<Edit>> {
        if !self.is_editable {
            return None;
        }
        let new: Vec<Edit> = edits.iter().map(|edit| self.edit(edit)).collect::<Option<_>>()?;
        let (mut done, mut covered, mut has_text) = (0, None, false);
        while let Some(edit) = edits.get(done) {
            // The lines of an edit, one more on each side, and those of the edits that begin on one of them.
            let first = self.line_index(edit.span.start())?.saturating_sub(1);
            let mut last = first;
            let start = done;
            while let Some(edit) = edits.get(done) {
                if done > start && self.line_index(edit.span.start())? > last + 1 {
                    break;
                }
                last = last.max(self.line_index(edit.span.end())? + 1).min(self.lines.len() - 1);
                done += 1;
            }
            let lines = &self.lines[first..=last];
            let text = Span::new(lines[0].start, self.lines[last].end);
            let written = Span::new(lines[0].place.start(), self.lines[last].place.end());
            let written = Edit::apply(&new[start..done], self.source.text(), written)?;
            let expected = Edit::apply(&edits[start..done], self.text, text)?;
            steps::count(written.len() + expected.len());
            if !self.reads_as(&written, &expected, lines) {
                return None;
            }
            has_text |= !expected.trim().is_empty();
            covered = Some(covered.map_or(text, |span: Span| span.cover(text)));
        }
        (has_text || covered.is_none_or(|span| !span.contains(self.content))).then_some(new)
    }

    /// Whether these lines of a block, the first one without its indentation, give this text. They replace `old`.
    fn reads_as(&self, written: &str, expected: &str, old: &[Line]) -> bool {
        let is_at = |own: Option<&Line>, end: Option<&Line>| own.map(|line| line.start) == end.map(|line| line.start);
        let (mut is_first, is_last) = (is_at(old.first(), self.lines.first()), is_at(old.last(), self.lines.last()));
        let (written, expected) = match is_last {
            true => (written.trim_end_matches(['\n', '\r', ' ']), expected.trim_end_matches('\n')),
            false => (written, expected),
        };
        let indent = " ".repeat(self.indent);
        let filled: HashSet<(&str, &str)> = (old.iter())
            .filter(|line| line.form == Form::Filled)
            .map(|line| (self.source.slice(line.place), &self.text[line.start..line.end]))
            .collect();
        let mut lines = expected.split('\n');
        let is_same = written.split('\n').enumerate().all(|(index, line)| {
            let line = line.strip_suffix('\r').unwrap_or(line);
            let own = match line.strip_prefix(indent.as_str()) {
                _ if index == 0 => line,
                Some(own) => own,
                None if line.trim_start_matches(' ').is_empty() => "",
                None => return false,
            };
            let begins_with_space = std::mem::take(&mut is_first) && own.starts_with([' ', '\t']);
            let Some(wanted) = lines.next() else { return false };
            let is_wanted = form(own, wanted) != Form::Filled || filled.contains(&(own, wanted));
            is_wanted && !begins_with_space
        });
        is_same && lines.next().is_none()
    }

    fn edit(&self, edit: &Edit) -> Option<Edit> {
        let (mut start, mut end, mut new) = (edit.span.start(), edit.span.end(), edit.text.as_str());
        // The last line break is not one of the lines that are edited.
        if self.lines.last()?.form == Form::End && end == self.text.len() {
            if start < end && new.ends_with('\n') {
                (end, new) = (end - 1, &new[..new.len() - 1]);
            } else if start > 0 && (start == end && new.ends_with('\n') || start < end && new.is_empty()) {
                if !self.text[..start].ends_with('\n') {
                    return None;
                }
                let inserted = new.strip_suffix('\n').map(|new| format!("\n{new}")).unwrap_or_default();
                return self.carry(start - 1, end - 1, &inserted);
            } else {
                return None;
            }
        }
        start = start.min(end);
        self.carry(start, end, new)
    }

    fn carry(&self, start: usize, end: usize, new: &str) -> Option<Edit> {
        let first = self.lines.partition_point(|line| line.start <= start).checked_sub(1)?;
        let touched = self.lines[first..].iter().take_while(|line| line.start <= start || line.start < end);
        let is_fixed = |line: &Line| match line.form {
            Form::Same(_) => false,
            // Before it and after it there may be others.
            Form::Filled => line.start < end && start < line.end,
            Form::End => true,
        };
        if touched.into_iter().any(is_fixed) || new.contains(['\r', '\0']) {
            return None;
        }
        let indent = " ".repeat(self.indent);
        let last = new.matches('\n').count();
        let mut text = String::new();
        for (index, line) in new.split('\n').enumerate() {
            if index > 0 {
                text.push('\n');
                // A blank line needs none, unless something follows it in the file.
                if !line.is_empty() || index == last && self.text[end..].chars().next().is_some_and(|next| next != '\n') {
                    text.push_str(&indent);
                }
            }
            text.push_str(&line.replace('$', "$$"));
        }
        Some(Edit::replace(self.place(Span::new(start, end)), text))
    }
}

/// How a line of a text is written.
fn form(written: &str, line: &str) -> Form {
    let mut doubled = Vec::new();
    let (mut rest, mut value) = (written.bytes().peekable(), line.bytes().enumerate());
    while let Some(byte) = rest.next() {
        let Some((at, wanted)) = value.next() else { return Form::Filled };
        if byte != wanted {
            return Form::Filled;
        }
        if byte == b'$' && rest.next_if_eq(&b'$').is_some() {
            doubled.push(at);
        }
    }
    if value.next().is_some() { Form::Filled } else { Form::Same(doubled) }
}

impl Project<'_> {
    /// The build context of a service, where it is on disk and not outside of the directory of the Compose file.
    pub fn build_context(&self, build: &Build) -> Option<Context> {
        let root = self.context?.root()?;
        let place = build.context.as_ref().unwrap_or(&build.node);
        let text = build.context.as_ref().map_or(Some("."), |node| node.text().filter(|_| !node.open))?;
        let real = root.join(self.path(place, text)?).canonicalize().ok()?;
        let is_below = real.is_dir() && real.starts_with(root.canonicalize().ok()?);
        is_below.then(|| self.contexts.named(&real, None))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with<T>(text: &str, check: impl FnOnce(&InlineDockerfile<'_>, &str) -> T) -> T {
        let source = Source::new("compose.yaml", text);
        let project = Project::load(&source, "compose.yaml", None);
        let build = project.services[0].build.as_ref().expect("it is built");
        check(&InlineDockerfile::of(&project, build).expect("it is there"), text)
    }

    const TEXT: &str = "services:\n  a:\n    build:\n      dockerfile_inline: |  # here\n        FROM alpine\n\n        \
                        RUN echo $$HOME $$A\n          && true\n        ENV A=${B:-b}\n    restart: always\n";

    #[test]
    fn places() {
        with(TEXT, |inline, text| {
            assert_eq!(inline.text, "FROM alpine\n\nRUN echo $HOME $A\n  && true\nENV A=b\n");
            for (part, written) in [
                ("FROM", "FROM"),
                ("alpine", "alpine"),
                ("$HOME", "$$HOME"),
                ("$A", "$$A"),
                ("&& true", "&& true"),
                ("A=b", "ENV A=${B:-b}"),
            ] {
                let at = inline.text.find(part).expect("it is there");
                let place = inline.place(Span::new(at, at + part.len()));
                assert_eq!(&text[place.range()], written);
            }
        });
        for value in ["\"FROM alpine\\nRUN x\"", ">\n        FROM alpine\n\n        RUN x", "|\n        FROM ${B:-x}\n"] {
            let text = format!("services:\n  a:\n    build:\n      dockerfile_inline: {value}\n");
            with(&text, |inline, text| {
                let at = inline.place(Span::new(inline.text.len() - 2, inline.text.len() - 1));
                let line = text[..at.start()].matches('\n').count();
                assert_eq!(line, if value.starts_with('"') { 3 } else { 4 }, "{value}");
            });
        }
    }

    #[test]
    fn edits() {
        with(TEXT, |inline, text| {
            let edited = |start: &str, length: usize, new: &str| {
                let at = if start.is_empty() { inline.text.len() } else { inline.text.find(start).expect("it is there") };
                let edits = inline.edits(&[Edit::replace(Span::new(at, at + length), new)])?;
                Edit::apply(&edits, text, Span::new(0, text.len()))
            };
            let expected = [
                (("RUN", 0, "USER $X\n"), Some(("RUN", "USER $$X\n        RUN"))),
                (("alpine", 6, "alpine:3\n\nRUN x"), Some(("alpine", "alpine:3\n\n        RUN x"))),
                (("  &&", 10, ""), Some(("          && true\n        ENV", "        ENV"))),
                (("", 0, "USER x\n"), Some(("${B:-b}\n", "${B:-b}\n        USER x\n"))),
                // A line with a variable of Compose, a first line that is indented, and a return.
                (("ENV", 3, "ARG"), None),
                (("FROM", 0, " "), None),
                (("RUN", 3, "RUN\r"), None),
            ];
            for ((start, length, new), wanted) in expected {
                let wanted = wanted.map(|(old, new)| text.replacen(old, new, 1));
                assert_eq!(edited(start, length, new), wanted, "{start} {new:?}");
            }
        });
    }
}
