//! One line per finding: `path:line:column: level[rule] message`.

use std::io::{self, Write};

use super::{Report, level_word};
use crate::text::escape;

pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    for file in &report.files {
        let path = escape::visible(file.source.name());
        if let Some(error) = &file.error {
            writeln!(out, "{path}: error: {}", escape::visible(error))?;
        }
        for found in &file.diagnostics {
            let (line, column) = file.source.line_column(found.span.start());
            let (level, rule) = (level_word(found.level), found.rule.name);
            writeln!(out, "{path}:{line}:{column}: {level}[{rule}] {}", escape::visible(&found.message))?;
        }
    }
    Ok(())
}
