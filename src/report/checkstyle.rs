//! Checkstyle's XML, which many services read.

use std::io::{self, Write};

use super::Report;
use crate::finding::Level;
use crate::text::escape::xml;

pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    writeln!(out, "<checkstyle version=\"4.3\">")?;
    for file in &report.files {
        writeln!(out, "  <file name=\"{}\">", xml(file.source.name()))?;
        if let Some(error) = &file.error {
            writeln!(out, "    <error line=\"1\" severity=\"error\" message=\"{}\" source=\"plimsoll\"/>", xml(error))?;
        }
        for found in &file.diagnostics {
            let (line, column) = file.source.line_column(found.span.start());
            let severity = match found.level {
                Level::Error => "error",
                Level::Warn => "warning",
                Level::Note | Level::Off => "info",
            };
            write!(out, "    <error line=\"{line}\" column=\"{column}\" severity=\"{severity}\" ")?;
            writeln!(out, "message=\"{}\" source=\"plimsoll.{}\"/>", xml(&found.message), found.rule.name)?;
        }
        writeln!(out, "  </file>")?;
    }
    writeln!(out, "</checkstyle>")
}
