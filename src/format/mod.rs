//! The formatter: changes only what neither BuildKit nor the shell sees, and verifies that.
//!
//! Each instruction becomes a list of [`piece::Piece`]s, text that is never changed, with the gaps between them. Only gaps change.
//! The result is parsed again: where it reads differently, the file stays as it is.

mod instruction;
mod options;
mod piece;
mod reading;
mod script;

pub use options::{FormatOptions, FormatSettings, IndentStyle, KeywordCase, Operators};

use std::ops::RangeInclusive;

use crate::model::{BuildArgs, Model};
use crate::syntax::{self, Dockerfile, Item, ItemKind};
use crate::text::Source;
use instruction::Writer;

/// What became of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Formatted {
    /// It is formatted already.
    Unchanged,
    Changed(String),
    /// The result would read differently, so the file stays as it is. A phrase that names the instruction.
    Refused(String),
}

/// Formats a file. `lines` restricts it to the instructions and comments on these lines, counted from 1.
pub fn format(source: &Source, options: &FormatOptions, lines: Option<RangeInclusive<usize>>) -> Formatted {
    let text = source.text();
    let file = syntax::parse(text);
    // Without an instruction that BuildKit reads there is nothing to compare the result with.
    if file.instructions().next().is_none() || file.is_template(text) {
        return Formatted::Unchanged;
    }
    let args = BuildArgs::default();
    let model = Model::build(source, &file, &args, None);
    let new = Writer::new(&model, options).file(&frozen(source, &file, lines));
    if new == text {
        return Formatted::Unchanged;
    }
    match reading::difference(text, &file, &new) {
        None => Formatted::Changed(new),
        Some(what) => Formatted::Refused(what),
    }
}

/// For each item of the file, whether it stays as it is: it is outside the lines asked for, between `# plimsoll: format off` and
/// `on`, or does not parse.
fn frozen(source: &Source, file: &Dockerfile, lines: Option<RangeInclusive<usize>>) -> Vec<bool> {
    let mut is_off = false;
    let mut errors = file.errors.iter().map(|error| error.span).collect::<Vec<_>>();
    errors.sort_unstable_by_key(|span| span.start);
    file.items
        .iter()
        .map(|item| {
            let switch = switch(source, item);
            let was_off = is_off;
            is_off = switch.unwrap_or(is_off);
            let outside = lines.as_ref().is_some_and(|lines| {
                let last = item.span.end().saturating_sub(1).max(item.span.start());
                source.line_index(item.span.start()) + 1 > *lines.end() || source.line_index(last) + 1 < *lines.start()
            });
            let first = errors.partition_point(|span| span.end() < item.span.start());
            let broken = errors.get(first).is_some_and(|span| span.start() < item.span.end());
            was_off || is_off || outside || broken
        })
        .collect()
}

/// Whether a comment switches formatting off (`true`) or on again (`false`).
fn switch(source: &Source, item: &Item) -> Option<bool> {
    let ItemKind::Comment = item.kind else { return None };
    let comment = source.slice(item.span).trim().trim_start_matches('#').trim_start();
    let rest = comment.strip_prefix("plimsoll:")?.trim_start().strip_prefix("format")?;
    match rest.trim_start_matches([' ', '\t', ':', '=']) {
        "off" => Some(true),
        "on" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
