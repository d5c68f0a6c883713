//! New entries, items and resources.

use super::{indentation, line_end};
use crate::text::yaml::{Node, Style};
use crate::text::{Edit, Source, Span};

/// Adds lines to a mapping that is written over lines: after its `image`, or else after its last entry that can be seen to
/// end. The lines begin at the column of its keys.
pub fn add_entry(source: &Source, map: &Node, lines: &[&str]) -> Option<Edit> {
    if map.file != 0 || map.style != Style::Lines {
        return None;
    }
    let is_own = |(key, value): &&(Node, Node)| {
        key.file == 0 && value.file == 0 && map.span.contains(key.span) && is_first(source, key) && ends_line(source, value, key)
    };
    let image = map.entry("image").filter(is_own);
    let (key, value) = image.or_else(|| map.entries().iter().rev().find(is_own))?;
    let column = indentation(source, key.span.start());
    let lines: Vec<_> = lines.iter().map(|line| format!("{column}{line}")).collect();
    Some(after_line(source, value.span.end().max(key.span.end()), &lines))
}

/// Adds an item to a list, in the list's style.
pub fn add_item(source: &Source, list: &Node, item: &str) -> Option<Edit> {
    let last = list.items().last().filter(|last| last.file == 0 && list.file == 0)?;
    match list.style {
        Style::Flow if list.span.contains(last.span) => Some(Edit::insert(last.span.end(), format!(", {item}"))),
        Style::Lines => {
            let line = source.line_span(source.line_index(last.span.start()));
            let before = source.slice(Span::new(line.start(), last.span.start()));
            if before.trim() != "-" || !ends_line(source, last, last) {
                return None;
            }
            let column = indentation(source, last.span.start());
            Some(after_line(source, last.span.end(), &[format!("{column}- {item}")]))
        }
        _ => None,
    }
}

/// Adds an entry to `volumes`, `networks` or `secrets` at the top of the file, which is begun if it is not there.
pub fn add_resource(source: &Source, root: &Node, kind: &str, lines: &[&str]) -> Option<Edit> {
    if root.style != Style::Lines || source.text().lines().any(|line| line.starts_with("---") || line.starts_with("...")) {
        return None;
    }
    match root.entry(kind) {
        Some((_, all)) if !all.entries().is_empty() => add_entry(source, all, lines),
        Some((key, all)) if all.span.is_empty() && is_first(source, key) && ends_line(source, key, key) => {
            let lines: Vec<_> = lines.iter().map(|line| format!("  {line}")).collect();
            Some(after_line(source, key.span.end(), &lines))
        }
        Some(_) => None,
        None => {
            let first = root.entries().first().filter(|(key, _)| indentation(source, key.span.start()).is_empty());
            first?;
            let end = line_end(source);
            let text = source.text();
            let gap = if text.ends_with('\n') { end.to_owned() } else { format!("{end}{end}") };
            let lines: String = lines.iter().map(|line| format!("  {line}{end}")).collect();
            Some(Edit::insert(text.len(), format!("{gap}{kind}:{end}{lines}")))
        }
    }
}

/// Whether a key is the first on its line.
fn is_first(source: &Source, key: &Node) -> bool {
    let line = source.line_span(source.line_index(key.span.start()));
    source.slice(Span::new(line.start(), key.span.start())).trim().is_empty()
}

/// Whether a value, or where there is none its key, ends on a line that nothing but a comment follows on.
fn ends_line(source: &Source, value: &Node, key: &Node) -> bool {
    let end = value.span.end().max(key.span.end());
    let line = source.line_span(source.line_index(end.saturating_sub(1)));
    let text = source.text().as_bytes();
    let rest = source.slice(Span::new(end.min(line.end()), line.end())).trim_start_matches(':').trim();
    end > 0 && end <= line.end() && !text[end - 1].is_ascii_whitespace() && (rest.is_empty() || rest.starts_with('#'))
}

/// Lines after the one that ends at `end` or later.
fn after_line(source: &Source, end: usize, lines: &[String]) -> Edit {
    let line = source.line_span(source.line_index(end.saturating_sub(1)));
    let end = line_end(source);
    let text = lines.join(end);
    match source.slice(line).ends_with('\n') {
        true => Edit::insert(line.end(), format!("{text}{end}")),
        false => Edit::insert(line.end(), format!("{end}{text}")),
    }
}
