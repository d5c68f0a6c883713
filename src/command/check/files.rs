//! The files of a run: read, linted, and what fixes make of them.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::changes::Changes;
use crate::command::inputs::Input;
use crate::command::linter::Linter;
use crate::command::options::CheckOptions;
use crate::command::read;
use crate::context::Contexts;
use crate::finding::{Diagnostic, NewFile, Safety};
use crate::lint::fix_loop;
use crate::report::{FileReport, Fingerprints};
use crate::text::parallel::on_threads;
use crate::text::{Problem, Source};

/// A file that has been checked.
pub(in crate::command) struct CheckedFile {
    /// Of the file as it is on disk.
    pub(super) report: FileReport,
    /// What its fixes make of it, if that differs.
    pub(super) fixes: Option<AppliedFixes>,
    /// Why it was not fixed, although it should have been.
    pub(super) problem: Option<Problem>,
    /// What has been fixed on disk, by rule.
    pub(super) applied: BTreeMap<&'static str, usize>,
}

pub(in crate::command) struct AppliedFixes {
    pub(super) source: Arc<Source>,
    /// Where to, and what.
    pub(super) new_files: Vec<(PathBuf, String)>,
    pub(super) left: Vec<Diagnostic>,
    pub(super) applied: BTreeMap<&'static str, usize>,
}

impl AppliedFixes {
    /// `directory` is where new files go.
    pub(crate) fn new(fixed: fix_loop::Fixed, directory: &Path) -> Self {
        let new_files = fixed.new_files.into_iter().map(|file| (directory.join(file.name), file.text)).collect();
        Self { source: Arc::new(fixed.source), new_files, left: fixed.left, applied: fixed.applied }
    }
}

impl CheckedFile {
    pub(crate) fn new(report: FileReport) -> Self {
        Self { report, fixes: None, problem: None, applied: BTreeMap::new() }
    }

    pub(super) fn adopt(&mut self, fixes: AppliedFixes) {
        let fixed = fixes.applied.values().sum();
        self.report = FileReport { fixed, ..FileReport::new(fixes.source, fixes.left) };
        self.applied = fixes.applied;
    }
}

/// Computes what fixes make of a file; changes nothing on disk.
fn compute_fixes(
    checked: &mut CheckedFile,
    errors: usize,
    allowed: Safety,
    only: Option<&str>,
    changes: Option<&Changes>,
    linter: &Linter<'_>,
) -> Result<(), String> {
    let source = &checked.report.source;
    let limited = |current: &Source, mut found: Vec<Diagnostic>| {
        if let Some(changes) = changes {
            changes.limit_fixes(linter.input, source, current, &mut found);
        }
        found
    };
    let found = &limited(source, checked.report.diagnostics.clone());
    if !fix_loop::applies(found, allowed) {
        return Ok(());
    }
    if std::str::from_utf8(source.bytes()).is_err() {
        let problem = Problem::warning(format!("{}: not fixed: the file is not valid UTF-8", source.name()));
        checked.problem = Some(problem);
        return Ok(());
    }
    let mut failed = None;
    // Standard input is in no directory.
    let directory = linter.input.path.as_ref().and_then(|_| linter.root(source));
    let able = |mut found: Vec<Diagnostic>| {
        if directory.is_none() {
            found.iter_mut().for_each(|found| _ = found.fix.take_if(|fix| fix.new_file().is_some()));
        }
        found
    };
    let lint = |source: &Source, new: &[NewFile]| match linter.lint_with(source, new) {
        Ok((found, errors)) => (limited(source, able(found)), errors),
        Err(error) => {
            failed = Some(error);
            (Vec::new(), 0)
        }
    };
    let fixed = match only {
        None => fix_loop::fix_found(source, (able(found.clone()), errors), allowed, lint),
        Some(fingerprint) => {
            let first = (only_of(able(found.clone()), source, fingerprint), errors);
            let mut lint = lint;
            // Nothing else is fixed afterwards, also not what was in its way.
            fix_loop::fix_found(source, first, allowed, |source, new| {
                let (mut found, errors) = lint(source, new);
                found.iter_mut().for_each(|found| found.fix = None);
                (found, errors)
            })
        }
    };
    if let Some(failed) = failed {
        return Err(failed);
    }
    match fixed {
        Ok(ref fixed) if !fixed.left_out.is_empty() => {
            let rules: Vec<_> = fixed.left_out.iter().map(|rule| format!("`{rule}`")).collect();
            let text = format!("{}: not fixed: {}", source.name(), rules.join(", "));
            let help = "with that fix the file would not parse, or the fixes would never converge";
            checked.problem = Some(Problem::warning(text).help(help));
        }
        _ => {}
    }
    match fixed {
        Ok(fixed) if fixed.source.bytes() != source.bytes() || !fixed.new_files.is_empty() => {
            checked.fixes = Some(AppliedFixes::new(fixed, &directory.unwrap_or_default()));
        }
        Ok(_) => {}
        Err(error) => {
            let problem = Problem::error(format!("{}: {error}", source.name()));
            checked.problem = Some(problem.help("this is a bug in plimsoll; please report it, with the file"));
            checked.report.error = Some(error.to_string());
        }
    }
    Ok(())
}

/// Findings of which only the one with this fingerprint has its fix.
fn only_of(mut found: Vec<Diagnostic>, source: &Source, fingerprint: &str) -> Vec<Diagnostic> {
    let mut fingerprints = Fingerprints::default();
    for diagnostic in &mut found {
        if fingerprints.next(source, diagnostic) != fingerprint {
            diagnostic.fix = None;
        }
    }
    found
}

/// Checks all files, in the order of the inputs.
pub(super) fn check_all(inputs: &[Input], options: &CheckOptions, changes: Option<&Changes>) -> Vec<CheckedFile> {
    let contexts = Contexts::new();
    on_threads(inputs.iter().collect(), options.jobs, |input| check_one(input, options, changes, &contexts))
}

fn check_one(input: &Input, options: &CheckOptions, changes: Option<&Changes>, contexts: &Contexts) -> CheckedFile {
    let source = match &input.path {
        Some(path) => read::file(path),
        None => read::stdin(input.name.clone()),
    };
    let source = match source {
        Ok(source) => source,
        Err(error) => return CheckedFile::new(FileReport::unreadable(input.name.clone(), error)),
    };
    let checked = catch_unwind(AssertUnwindSafe(|| -> Result<CheckedFile, String> {
        let linter = Linter { input, options: &options.lint, contexts };
        let (found, errors) = linter.lint(&source)?;
        let mut checked = CheckedFile::new(FileReport::new(Arc::clone(&source), found));
        if let Some(allowed) = options.fix.allowed() {
            compute_fixes(&mut checked, errors, allowed, options.fix.finding.as_deref(), changes, &linter)?;
        }
        Ok(checked)
    }));
    // One file must not cost the others their report.
    let bug = || Err("internal error while checking this file; please report it".to_owned());
    checked.unwrap_or_else(|_| bug()).unwrap_or_else(|error| {
        CheckedFile::new(FileReport { error: Some(error), ..FileReport::new(source, Vec::new()) })
    })
}
