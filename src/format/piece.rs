//! What is between the pieces of an instruction, and how pieces and gaps are written.

use super::options::Indent;

/// A stretch of text that is copied as it is.
#[derive(Clone, Debug)]
pub(super) struct Piece<'a> {
    pub(super) text: &'a str,
    /// What precedes it.
    pub(super) gap: Gap<'a>,
    /// How deep its line is indented if it starts one.
    pub(super) level: usize,
}

/// What is between two pieces.
#[derive(Clone, Debug, Default)]
pub(super) struct Gap<'a> {
    pub(super) space: bool,
    /// A continuation: the next piece starts a line.
    pub(super) is_break: bool,
    /// Whole lines after the continuation: comments, and empty for one that is only a continuation.
    pub(super) lines: Vec<&'a str>,
}

impl<'a> Gap<'a> {
    /// What is between two pieces, as written; `None` if it is something else than spaces, continuations and comments.
    pub(super) fn read(raw: &'a str, escape: char) -> Option<Gap<'a>> {
        let mut lines = raw.split('\n');
        let first = lines.next().unwrap_or_default();
        let is_joint = |line: &str| line.trim().trim_end_matches(escape).trim().is_empty();
        if !is_joint(first) {
            return None;
        }
        let mut gap = Gap { space: !raw.is_empty(), ..Gap::default() };
        let mut rest: Vec<&str> = lines.collect();
        if rest.is_empty() {
            return first.trim().is_empty().then_some(gap);
        }
        gap.is_break = true;
        if !rest.pop().unwrap_or_default().trim().is_empty() {
            return None;
        }
        for line in rest {
            match line.trim() {
                comment if comment.starts_with('#') => gap.lines.push(comment),
                // BuildKit reads over blank lines, but warns of them.
                _ if is_joint(line) => gap.lines.push(""),
                _ => return None,
            }
        }
        Some(gap)
    }

    pub(super) fn space() -> Self {
        Gap { space: true, ..Gap::default() }
    }

    pub(super) fn line_break() -> Self {
        Gap { space: true, is_break: true, ..Gap::default() }
    }

    /// Takes the line break of `other`, with its comments.
    pub(super) fn take_break(&mut self, other: &mut Gap<'a>) {
        self.space = true;
        self.is_break = true;
        self.lines.append(&mut other.lines);
        other.is_break = false;
    }
}

/// How lines are continued and indented.
#[derive(Clone, Copy, Debug)]
pub(super) struct Style {
    pub(super) escape: char,
    pub(super) line_end: &'static str,
    pub(super) indent: Indent,
    /// The most empty lines in a row.
    pub(super) blank_lines: usize,
    /// Columns in front of each continued line, if not the indentation.
    pub(super) hanging: Option<usize>,
}

impl Style {
    fn columns(&self, level: usize) -> usize {
        self.hanging.unwrap_or_else(|| self.indent.columns(level))
    }

    fn indent(&self, level: usize, out: &mut String) {
        match self.hanging {
            Some(columns) => out.extend(std::iter::repeat_n(' ', columns)),
            None => self.indent.write(level, out),
        }
    }

    /// Writes pieces after `out`, which ends in what precedes them.
    pub(super) fn write(&self, pieces: &[Piece<'_>], out: &mut String) {
        for piece in pieces {
            if piece.gap.is_break {
                if !out.ends_with(' ') {
                    out.push(' ');
                }
                out.push(self.escape);
                out.push_str(self.line_end);
                self.lines(piece, out);
                self.indent(piece.level, out);
            } else if piece.gap.space {
                out.push(' ');
            }
            out.push_str(piece.text);
        }
    }

    /// The lines between two pieces; of those that are empty, no more in a row than allowed.
    fn lines(&self, piece: &Piece<'_>, out: &mut String) {
        let mut empty = 0;
        for line in &piece.gap.lines {
            empty = if line.is_empty() { empty + 1 } else { 0 };
            if empty > self.blank_lines {
                continue;
            }
            self.indent(piece.level, out);
            match line.is_empty() {
                true => out.push(self.escape),
                false => out.push_str(line),
            }
            out.push_str(self.line_end);
        }
    }

    /// Indices of the first pieces of lines that are longer than `limit` columns; `start` is how many columns precede the first.
    pub(super) fn long_lines(&self, pieces: &[Piece<'_>], start: usize, limit: usize) -> Vec<usize> {
        let mut long = Vec::new();
        let (mut first, mut column, mut is_long) = (0, start, false);
        for (at, piece) in pieces.iter().enumerate() {
            if piece.gap.is_break {
                if is_long {
                    long.push(first);
                }
                (first, column, is_long) = (at, self.columns(piece.level), false);
            } else if piece.gap.space {
                column += 1;
            }
            let mut parts = piece.text.split('\n');
            column += width(parts.next().unwrap_or_default());
            // What is inside a piece cannot be broken, but what precedes its own line breaks counts.
            is_long |= column > limit;
            if let Some(last) = parts.next_back() {
                column = width(last);
            }
            // The continuation needs two columns.
            let continued = pieces.get(at + 1).is_some_and(|next| next.gap.is_break);
            is_long |= continued && column + 2 > limit;
        }
        if is_long {
            long.push(first);
        }
        long
    }
}

fn width(text: &str) -> usize {
    text.trim_end_matches('\r').chars().count()
}
