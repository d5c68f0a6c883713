//! A Markdown table, for a pull request comment or a job summary.

use std::io::{self, Write};

use super::fixes::fix_word;
use super::{Report, level_word, summary};
use crate::text::escape::markdown;

/// Comments and summaries are limited to about one mebibyte.
const MAX_ROWS: usize = 1000;

pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let counts = report.counts();
    writeln!(out, "### Plimsoll\n\n{}", markdown(&summary(&counts, report.applied)))?;
    for file in &report.files {
        if let Some(error) = &file.error {
            writeln!(out, "\n- {}: {}", markdown(file.source.name()), markdown(error))?;
        }
    }
    if counts.findings() == 0 {
        return Ok(());
    }
    writeln!(out, "\n| Location | Level | Rule | Finding | Fix |\n| :-- | :-- | :-- | :-- | :-- |")?;
    for (file, found) in report.findings().take(MAX_ROWS) {
        let (line, column) = file.source.line_column(found.span.start());
        let (path, level) = (markdown(file.source.name()), level_word(found.level));
        let rule = match super::rule_url(found.rule) {
            Some(url) => format!("[`{}`]({url})", found.rule.name),
            None => format!("`{}`", found.rule.name),
        };
        let (message, fix) = (markdown(&found.message), fix_word(found).unwrap_or("–"));
        writeln!(out, "| {path}:{line}:{column} | {level} | {rule} | {message} | {fix} |")?;
    }
    if let Some(rest) = counts.findings().checked_sub(MAX_ROWS).filter(|rest| *rest > 0) {
        writeln!(out, "\nand {rest} more")?;
    }
    Ok(())
}
