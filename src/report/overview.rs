//! What a terminal shows when there are too many findings to read each with its excerpt.

use std::io::{self, Write};

use super::statistics::write_rows;
use super::{Report, concise, summary};

/// From how many findings on it is written in place of the full report.
pub const OVERVIEW_FROM: usize = 51;

/// How many rules are listed.
const TOP: usize = 5;

/// Writes one line per finding, the most frequent rules, and how to see more.
pub fn write_overview(report: &Report, out: &mut dyn Write, color: bool) -> io::Result<()> {
    concise::write(report, out, color)?;
    writeln!(out, "\nMost frequent rules:")?;
    write_rows(report, TOP, out)?;
    writeln!(out, "\n{}", summary(&report.counts(), report.applied))?;
    writeln!(out, "`--format full` shows excerpts and fixes, `plimsoll rule NAME` explains a rule")
}
