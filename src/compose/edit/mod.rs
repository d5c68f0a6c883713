//! Edits of Compose files that keep comments, anchors, quotes and blank lines.

mod insert;
mod order;
mod waiting;

pub use insert::{add_entry, add_item, add_resource};
pub use order::{reorder, reorder_on_one_line};
pub use waiting::{add_healthcheck, replace_test, wait_until_healthy};

use crate::text::yaml::{Node, Style};
use crate::text::{Edit, Source, Span};

/// Removes an entry of a mapping or an item of a list with its lines. `None` where it shares a line with something else,
/// is in another file, or has an anchor that others may use.
pub fn remove_entry(source: &Source, key: &Node, value: &Node) -> Option<Edit> {
    let (start, end) = (key.span.start(), value.span.end().max(key.span.end()));
    if key.file != 0 || value.file != 0 || end < start || value.span.start() < start {
        return None;
    }
    let first = source.line_index(start);
    let last = source.line_index(end.saturating_sub(1).max(start));
    let lines = source.line_span(first).cover(source.line_span(last));
    let before = source.slice(Span::new(lines.start(), start));
    let after = source.slice(Span::new(end, lines.end())).trim();
    // An entry without a value ends at its key.
    let after = if value.span.is_empty() { after.trim_start_matches(':').trim_start() } else { after };
    let is_alone = before.trim().is_empty() || before.trim() == "-";
    if !is_alone || !(after.is_empty() || after.starts_with('#')) || has_anchor(source.slice(lines)) {
        return None;
    }
    // One of two blank lines around it goes, too.
    let is_blank = |line: usize| line < source.line_count() && source.slice(source.line_span(line)).trim().is_empty();
    let blank_before = first == 0 || is_blank(first - 1);
    let lines = if blank_before && is_blank(last + 1) { lines.cover(source.line_span(last + 1)) } else { lines };
    Some(Edit::delete(lines))
}

/// Removes an entry or item, or, if it is the only one, the entry that holds the list or mapping that it is in.
pub fn remove_or_holder(source: &Source, (key, value): (&Node, &Node), holder: Option<&(Node, Node)>) -> Option<Edit> {
    match holder {
        Some((name, all)) if all.items().len() + all.entries().len() == 1 => remove_entry(source, name, all),
        _ => remove_entry(source, key, value),
    }
}

/// The edits, with those that insert at one place made one, in their order.
pub fn joined(edits: impl IntoIterator<Item = Edit>) -> Vec<Edit> {
    let mut all: Vec<Edit> = Vec::new();
    for edit in edits {
        match all.iter_mut().find(|other| edit.span.is_empty() && other.span == edit.span) {
            Some(other) => other.text.push_str(&edit.text),
            None => all.push(edit),
        }
    }
    all
}

/// Whether there is an anchor in a text: `&` at the start of a value.
fn has_anchor(text: &str) -> bool {
    text.split_whitespace().any(|word| word.len() > 1 && word.starts_with('&'))
}

/// Another text for a scalar, in the quotes that it has. `None` for an alias, a block, or in another file.
pub fn replace_scalar(node: &Node, text: &str) -> Option<Edit> {
    if node.file != 0 || text.contains('\n') {
        return None;
    }
    match node.style {
        Style::Plain if is_plain(text) => Some(Edit::replace(node.span, text)),
        Style::Plain | Style::Double => Some(Edit::replace(node.span, quoted(text))),
        Style::Single => Some(Edit::replace(node.span, format!("'{}'", text.replace('\'', "''")))),
        _ => None,
    }
}

/// In double quotes.
pub fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// Whether a text may stand without quotes as a string.
fn is_plain(text: &str) -> bool {
    let first = text.chars().next();
    first.is_some_and(|first| first.is_ascii_alphanumeric() || matches!(first, '/' | '.' | '_' | '$' | '~'))
        && !text.contains(": ")
        && !text.contains(" #")
        && !text.ends_with(':')
        && !text.ends_with(' ')
        && !text.contains(['{', '}', '[', ']', ','])
        && text.parse::<f64>().is_err()
}

/// The white space before the first character of the line at `at`.
pub fn indentation(source: &Source, at: usize) -> &str {
    let line = source.slice(source.line_span(source.line_index(at)));
    &line[..line.len() - line.trim_start_matches([' ', '\t']).len()]
}

/// The line end of the file.
pub fn line_end(source: &Source) -> &'static str {
    if source.text().contains("\r\n") { "\r\n" } else { "\n" }
}
