//! `--fix` and its kin: what repairs make of the files, and how that is shown or written.
//!
//! All files are checked before the first one is written: what is found in one must not depend on whether another has
//! been written yet.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::command::args::Fixes;
use crate::command::inputs::Input;
use crate::command::linter::Linter;
use crate::command::save::{create, save};
use crate::finding::Diagnostic;
use crate::finding::{NewFile, Safety};
use crate::lint::fix_loop;
use crate::report;
use crate::report::{Change, FileReport, FixCounts};
use crate::text::Problem;
use crate::text::Source;
use crate::text::parallel::on_threads;

/// What becomes of repairs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// They are not made.
    Report,
    /// They are written, and what is left is reported.
    Fix,
    FixOnly,
    /// They are shown.
    Diff,
}

impl Mode {
    /// `--diff` writes nothing, whatever else is given.
    pub(super) fn of(fixes: &Fixes) -> Self {
        match fixes {
            Fixes { diff: true, .. } => Mode::Diff,
            Fixes { fix_only: true, .. } => Mode::FixOnly,
            Fixes { fix: true, .. } => Mode::Fix,
            _ => Mode::Report,
        }
    }

    pub(super) fn writes(self) -> bool {
        matches!(self, Mode::Fix | Mode::FixOnly)
    }
}

/// Up to where fixes are to be applied, if at all.
pub(crate) fn allowed(fixes: &Fixes) -> Option<Safety> {
    let safety = if fixes.unsafe_fixes { Safety::Unsafe } else { Safety::Safe };
    (Mode::of(fixes) != Mode::Report).then_some(safety)
}

/// A file that has been checked.
pub(crate) struct Checked {
    /// Of the file as it is on disk.
    pub(super) report: FileReport,
    /// What it would become, if that differs.
    pub(super) repair: Option<Repair>,
    /// Why there is none, where there should be one.
    pub(super) refused: Option<Problem>,
    /// What has been written.
    pub(super) applied: BTreeMap<&'static str, usize>,
}

pub(crate) struct Repair {
    source: Arc<Source>,
    /// Where to, and what.
    new_files: Vec<(PathBuf, String)>,
    left: Vec<Diagnostic>,
    applied: BTreeMap<&'static str, usize>,
}

impl Repair {
    /// `folder` is where new files go.
    pub(crate) fn new(fixed: fix_loop::Fixed, folder: &Path) -> Self {
        let new_files = fixed.new_files.into_iter().map(|file| (folder.join(file.name), file.text)).collect();
        Self { source: Arc::new(fixed.source), new_files, left: fixed.left, applied: fixed.applied }
    }
}

impl Checked {
    pub(crate) fn new(report: FileReport) -> Self {
        Self { report, repair: None, refused: None, applied: BTreeMap::new() }
    }

    fn adopt(&mut self, repair: Repair) {
        let fixed = repair.applied.values().sum();
        self.report = FileReport { fixed, ..FileReport::new(repair.source, repair.left) };
        self.applied = repair.applied;
    }
}

/// Finds out what repairs make of a file; changes nothing on disk.
pub(crate) fn repair(checked: &mut Checked, errors: usize, allowed: Safety, linter: &Linter<'_>) -> Result<(), String> {
    let (source, found) = (&checked.report.source, &checked.report.diagnostics);
    if !fix_loop::applies(found, allowed) {
        return Ok(());
    }
    if std::str::from_utf8(source.bytes()).is_err() {
        let problem = Problem::warning(format!("{}: nothing was fixed, since the file is not UTF-8", source.name()));
        checked.refused = Some(problem);
        return Ok(());
    }
    let mut failed = None;
    // Standard input lies in no folder.
    let folder = linter.input.path.as_ref().and_then(|_| linter.root(source));
    let able = |mut found: Vec<Diagnostic>| {
        if folder.is_none() {
            found.iter_mut().for_each(|found| _ = found.fix.take_if(|fix| fix.new_file().is_some()));
        }
        found
    };
    let lint = |source: &Source, new: &[NewFile]| match linter.lint_with(source, new) {
        Ok((found, errors)) => (able(found), errors),
        Err(error) => {
            failed = Some(error);
            (Vec::new(), 0)
        }
    };
    let fixed = fix_loop::fix_found(source, (able(found.clone()), errors), allowed, lint);
    if let Some(failed) = failed {
        return Err(failed);
    }
    match fixed {
        Ok(fixed) if fixed.source.bytes() != source.bytes() || !fixed.new_files.is_empty() => {
            checked.repair = Some(Repair::new(fixed, &folder.unwrap_or_default()));
        }
        Ok(_) => {}
        Err(error) => {
            let problem = Problem::error(format!("{}: {error}", source.name()));
            checked.refused = Some(problem.help("this is a mistake of plimsoll's: please report it, with the file"));
            checked.report.error = Some(error.to_string());
        }
    }
    Ok(())
}

/// Writes what has changed, but not standard input. Where that cannot be done the report is of the file as it is.
pub(super) fn write_all(inputs: &[Input], checked: Vec<Checked>) -> Vec<Checked> {
    on_threads(inputs.iter().zip(checked).collect(), 0, |(input, mut checked)| {
        if let Some(repair) = checked.repair.take() {
            let (old, new) = (checked.report.source.bytes(), repair.source.bytes());
            let write = |path: &Path| {
                repair.new_files.iter().try_for_each(|(path, text)| create(path, text.as_bytes()))?;
                if old == new { Ok(()) } else { save(path, old, new) }
            };
            let saved = input.path.as_deref().map_or(Ok(()), write);
            match saved {
                Ok(()) => checked.adopt(repair),
                Err(error) => checked.report.error = Some(error),
            }
        }
        checked
    })
}

/// Prints what would change.
pub(super) fn show_all(
    inputs: &[Input],
    checked: &[Checked],
    out: &mut dyn Write,
    color: bool,
    screen: bool,
) -> io::Result<()> {
    let here = std::env::current_dir().and_then(|here| here.canonicalize()).unwrap_or_default();
    let mut shown = BTreeSet::new();
    for (input, checked) in inputs.iter().zip(checked) {
        if let Some(repair) = &checked.repair {
            // Dockerfiles of one folder share its files.
            for (path, text) in repair.new_files.iter().filter(|(path, _)| shown.insert(path.clone())) {
                let path = relative_path(&real_path(path), &here);
                report::write_diff(
                    &Change { path: &path, old: b"", new: text.as_bytes(), is_new: true },
                    out,
                    color,
                    screen,
                )?;
            }
            let path = patch_path(input, &here);
            let (old, new) = (checked.report.source.bytes(), repair.source.bytes());
            report::write_diff(&Change { path: &path, old, new, is_new: false }, out, color, screen)?;
        }
    }
    out.flush()
}

/// The path for a diff's header: that of the file itself and not of a link to it, since `git apply` writes through no
/// link; relative to this folder if the file lies in it, else to the root.
fn patch_path(input: &Input, here: &Path) -> Vec<u8> {
    let path = match &input.path {
        Some(path) => path.canonicalize().unwrap_or_else(|_| path.clone()),
        None => PathBuf::from(&input.name),
    };
    relative_path(&path, here)
}

/// Of a file that is not there yet: its folder's, and its name.
fn real_path(path: &Path) -> PathBuf {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    match (folder.canonicalize(), path.file_name()) {
        (Ok(folder), Some(name)) => folder.join(name),
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
pub(super) fn counts(checked: &[Checked], unreadable: usize, mode: Mode, applied: Safety) -> FixCounts {
    let mut counts = FixCounts {
        dry: mode == Mode::Diff,
        applied,
        files: checked.len() + unreadable,
        fixed: 0,
        files_fixed: 0,
        fixable_unsafe: 0,
        failed: unreadable,
    };
    for Checked { report, repair, applied, .. } in checked {
        let applied = repair.as_ref().map_or(applied, |repair| &repair.applied);
        let left = repair.as_ref().map_or(&report.diagnostics, |repair| &repair.left);
        let is_unsafe = |found: &&Diagnostic| found.fix.as_ref().is_some_and(|fix| fix.safety == Safety::Unsafe);
        counts.fixed += applied.values().sum::<usize>();
        counts.files_fixed += usize::from(!applied.is_empty());
        counts.fixable_unsafe += left.iter().filter(is_unsafe).count();
        counts.failed += usize::from(report.error.is_some());
    }
    counts
}

/// `--show-fixes`.
pub(super) fn list_all(inputs: &[Input], checked: &[Checked], out: &mut dyn Write) -> io::Result<()> {
    for (input, checked) in inputs.iter().zip(checked) {
        let applied = checked.repair.as_ref().map_or(&checked.applied, |repair| &repair.applied);
        if !applied.is_empty() {
            report::write_fixes(&input.name, applied, out)?;
        }
    }
    out.flush()
}
