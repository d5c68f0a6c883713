//! The diff of a fix, as lines to show below a finding.

use std::ops::Range;

use crate::finding::Fix;
use crate::text::Edit;
use crate::text::diff::{Stretch, hunks as group, stretches};
use crate::text::escape::visible;
use crate::text::{Source, Span};

/// Unchanged lines shown around a change.
const CONTEXT: usize = 1;
/// The longest region of the file that is compared and shown, in bytes.
const MAX_BYTES: usize = 16 << 10;
/// How many lines are shown for one fix.
const MAX_SHOWN: usize = 24;
/// The longest line before it is cut, in characters.
const MAX_LINE: usize = 240;

/// A line of a hunk.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct DiffLine {
    /// ` `, `-` or `+`.
    pub sign: char,
    /// From 1: in the old text, for `+` in the new one.
    pub number: usize,
    /// Escaped, without its line break.
    pub text: String,
}

/// The diff of a fix.
#[derive(Debug, Default, PartialEq)]
pub(super) struct FixDiff {
    pub hunks: Vec<Vec<DiffLine>>,
    /// How many lines are not shown.
    pub hidden: usize,
}

/// `None` if the diff is too large. Compares only the lines that the edits touch.
pub(super) fn diff(source: &Source, fix: &Fix) -> Option<FixDiff> {
    let mut diff = FixDiff::default();
    if let Some(file) = fix.new_file() {
        let lines = file.text.lines().enumerate();
        diff.hunks.push(
            lines.map(|(at, line)| DiffLine { sign: '+', number: at + 1, text: visible(line).to_string() }).collect(),
        );
        return Some(diff);
    }
    let mut shown = 0;
    let mut delta = 0;
    for (first, region, edits) in regions(source, fix.edits()) {
        let added: usize = edits.iter().map(|edit| edit.text.len()).sum();
        if region.len() + added > MAX_BYTES {
            return None;
        }
        let old = source.slice(region);
        let new = Edit::apply(edits, source.text(), region)?;
        for mut hunk in hunks(old, &new, first, first.wrapping_add_signed(delta)) {
            let room = MAX_SHOWN - shown;
            diff.hidden += hunk.len().saturating_sub(room);
            hunk.truncate(room);
            shown += hunk.len();
            if !hunk.is_empty() {
                diff.hunks.push(hunk);
            }
        }
        delta += breaks(&new) - breaks(old);
    }
    Some(diff)
}

fn breaks(text: &str) -> isize {
    text.bytes().filter(|byte| *byte == b'\n').count() as isize
}

/// Groups of neighbouring edits, each with the lines around them and the first such line (from 0).
fn regions<'a>(source: &Source, edits: &'a [Edit]) -> Vec<(usize, Span, &'a [Edit])> {
    let lines = |edit: &Edit| (source.line_index(edit.span.start()), source.line_index(edit.span.end()));
    let close = |a: &Edit, b: &Edit| lines(b).0 <= lines(a).1 + 2 * CONTEXT + 1;
    edits
        .chunk_by(close)
        .map(|group| {
            let first = lines(&group[0]).0.saturating_sub(CONTEXT);
            let last = lines(&group[group.len() - 1]).1 + CONTEXT;
            (first, source.line_span(first).cover(source.line_span(last)), group)
        })
        .collect()
}

/// `first_old` and `first_new`: the index of the first line of each text, from 0.
fn hunks(old: &str, new: &str, first_old: usize, first_new: usize) -> Vec<Vec<DiffLine>> {
    // Line endings are only shown if they differ.
    let windows = |text: &str| text.split_inclusive('\n').all(|line| line.ends_with("\r\n") || !line.ends_with('\n'));
    let crlf = windows(old) && windows(new);
    let (old, new): (Vec<&str>, Vec<&str>) = (old.split_inclusive('\n').collect(), new.split_inclusive('\n').collect());
    let all = |lines: &[&str], range: &Range<usize>, first: usize, sign: char| {
        let lines = range.clone().zip(&lines[range.clone()]);
        let line = |(at, line): (usize, &&str)| DiffLine { sign, number: first + at + 1, text: text(line, sign, crlf) };
        lines.map(line).collect::<Vec<_>>()
    };
    let lines = |part: &Stretch| match part.is_same {
        true => all(&old, &part.old, first_old, ' '),
        false => [all(&old, &part.old, first_old, '-'), all(&new, &part.new, first_new, '+')].concat(),
    };
    group(&stretches(&old, &new), CONTEXT).iter().map(|hunk| hunk.iter().flat_map(lines).collect()).collect()
}

fn text(line: &str, sign: char, crlf: bool) -> String {
    let content = line.strip_suffix('\n').unwrap_or(line);
    let content = content.strip_prefix('\u{feff}').unwrap_or(content);
    let content = if crlf { content.strip_suffix('\r').unwrap_or(content) } else { content };
    let mut text = match content.char_indices().nth(MAX_LINE) {
        Some((cut, _)) => format!("{}…", visible(&content[..cut])),
        None => visible(content).replace('␉', "    "),
    };
    if sign != ' ' && !line.ends_with('\n') {
        text.push_str(" (no line break at the end)");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Safety;

    fn show(text: &str, edits: Vec<Edit>) -> String {
        let fix = Fix::new(Safety::Safe, "x", edits).expect("disjoint");
        let source = Source::new("x", text);
        let diff = diff(&source, &fix).expect("small");
        let hunks = diff.hunks.iter().map(|hunk| {
            hunk.iter().map(|line| format!("{}{}{}\n", line.number, line.sign, line.text)).collect::<String>()
        });
        hunks.collect::<Vec<_>>().join("~\n")
    }

    #[test]
    fn shows_what_changes_and_a_line_around_it() {
        let text = "a\nb\nc\nd\ne\nf\ng\nh\ni\n";
        let edits = vec![Edit::insert(2, "new\n"), Edit::replace(Span::new(16, 17), "I")];
        assert_eq!(show(text, edits), "1 a\n2+new\n2 b\n~\n8 h\n9-i\n10+I\n");
    }

    #[test]
    fn line_ends_show_where_they_differ() {
        assert_eq!(show("a\r\nb\r\n", vec![Edit::replace(Span::new(3, 4), "c")]), "1 a\n2-b\n2+c\n");
        assert_eq!(show("a\r\nb\n", vec![Edit::delete(Span::new(1, 2))]), "1-a␍\n1+a\n2 b\n");
        assert_eq!(show("a", vec![Edit::insert(1, "\n")]), "1-a (no line break at the end)\n1+a\n");
    }

    #[test]
    fn much_is_not_shown() {
        let source = Source::new("x", "x".repeat(1 << 20));
        let fix = Fix::new(Safety::Safe, "x", [Edit::insert(5, "y")]).expect("one edit");
        assert_eq!(diff(&source, &fix), None);
        let fix = Fix::new(Safety::Safe, "x", [Edit::insert(0, "y\n".repeat(100))]).expect("one edit");
        let source = Source::new("x", "z\n");
        let diff = diff(&source, &fix).expect("small");
        assert_eq!((diff.hunks[0].len(), diff.hidden), (24, 77));
    }
}
