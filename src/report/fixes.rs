//! How many findings of each rule were fixed, by file.

use std::collections::BTreeMap;
use std::io::{self, Write};

use crate::text::escape::visible;

/// Writes the file, and below it one line per rule, the most frequent first.
pub fn write_fixes(file: &str, applied: &BTreeMap<&'static str, usize>, out: &mut dyn Write) -> io::Result<()> {
    let mut rows: Vec<_> = applied.iter().collect();
    rows.sort_by_key(|(name, count)| (std::cmp::Reverse(**count), **name));
    let total: usize = applied.values().sum();
    let width = rows.first().map_or(0, |(_, count)| count.to_string().len());
    writeln!(out, "{}: {total} fixed", visible(file))?;
    for (name, count) in rows {
        writeln!(out, "  {count:width$}  {name}")?;
    }
    Ok(())
}
