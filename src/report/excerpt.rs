//! The lines of a file that a finding shows, escaped and shortened.
//!
//! codespan prints the lines that its `Files` provide. This one provides copies of the lines that the finding touches, with
//! control characters made visible, long lines cut, and long spans cut to their first line.

use std::collections::BTreeMap;
use std::ops::Range;

use codespan_reporting::files::{Error, Files};

use super::position::trim;
use crate::report::redact::MASK;
use crate::text::escape::{self, LogCommand};
use crate::text::{Source, Span};

/// A span over more lines than this is shown as its first line only.
const MAX_LINES: usize = 4;
/// A line longer than this (in bytes) is cut to about this length.
const MAX_LINE: usize = 240;
/// How much of a cut line is kept before the relevant place, in bytes.
const LEAD: usize = 60;

/// A part of a file, as it is printed.
pub(super) struct Excerpt {
    name: String,
    text: String,
    lines: Vec<ExcerptLine>,
    /// The column of the first span's start, in the file.
    column: usize,
}

struct ExcerptLine {
    /// Its index in the file, from 0.
    index: usize,
    /// Its range in the excerpt's text.
    range: Range<usize>,
    /// Maps offsets in the file to offsets in the excerpt, ascending.
    places: Vec<(usize, usize)>,
}

/// A span in the excerpt.
pub(super) struct ExcerptSpan {
    pub range: Range<usize>,
    /// How many lines at the end of the span are not shown.
    pub hidden: usize,
}

impl Excerpt {
    /// The lines that `spans` touch; the first span is the primary one. Text within `secrets` is masked.
    pub(super) fn new(source: &Source, spans: &[Span], secrets: &[Range<usize>]) -> (Self, Vec<ExcerptSpan>) {
        let clipped: Vec<(Span, usize)> = spans.iter().map(|span| clip(source, *span)).collect();
        // The offset around which a long line is cut.
        let mut wanted: BTreeMap<usize, usize> = BTreeMap::new();
        for (span, _) in &clipped {
            let (first, last) = (source.line_index(span.start()), source.line_index(span.end()));
            wanted.entry(first).or_insert(span.start());
            for index in first + 1..=last {
                wanted.entry(index).or_insert(source.line_span(index).start());
            }
        }
        // codespan also shows a single line between two others.
        let gaps: Vec<usize> = wanted
            .keys()
            .map(|index| index + 1)
            .filter(|gap| !wanted.contains_key(gap) && wanted.contains_key(&(gap + 1)))
            .collect();
        for index in gaps {
            wanted.insert(index, source.line_span(index).start());
        }

        let column = spans.first().map_or(1, |span| source.line_column(span.start()).1);
        let name = escape::visible(source.name()).into_owned();
        let mut excerpt = Self { name, text: String::new(), lines: Vec::new(), column };
        for (index, anchor) in wanted {
            excerpt.push(source, index, anchor, secrets);
        }
        let shown = clipped.iter().map(|(span, hidden)| {
            let start = excerpt.position(source, span.start());
            let end = excerpt.position(source, span.end()).max(start);
            ExcerptSpan { range: start..end, hidden: *hidden }
        });
        let shown = shown.collect();
        (excerpt, shown)
    }

    /// The number, from 1, of its last line.
    pub(super) fn last_line(&self) -> usize {
        self.lines.last().map_or(1, |line| line.index + 1)
    }

    #[cfg(test)]
    fn text(&self) -> &str {
        &self.text
    }

    fn push(&mut self, source: &Source, index: usize, anchor: usize, secrets: &[Range<usize>]) {
        let line = trim(source, source.line_span(index));
        let window = window(source.text(), line, anchor);
        let start = self.text.len();
        let mut places = Vec::with_capacity(window.len() + 1);
        if line.start() < window.start() {
            self.text.push('…');
        }
        let mut command = LogCommand::within_line();
        for (offset, ch) in source.slice(window).char_indices() {
            let at = window.start() + offset;
            places.push((at, self.text.len()));
            if let Some(secret) = secrets.get(secrets.partition_point(|secret| secret.end <= at))
                && secret.contains(&at)
            {
                if at == secret.start.max(window.start()) {
                    self.text.push_str(MASK);
                }
                continue;
            }
            if command.begins_with(ch) {
                self.text.push(' ');
            }
            match ch {
                '\t' => self.text.push('\t'),
                '\u{1a}' if source.bytes()[at] != 0x1a => self.text.push('\u{fffd}'),
                '\u{feff}' if at == 0 => {}
                _ => match escape::substitute(ch) {
                    Some(text) => self.text.push_str(&text),
                    None => self.text.push(ch),
                },
            }
        }
        places.push((window.end(), self.text.len()));
        if window.end() < line.end() {
            self.text.push('…');
        }
        self.text.push('\n');
        self.lines.push(ExcerptLine { index, range: start..self.text.len(), places });
    }

    /// The offset in the excerpt of a byte of the file, or the nearest one.
    fn position(&self, source: &Source, at: usize) -> usize {
        let index = source.line_index(at);
        let line = &self.lines[self.lines.partition_point(|line| line.index <= index).saturating_sub(1)];
        line.places[line.places.partition_point(|(from, _)| *from <= at).saturating_sub(1)].1
    }
}

/// The span without trailing line breaks, cut to its first line if it has too many; and how many lines were cut.
fn clip(source: &Source, span: Span) -> (Span, usize) {
    let span = trim(source, span);
    let (first, last) = (source.line_index(span.start()), source.line_index(span.end()));
    if last - first < MAX_LINES {
        return (span, 0);
    }
    let end = trim(source, source.line_span(first)).end().max(span.start());
    (Span::new(span.start(), end), last - first)
}

/// The part of a line to show: all of it, or the part around `anchor`.
fn window(text: &str, line: Span, anchor: usize) -> Span {
    if line.len() <= MAX_LINE {
        return line;
    }
    let start = anchor.saturating_sub(LEAD).min(line.end() - MAX_LINE).max(line.start());
    let start = text.floor_char_boundary(start);
    let end = text.floor_char_boundary((start + MAX_LINE).min(line.end()));
    Span::new(start, end)
}

impl<'a> Files<'a> for Excerpt {
    type FileId = ();
    type Name = &'a str;
    type Source = &'a str;

    fn name(&'a self, (): ()) -> Result<&'a str, Error> {
        Ok(&self.name)
    }

    fn source(&'a self, (): ()) -> Result<&'a str, Error> {
        Ok(&self.text)
    }

    fn line_index(&'a self, (): (), at: usize) -> Result<usize, Error> {
        let after = self.lines.partition_point(|line| line.range.start <= at);
        self.lines.get(after.saturating_sub(1)).map(|line| line.index).ok_or(Error::FileMissing)
    }

    /// Only called for the first span's start.
    fn column_number(&'a self, (): (), _line: usize, _at: usize) -> Result<usize, Error> {
        Ok(self.column)
    }

    fn line_range(&'a self, (): (), index: usize) -> Result<Range<usize>, Error> {
        let at = self.lines.binary_search_by_key(&index, |line| line.index);
        let max = self.lines.last().map_or(0, |line| line.index);
        at.map(|at| self.lines[at].range.clone()).map_err(|_| Error::LineTooLarge { given: index, max })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &[u8], span: Span) -> (String, String, usize) {
        let source = Source::new("x", text);
        let (excerpt, shown) = Excerpt::new(&source, &[span], &[]);
        let range = shown[0].range.clone();
        (excerpt.text().to_string(), excerpt.text()[range].to_string(), shown[0].hidden)
    }

    #[test]
    fn spans_follow_what_is_made_visible() {
        let got = shown(b"a\x1b[0m\xffb\x1a\r\nc", Span::new(1, 8));
        assert_eq!(got, ("a␛[0m\u{fffd}b␚\n".into(), "␛[0m\u{fffd}b␚".into(), 0));
    }

    #[test]
    fn long_spans_and_long_lines_are_brief() {
        let many = "RUN \\\n".repeat(300);
        let got = shown(many.as_bytes(), Span::new(0, many.len()));
        assert_eq!(got, ("RUN \\\n".into(), "RUN \\".into(), 299));

        let long = format!("{}NEEDLE{}", "x".repeat(100_000), "y".repeat(100_000));
        let (text, label, _) = shown(long.as_bytes(), Span::new(100_000, 100_006));
        assert!(text.len() < 260 && text.starts_with('…') && text.ends_with("…\n"), "{text}");
        assert_eq!(label, "NEEDLE");
    }

    #[test]
    fn the_end_of_the_file_is_a_place() {
        assert_eq!(shown(b"", Span::at(0)), ("\n".into(), "".into(), 0));
        assert_eq!(shown(b"a\n", Span::at(2)), ("\n".into(), "".into(), 0));
        assert_eq!(shown(b"a\r\n", Span::at(2)), ("a\n".into(), "".into(), 0));
    }
}
