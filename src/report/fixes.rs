//! How many findings of each rule were fixed, by file.

use std::collections::BTreeMap;
use std::io::{self, Write};

use crate::finding::{Diagnostic, Safety};
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

/// What kind of fix a finding has, in two words at most.
pub(super) fn fix_word(found: &Diagnostic) -> Option<&'static str> {
    Some(match found.fix_safety()? {
        Safety::Safe => "safe fix",
        Safety::Unsafe => "unsafe fix",
        Safety::Display if is_for_verify(found) => "fix to verify",
        Safety::Display => "suggestion",
    })
}

/// How a finding can be fixed, for formats in which the fix itself is not shown.
pub(super) fn fix_note(found: &Diagnostic) -> Option<&'static str> {
    match found.fix_safety()? {
        Safety::Safe => Some("fixable with --fix"),
        Safety::Unsafe => Some("fixable with --fix --unsafe-fixes"),
        Safety::Display if is_for_verify(found) => Some("fixable with --fix --verify"),
        Safety::Display => None,
    }
}

/// Whether the fix is applied where it is verified.
fn is_for_verify(found: &Diagnostic) -> bool {
    found.fix.as_ref().is_some_and(|fix| fix.when_verified)
}

/// The message of a finding, with how it can be fixed.
pub(super) fn with_fix_note(found: &Diagnostic) -> String {
    match fix_note(found) {
        Some(note) => format!("{} ({note})", found.message),
        None => found.message.clone().into_owned(),
    }
}
