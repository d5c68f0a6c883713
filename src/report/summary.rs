//! Counts of findings, and the line that summarizes them.

use super::Report;
use crate::finding::Level;
use crate::finding::Safety;

/// Counts of files, findings and fixes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct Counts {
    /// All files, including unreadable ones.
    pub files: usize,
    /// Files with at least one finding.
    pub files_with_findings: usize,
    /// Files that could not be read or fixed.
    pub failed: usize,
    pub errors: usize,
    pub warnings: usize,
    pub notes: usize,
    /// Findings with a safe fix.
    pub fixable: usize,
    /// Findings with an unsafe fix.
    pub fixable_unsafe: usize,
    /// Findings that were fixed.
    pub fixed: usize,
}

impl Counts {
    pub(super) fn of(report: &Report) -> Self {
        let mut counts = Self { files: report.files.len(), ..Self::default() };
        for file in &report.files {
            counts.files_with_findings += usize::from(!file.diagnostics.is_empty());
            counts.failed += usize::from(file.error.is_some());
            counts.fixed += file.fixed;
        }
        for (_, found) in report.findings() {
            match found.level {
                Level::Off => {}
                Level::Note => counts.notes += 1,
                Level::Warn => counts.warnings += 1,
                Level::Error => counts.errors += 1,
            }
            match found.fix_safety() {
                Some(Safety::Safe) => counts.fixable += 1,
                Some(Safety::Unsafe) => counts.fixable_unsafe += 1,
                Some(Safety::Display) | None => {}
            }
        }
        counts
    }

    pub fn findings(&self) -> usize {
        self.errors + self.warnings + self.notes
    }
}

/// The line that ends a run: `7 findings in 2 files (2 errors, 4 warnings, 1 note); 5 fixable: 3 with --fix, …`.
/// `applied`: the least safe kind of fix that was applied, if fixes were requested; fixes beyond it are mentioned then.
pub fn summary(counts: &Counts, applied: Option<Safety>) -> String {
    let mut parts = Vec::new();
    if counts.findings() == 0 {
        let checked = counts.files.saturating_sub(counts.failed);
        if checked > 0 || counts.failed == 0 {
            parts.push(format!("no findings in {}", many(checked, "file")));
        }
    } else {
        let levels = [(counts.errors, "error"), (counts.warnings, "warning"), (counts.notes, "note")];
        let levels: Vec<_> = levels.into_iter().filter(|(n, _)| *n > 0).map(|(n, word)| many(n, word)).collect();
        let (findings, files) = (many(counts.findings(), "finding"), many(counts.files_with_findings, "file"));
        parts.push(format!("{findings} in {files} ({})", levels.join(", ")));
    }
    if counts.fixed > 0 {
        parts.push(format!("{} fixed", counts.fixed));
    }
    match (applied, counts.fixable, counts.fixable_unsafe) {
        (None, 0, 0) => {}
        (None, safe, 0) => parts.push(format!("{safe} fixable with --fix")),
        (None, 0, rest) => parts.push(format!("{rest} fixable with --fix --unsafe-fixes")),
        (None, safe, rest) => {
            parts.push(format!("{} fixable: {safe} with --fix, {rest} more with --unsafe-fixes", safe + rest));
        }
        (Some(applied), _, rest) => parts.extend(held_back(applied, rest)),
    }
    if counts.failed > 0 {
        parts.push(failed(counts.failed, applied));
    }
    parts.join("; ")
}

/// Counts for runs that only fix.
#[derive(Clone, Copy, Debug)]
pub struct FixCounts {
    /// Whether nothing was written.
    pub dry: bool,
    pub applied: Safety,
    /// All files.
    pub files: usize,
    /// Findings that were fixed, and in how many files.
    pub fixed: usize,
    pub files_fixed: usize,
    /// Remaining findings with an unsafe fix.
    pub fixable_unsafe: usize,
    pub failed: usize,
}

/// The line that ends such a run: `3 findings fixed in 2 files; 1 more fixable with --unsafe-fixes`.
pub fn fix_summary(counts: &FixCounts) -> String {
    let mut parts = Vec::new();
    if counts.fixed == 0 {
        parts.push(format!("nothing to fix in {}", many(counts.files, "file")));
    } else {
        let done = if counts.dry { "would be fixed" } else { "fixed" };
        parts.push(format!("{} {done} in {}", many(counts.fixed, "finding"), many(counts.files_fixed, "file")));
    }
    parts.extend(held_back(counts.applied, counts.fixable_unsafe));
    if counts.failed > 0 {
        parts.push(failed(counts.failed, Some(counts.applied)));
    }
    parts.join("; ")
}

fn held_back(applied: Safety, fixable_unsafe: usize) -> Option<String> {
    (applied < Safety::Unsafe && fixable_unsafe > 0)
        .then(|| format!("{fixable_unsafe} more fixable with --unsafe-fixes"))
}

fn failed(failed: usize, applied: Option<Safety>) -> String {
    let what = if applied.is_some() { "could not be read or fixed" } else { "could not be read" };
    format!("{} {what}", many(failed, "file"))
}

/// `1 file`, `2 files`.
pub(super) fn many(n: usize, word: &str) -> String {
    format!("{n} {word}{}", if n == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_as_a_sentence() {
        let none = Counts { files: 1, ..Counts::default() };
        assert_eq!(summary(&none, None), "no findings in 1 file");
        let all = Counts {
            files: 9,
            files_with_findings: 2,
            errors: 2,
            warnings: 4,
            notes: 1,
            fixable: 3,
            fixable_unsafe: 2,
            fixed: 6,
            failed: 1,
        };
        let want = "7 findings in 2 files (2 errors, 4 warnings, 1 note); \
                    6 fixed; 5 fixable: 3 with --fix, 2 more with --unsafe-fixes; 1 file could not be read";
        assert_eq!(summary(&all, None), want);
        let all = Counts { fixable: 0, ..all };
        let want = "7 findings in 2 files (2 errors, 4 warnings, 1 note); 6 fixed";
        let rest = "; 1 file could not be read or fixed";
        assert_eq!(summary(&all, Some(Safety::Unsafe)), format!("{want}{rest}"));
        let held_back = "; 2 more fixable with --unsafe-fixes";
        assert_eq!(summary(&all, Some(Safety::Safe)), format!("{want}{held_back}{rest}"));
    }
}
