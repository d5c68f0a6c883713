//! `--baseline`, `--write-baseline` and `--update-baseline`, and the configuration's `baseline`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::files::CheckedFile;
use crate::command::Stop;
use crate::command::inputs::Input;
use crate::command::options::CheckOptions;
use crate::config::shown;
use crate::report::FileReport;
use crate::report::baseline::{Baseline, key, path_of};
use crate::syntax;
use crate::text::Problem;

/// The baselines of a run, and which file each is for.
pub(super) struct Baselines {
    read: BTreeMap<PathBuf, Baseline>,
}

/// What became of the findings that baselines know.
#[derive(Default)]
pub(super) struct Outcome {
    /// To be printed, a line each.
    pub(super) messages: Vec<String>,
}

impl Baselines {
    /// Reads them all, before anything is changed.
    pub(super) fn read(inputs: &[Input], options: &CheckOptions) -> Result<Self, Stop> {
        let mut read = BTreeMap::new();
        let paths: BTreeSet<&Path> = inputs.iter().filter_map(|input| of(input, options)).collect();
        for path in paths.into_iter().chain(options.baseline.as_deref()) {
            let failed = |error| {
                let problem = Problem::error(format!("cannot read the baseline `{}`: {error}", path.display()));
                problem.help(format!("write it: `plimsoll check --write-baseline {}`", path.display()))
            };
            read.insert(path.to_path_buf(), Baseline::read(path).map_err(failed)?);
        }
        if options.update_baseline && read.is_empty() {
            let problem = Problem::error("`--update-baseline` needs a baseline");
            return Err(problem.help("pass `--baseline FILE`, or set `baseline` in the configuration").into());
        }
        Ok(Self { read })
    }

    /// Takes known findings out of the reports; with `--update-baseline` drops what is stale from the files.
    pub(super) fn apply(
        mut self,
        inputs: &[Input],
        checked: &mut [CheckedFile],
        options: &CheckOptions,
    ) -> Result<Outcome, Stop> {
        let mut outcome = Outcome::default();
        for (path, baseline) in &mut self.read {
            let directory = directory(path);
            let (mut known, mut stale, mut dropped) = (0, 0, 0);
            for (input, checked) in inputs.iter().zip(checked.iter_mut()) {
                if of(input, options) != Some(path) || checked.report.error.is_some() {
                    continue;
                }
                let Some(key) = key_of(&directory, input) else { continue };
                let instructions = instructions(&checked.report);
                let runs = |rule: &str| input.settings.lint.rules.iter().any(|(entry, _)| entry.meta.name == rule);
                let found = baseline.find(&key, &checked.report, &instructions, runs);
                known += found.known.iter().filter(|known| **known).count();
                stale += found.stale;
                if options.update_baseline && found.stale > 0 {
                    dropped += baseline.prune(&key, &checked.report, &instructions, runs);
                }
                let mut is_known = found.known.iter();
                checked.report.diagnostics.retain(|_| !is_known.next().copied().unwrap_or(false));
            }
            let exists = |key: &str| path_of(&directory, key).exists();
            stale += baseline.files().filter(|key| !exists(key)).map(|key| baseline.count_of(key)).sum::<usize>();
            if options.update_baseline {
                dropped += baseline.drop_files(exists);
                if dropped > 0 {
                    let failed = |error| Problem::error(format!("cannot write `{}`: {error}", path.display()));
                    baseline.write(path).map_err(failed)?;
                }
            }
            outcome.tell(path, known, stale, dropped);
        }
        Ok(outcome)
    }
}

impl Outcome {
    fn tell(&mut self, path: &Path, known: usize, stale: usize, dropped: usize) {
        let path = shown(path);
        let many = |count: usize, word: &str| format!("{count} {word}{}", if count == 1 { "" } else { "s" });
        if dropped > 0 {
            self.messages.push(format!("{path}: {} dropped", many(dropped, "stale finding")));
        } else if stale > 0 {
            let stale = many(stale, "stale finding");
            self.messages.push(format!("{path}: {stale}, which --update-baseline drops"));
        }
        if known > 0 {
            self.messages.push(format!("{path}: {} not reported", many(known, "known finding")));
        }
    }
}

/// Records all findings in a new file. With files that could not be read the record would be incomplete, so nothing is
/// written then.
pub(super) fn write(path: &Path, inputs: &[Input], checked: &[CheckedFile], errors: &[FileReport]) -> Result<usize, Stop> {
    let reports = checked.iter().map(|checked| &checked.report).chain(errors);
    let unread = reports.filter_map(|file| {
        let error = file.error.as_deref()?;
        Some(Problem::error(format!("{}: {error}", file.source.name())))
    });
    let unread: Vec<_> = unread.collect();
    if !unread.is_empty() {
        return Err(Stop::Problems(unread));
    }
    let directory = directory(path);
    let mut baseline = Baseline::new();
    for (input, checked) in inputs.iter().zip(checked) {
        if let Some(key) = key_of(&directory, input) {
            baseline.record(key, &checked.report, &instructions(&checked.report));
        }
    }
    let failed = |error| Problem::error(format!("cannot write `{}`: {error}", path.display()));
    baseline.write(path).map_err(failed)?;
    Ok(baseline.count())
}

/// The baseline for a file: the command line's, else that of its configuration.
fn of<'a>(input: &'a Input, options: &'a CheckOptions) -> Option<&'a Path> {
    options.baseline.as_deref().or(input.settings.baseline.as_deref())
}

/// Where a baseline is, without links.
fn directory(path: &Path) -> PathBuf {
    let directory = path.parent().filter(|directory| !directory.as_os_str().is_empty()).unwrap_or(Path::new("."));
    directory.canonicalize().unwrap_or_else(|_| directory.to_path_buf())
}

/// What the baseline calls a file; `None` for standard input without a name.
fn key_of(directory: &Path, input: &Input) -> Option<String> {
    let place = input.place.as_deref()?;
    let real = place.canonicalize().or_else(|_| std::path::absolute(place)).ok()?;
    Some(key(directory, &real))
}

/// The keyword of the instruction that each finding is in.
fn instructions(report: &FileReport) -> Vec<String> {
    if report.diagnostics.is_empty() {
        return Vec::new();
    }
    let file = syntax::parse(report.source.text());
    let starts: Vec<_> = file.instructions().map(|it| (it.lines_span(), it.keyword)).collect();
    let keyword = |at: usize| {
        let after = starts.partition_point(|(span, _)| span.start() <= at);
        let inside = starts.get(after.wrapping_sub(1)).filter(|(span, _)| at <= span.end());
        inside.map_or_else(String::new, |(_, keyword)| keyword.as_str().to_owned())
    };
    report.diagnostics.iter().map(|found| keyword(found.span.start())).collect()
}
