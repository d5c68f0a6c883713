//! How many findings each rule has.

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::{Report, level_word};
use crate::finding::Level;
use crate::finding::Meta;
use crate::finding::Safety;

struct RuleCount {
    rule: &'static Meta,
    level: Level,
    count: usize,
    /// The safest fix among its findings.
    fix: Option<Safety>,
}

/// Writes one line per rule and level, the most frequent first: count, level, `[*]` if findings are fixable (`[!]` if only by unsafe
/// fixes), name, and the names of other tools.
pub fn write_statistics(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    write_rows(report, usize::MAX, out)
}

/// The same for at most `most` rules.
pub(super) fn write_rows(report: &Report, most: usize, out: &mut dyn Write) -> io::Result<()> {
    let mut rows = rows(report);
    rows.truncate(most);
    let width = rows.first().map_or(0, |row| row.count.to_string().len());
    for row in &rows {
        let mark = match row.fix {
            Some(Safety::Safe) => "[*]",
            Some(Safety::Unsafe) => "[!]",
            Some(Safety::Display) | None => "   ",
        };
        write!(
            out,
            "{:width$}  {:7}  {mark}  {}/{}",
            row.count,
            level_word(row.level),
            row.rule.practice,
            row.rule.name
        )?;
        match row.rule.aka {
            [] => writeln!(out)?,
            aka => writeln!(out, "  ({})", aka.join(", "))?,
        }
    }
    let has = |safety| rows.iter().any(|row| row.fix == Some(safety));
    if has(Safety::Safe) {
        writeln!(out, "[*] fixable with --fix")?;
    }
    if has(Safety::Unsafe) {
        writeln!(out, "[!] fixable with --fix --unsafe-fixes")?;
    }
    Ok(())
}

/// Writes the same as a JSON array.
pub fn write_statistics_json(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let row = |row: &RuleCount| {
        serde_json::json!({
            "rule": row.rule.name,
            "practice": row.rule.practice,
            "aliases": row.rule.aka,
            "level": row.level,
            "count": row.count,
            "fix": row.fix,
        })
    };
    let rows: Vec<_> = rows(report).iter().map(row).collect();
    serde_json::to_writer_pretty(&mut *out, &rows)?;
    writeln!(out)
}

fn rows(report: &Report) -> Vec<RuleCount> {
    let mut rows = BTreeMap::new();
    for (_, found) in report.findings() {
        let new = || RuleCount { rule: found.rule, level: found.level, count: 0, fix: None };
        let row = rows.entry((found.rule.name, found.level)).or_insert_with(new);
        row.count += 1;
        let fix = found.fix_safety();
        row.fix = row.fix.into_iter().chain(fix).min();
    }
    let mut rows: Vec<RuleCount> = rows.into_values().collect();
    rows.sort_by_key(|row| (std::cmp::Reverse(row.count), std::cmp::Reverse(row.level)));
    rows
}
