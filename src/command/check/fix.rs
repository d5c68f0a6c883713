//! `--fix`, `--fix-only` and `--diff`: fixes are written or shown.
//!
//! All files are checked before the first one is written: what is found in one must not depend on whether another has
//! been written yet.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::files::CheckedFile;
use crate::command::inputs::Input;
use crate::command::options::FixMode;
use crate::command::save::{create, save};
use crate::finding::{Diagnostic, Safety};
use crate::report;
use crate::report::{Change, FixCounts};
use crate::text::parallel::on_threads;

/// Writes what has changed, but not standard input. Where that cannot be done the report is of the file as it is.
pub(super) fn write_all(inputs: &[Input], checked: Vec<CheckedFile>) -> Vec<CheckedFile> {
    on_threads(inputs.iter().zip(checked).collect(), 0, |(input, mut checked)| {
        if let Some(fixes) = checked.fixes.take() {
            let (old, new) = (checked.report.source.on_disk(), fixes.source.on_disk());
            let write = |path: &Path| {
                if old != new {
                    save(path, old, new)?;
                }
                let made = fixes.new_files.iter().try_for_each(|(path, text)| create(path, text.as_bytes()));
                // All of it or nothing: without its ignore file the Dockerfile stays as it was.
                if made.is_err() && old != new {
                    save(path, new, old)?;
                }
                made
            };
            let saved = input.path.as_deref().map_or(Ok(()), write);
            match saved {
                Ok(()) => checked.adopt(fixes),
                Err(error) => checked.report.error = Some(error),
            }
        }
        checked
    })
}

/// Prints what would change.
pub(super) fn show_all(
    inputs: &[Input],
    checked: &[CheckedFile],
    out: &mut dyn Write,
    color: bool,
    screen: bool,
) -> io::Result<()> {
    let here = std::env::current_dir().and_then(|here| here.canonicalize()).unwrap_or_default();
    let mut shown = BTreeSet::new();
    for (input, checked) in inputs.iter().zip(checked) {
        if let Some(fixes) = &checked.fixes {
            // Dockerfiles in one directory share its files.
            for (path, text) in fixes.new_files.iter().filter(|(path, _)| shown.insert(path.clone())) {
                let path = relative_path(&real_path(path), &here);
                report::write_diff(
                    &Change { path: &path, old: b"", new: text.as_bytes(), is_new: true },
                    out,
                    color,
                    screen,
                )?;
            }
            let path = patch_path(input, &here);
            let (old, new) = (checked.report.source.bytes(), fixes.source.bytes());
            report::write_diff(&Change { path: &path, old, new, is_new: false }, out, color, screen)?;
        }
    }
    out.flush()
}

/// The path for a diff's header: that of the file itself and not of a link to it, since `git apply` writes through no
/// link; relative to the working directory if the file is below it, else to the root.
fn patch_path(input: &Input, here: &Path) -> Vec<u8> {
    let path = match &input.path {
        Some(path) => path.canonicalize().unwrap_or_else(|_| path.clone()),
        None => PathBuf::from(&input.name),
    };
    relative_path(&path, here)
}

/// The path of a file that does not exist yet: its directory's, and its name.
fn real_path(path: &Path) -> PathBuf {
    let directory = path.parent().filter(|directory| !directory.as_os_str().is_empty()).unwrap_or(Path::new("."));
    match (directory.canonicalize(), path.file_name()) {
        (Ok(directory), Some(name)) => directory.join(name),
        _ => path.to_path_buf(),
    }
}

fn relative_path(path: &Path, here: &Path) -> Vec<u8> {
    let parts = path.strip_prefix(here).unwrap_or(path).components();
    let parts: Vec<_> = parts
        .filter(|part| matches!(part, std::path::Component::Normal(_)))
        .map(|part| part.as_os_str().as_encoded_bytes())
        .collect();
    parts.join(&b'/')
}

/// How much was fixed, or would be.
pub(super) fn counts(checked: &[CheckedFile], unreadable: usize, mode: FixMode, applied: Safety) -> FixCounts {
    let mut counts = FixCounts {
        dry: mode == FixMode::Diff,
        applied,
        files: checked.len() + unreadable,
        fixed: 0,
        files_fixed: 0,
        fixable_unsafe: 0,
        failed: unreadable,
    };
    for CheckedFile { report, fixes, applied, .. } in checked {
        let applied = fixes.as_ref().map_or(applied, |fixes| &fixes.applied);
        let left = fixes.as_ref().map_or(&report.diagnostics, |fixes| &fixes.left);
        let is_unsafe = |found: &&Diagnostic| found.fix.as_ref().is_some_and(|fix| fix.safety == Safety::Unsafe);
        counts.fixed += applied.values().sum::<usize>();
        counts.files_fixed += usize::from(!applied.is_empty());
        counts.fixable_unsafe += left.iter().filter(is_unsafe).count();
        counts.failed += usize::from(report.error.is_some());
    }
    counts
}

/// `--show-fixes`.
pub(super) fn list_all(inputs: &[Input], checked: &[CheckedFile], out: &mut dyn Write) -> io::Result<()> {
    for (input, checked) in inputs.iter().zip(checked) {
        let applied = checked.fixes.as_ref().map_or(&checked.applied, |fixes| &fixes.applied);
        if !applied.is_empty() {
            report::write_fixes(&input.name, applied, out)?;
        }
    }
    out.flush()
}
