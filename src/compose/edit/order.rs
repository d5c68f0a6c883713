//! Entries in another order, each with the comments that are about it.

use std::collections::HashSet;
use std::ops::Range;

use crate::text::{Edit, Source, Span};

/// Puts entries of a mapping or items of a list in the order of `order`, which holds their numbers. Comments directly above
/// an entry and indented ones below it move along; blank lines stay where they are. `None` where entries share lines, where a
/// comment stands by itself between them, or where an alias would come before its anchor.
pub fn reorder(source: &Source, entries: &[Span], order: &[usize]) -> Option<Edit> {
    let blocks = blocks(source, entries)?;
    let text = |from: usize, to: usize| source.slice(Span::new(from, to));
    let end_of = |block: &Range<usize>| {
        let line = source.line_span(block.end - 1);
        line.start() + source.slice(line).trim_end_matches(['\r', '\n']).len()
    };
    let start_of = |block: &Range<usize>| source.line_span(block.start).start();
    let mut out = String::new();
    for (at, from) in order.iter().enumerate() {
        let block = blocks.get(*from)?;
        out.push_str(text(start_of(block), end_of(block)));
        if let Some(next) = blocks.get(at + 1) {
            out.push_str(text(end_of(&blocks[at]), start_of(next)));
        }
    }
    let span = Span::new(start_of(blocks.first()?), end_of(blocks.last()?));
    (order.len() == blocks.len() && anchors_come_first(&out)).then(|| Edit::replace(span, out))
}

/// Puts the items of a list in brackets in another order: each takes the place of another one. `None` where there is more
/// than items on the line.
pub fn reorder_on_one_line(source: &Source, list: Span, items: &[Span], order: &[usize]) -> Option<Vec<Edit>> {
    let text = source.slice(list);
    if text.contains(['\n', '#', '&', '*', '{']) || order.len() != items.len() {
        return None;
    }
    let moved = items.iter().zip(order).filter(|(item, from)| items.get(**from) != Some(*item));
    moved.map(|(item, from)| Some(Edit::replace(*item, source.slice(*items.get(*from)?)))).collect()
}

/// The lines of each entry, with its comments.
fn blocks(source: &Source, entries: &[Span]) -> Option<Vec<Range<usize>>> {
    let line = |index: usize| source.slice(source.line_span(index));
    let column = |index: usize| line(index).len() - line(index).trim_start().len();
    let is_comment = |index: usize| line(index).trim_start().starts_with('#');
    let is_blank = |index: usize| line(index).trim().is_empty();
    let mut blocks: Vec<Range<usize>> = Vec::with_capacity(entries.len());
    for entry in entries {
        let first = source.line_index(entry.start());
        let last = source.line_index(entry.end().saturating_sub(1).max(entry.start()));
        let before = source.slice(Span::new(source.line_span(first).start(), entry.start()));
        if !matches!(before.trim(), "" | "-") {
            return None;
        }
        let floor = blocks.last().map_or(0, |block| block.end);
        if first < floor {
            return None;
        }
        let mut start = first;
        while start > floor && is_comment(start - 1) && column(start - 1) == column(first) {
            start -= 1;
        }
        // The head of the file stays at its place.
        if blocks.is_empty() && (start == 0 || line(start - 1).starts_with("---")) {
            start = first;
        }
        if !blocks.is_empty() && !(floor..start).all(is_blank) {
            return None;
        }
        let mut end = last + 1;
        while end < source.line_count() && is_comment(end) && column(end) > column(first) {
            end += 1;
        }
        blocks.push(start..end);
    }
    Some(blocks)
}

/// Whether every alias to an anchor of this text comes after it.
fn anchors_come_first(text: &str) -> bool {
    let names = |mark: char| {
        text.split_whitespace().filter_map(move |word| {
            let name = word.trim_start_matches(['[', '{']).strip_prefix(mark)?.trim_end_matches([',', ']', '}']);
            name.starts_with(|first: char| first.is_ascii_alphanumeric()).then_some(name)
        })
    };
    let all: HashSet<&str> = names('&').collect();
    if all.is_empty() {
        return true;
    }
    let mut seen = HashSet::new();
    for word in text.split_whitespace() {
        let word = word.trim_start_matches(['[', '{']).trim_end_matches([',', ']', '}']);
        if let Some(name) = word.strip_prefix('&').filter(|name| all.contains(name)) {
            if !seen.insert(name) {
                return false;
            }
        } else if let Some(name) = word.strip_prefix('*')
            && all.contains(name)
            && !seen.contains(name)
        {
            return false;
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reordered(text: &str, keys: &[&str], order: &[usize]) -> Option<String> {
        let source = Source::new("compose.yaml", text);
        let starts: Vec<_> = keys.iter().map(|key| text.find(key).unwrap()).collect();
        let end = |at: usize| starts.get(at + 1).map_or(text.trim_end().len(), |next| {
            let before = &text[..*next];
            before.lines().rfind(|line| !line.trim().is_empty() && !line.trim().starts_with('#')).map_or(0, |line| {
                before.rfind(line).unwrap() + line.len()
            })
        });
        let spans: Vec<_> = (0..keys.len()).map(|at| Span::new(starts[at], end(at))).collect();
        let edit = reorder(&source, &spans, order)?;
        let mut out = text.to_owned();
        out.replace_range(edit.span.start()..edit.span.end(), &edit.text);
        Some(out)
    }

    #[test]
    fn comments_move_along_and_blank_lines_stay() {
        let text = "# head\nb: 1 # one\n  # below\n\n# about a\na: 2\nc: 3";
        let wanted = "# head\n# about a\na: 2\n\nb: 1 # one\n  # below\nc: 3";
        assert_eq!(reordered(text, &["b: ", "a: ", "c: "], &[1, 0, 2]).as_deref(), Some(wanted));
    }

    #[test]
    fn what_depends_on_its_place_stays() {
        assert_eq!(reordered("b: 1\n\n# --- part ---\n\na: 2\n", &["b: ", "a: "], &[1, 0]), None);
        assert_eq!(reordered("b: &x 1\na: *x\n", &["b: ", "a: "], &[1, 0]), None);
        assert!(reordered("a: &x 1\nc: *x\nb: 1\n", &["a: ", "c: ", "b: "], &[0, 2, 1]).is_some());
    }
}
