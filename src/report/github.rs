//! GitHub workflow commands, shown as annotations in a pull request. The log shows their text only, so that the text names
//! the place and the rule, too.

use std::io::{self, Write};

use super::fixes::fix_note;
use super::Report;
use super::position::PositionRange;
use crate::finding::Level;
use crate::text::escape::{forward, github_message, github_property};

pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    for file in &report.files {
        let name = forward(file.source.name());
        let path = github_property(&name);
        if let Some(error) = &file.error {
            writeln!(out, "::error title=plimsoll,file={path}::{}", github_message(&format!("{name}: {error}")))?;
        }
        for found in &file.diagnostics {
            let level = match found.level {
                Level::Error => "error",
                Level::Warn => "warning",
                Level::Note | Level::Off => "notice",
            };
            let place = PositionRange::shown(&file.source, found.span);
            let (start, end) = (place.start, place.end);
            write!(out, "::{level} title=plimsoll ({}),", github_property(found.rule.name))?;
            write!(out, "file={path},line={},", start.line)?;
            // GitHub drops an annotation with columns and several lines.
            if place.is_one_line() {
                write!(out, "col={},endLine={},endColumn={}", start.column, end.line, end.column)?;
            } else {
                write!(out, "endLine={}", end.line)?;
            }
            let text = std::iter::once(&found.message).chain(&found.help).map(|text| &**text);
            let lines: Vec<&str> = text.chain(fix_note(found)).collect();
            let rule = found.rule.name;
            let text = format!("{name}:{}:{}: {rule}: {}", start.line, start.column, lines.join("\n"));
            writeln!(out, "::{}", github_message(&text))?;
        }
    }
    Ok(())
}
