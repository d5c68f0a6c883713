//! The instruction table, for comparing with other parsers.

use std::fmt::Write;

use super::tree::{Args, Instruction};
use crate::text::Source;

/// One line an instruction: name of the file, keyword as written, first line, last line, separated by tabs; then one line an
/// error, with `error` for the keyword and the message at the end. Lines count from 1.
pub fn dump(source: &Source) -> String {
    let file = super::parse(source.text());
    let mut out = String::new();
    let name = source.name();
    for item in &file.items {
        let super::ItemKind::Instruction(instruction) = &item.kind else { continue };
        let first = source.line_index(item.span.start()) + 1;
        let last = source.line_index(item.span.end().saturating_sub(1).max(item.span.start())) + 1;
        let _ = writeln!(out, "{name}\t{}\t{first}\t{last}", keywords(instruction));
    }
    for error in &file.errors {
        let first = source.line_index(error.span.start()) + 1;
        let last = source.line_index(error.span.end().saturating_sub(1).max(error.span.start())) + 1;
        let _ = writeln!(out, "{name}\terror\t{first}\t{last}\t{}", error.message);
    }
    out
}

/// `ONBUILD RUN` and the like. NUL would end the oracle's text, so it is shown as what broken bytes are shown as.
fn keywords(instruction: &Instruction) -> String {
    let own = instruction.keyword_text.replace('\0', "\u{1a}");
    match &instruction.args {
        Args::Onbuild(Some(inner)) => format!("{own} {}", keywords(inner)),
        _ => own,
    }
}
