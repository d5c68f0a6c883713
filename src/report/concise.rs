//! One line per finding: `path:line:column: level[rule] message [safe fix]`.

use std::io::{self, Write};

use super::fixes::fix_word;
use super::{Report, level_word, rule_url};
use crate::finding::Level;
use crate::text::escape;

/// With `color`, rule names are links to their pages where a page has a URL.
pub(super) fn write(report: &Report, out: &mut dyn Write, color: bool) -> io::Result<()> {
    for file in &report.files {
        let path = escape::visible(file.source.name());
        if let Some(error) = &file.error {
            writeln!(out, "{path}: error: {}", escape::visible(error))?;
        }
        for found in &file.diagnostics {
            let (line, column) = file.source.line_column(found.span.start());
            let (level, rule) = (level_word(found.level), found.rule.name);
            let fix = fix_word(found).map(|word| format!(" [{word}]")).unwrap_or_default();
            let message = format!("{}{fix}", escape::visible(&found.message));
            if !color {
                writeln!(out, "{path}:{line}:{column}: {level}[{rule}] {message}")?;
                continue;
            }
            let level_color = match found.level {
                Level::Error => "31",
                Level::Warn => "33",
                Level::Note | Level::Off => "32",
            };
            let rule = match rule_url(found.rule) {
                Some(url) => format!("\x1b]8;;{url}\x1b\\{rule}\x1b]8;;\x1b\\"),
                None => rule.to_owned(),
            };
            write!(out, "\x1b[1m{path}\x1b[0m\x1b[36m:\x1b[0m{line}\x1b[36m:\x1b[0m{column}\x1b[36m:\x1b[0m ")?;
            writeln!(out, "\x1b[1;{level_color}m{level}[{rule}]\x1b[0m {message}")?;
        }
    }
    Ok(())
}
