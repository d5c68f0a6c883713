//! Grades the submissions of a class, as far as evidence does not already tell.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::{evidence, read_rubric, result_files, workers};
use crate::command::Stop;
use crate::command::options::GlobalOptions;
use crate::command::options::grade::{ClassOptions, GradeOptions, ResultOptions};
use crate::command::progress::Progress;
use crate::command::terminal::Terminal;
use crate::engine::{EngineChoice, EngineError};
use crate::grade::anonymous;
use crate::grade::class::{self, ClassRun};
use crate::grade::details::DetailStore;
use crate::grade::evidence::EvidenceStore;
use crate::grade::marking::Grader;
use crate::grade::overrides::Overrides;
use crate::grade::rubric::Rubric;
use crate::grade::runs::{EngineRunner, Runner};
use crate::grade::sheet::{Sheet, Student};
use crate::grade::submissions::{self, ArchiveLimits, Roster, SearchOptions, Submission, SubmissionContent};
use crate::grade::summary::{Class, CriterionColumn};
use crate::grade::totals;
use crate::process;
use crate::report::write_problems;
use crate::text::units::{Size, Time};
use crate::text::{Problem, steps};

/// Where the results of a class go, unless another directory is named.
pub(super) const DEFAULT_OUT: &str = "grades";

/// A class that is graded, before the teacher's overrides.
pub(super) struct GradedClass {
    pub(super) rubric: Rubric,
    pub(super) columns: Vec<CriterionColumn>,
    pub(super) sheets: Vec<Sheet>,
    pub(super) details: DetailStore,
    pub(super) evidence: Option<EvidenceStore>,
    /// With the directory that results go to.
    pub(super) results: ResultOptions,
}

impl GradedClass {
    /// The class with the teacher's overrides, compared with each other, and with pseudonyms if they are asked for.
    pub(super) fn with_overrides(
        &self,
        overrides: &Overrides,
        global: &GlobalOptions,
        terminal: &Terminal,
    ) -> Result<Class, Stop> {
        let (columns, sheets) = (self.columns.clone(), self.sheets.clone());
        self.completed(columns, sheets, overrides, global, terminal)
    }

    /// The same, without keeping the computed sheets, and what it was made of.
    pub(super) fn into_class(
        mut self,
        overrides: &Overrides,
        global: &GlobalOptions,
        terminal: &Terminal,
    ) -> Result<(Class, Rubric, ResultOptions), Stop> {
        let (columns, sheets) = (std::mem::take(&mut self.columns), std::mem::take(&mut self.sheets));
        let class = self.completed(columns, sheets, overrides, global, terminal)?;
        Ok((class, self.rubric, self.results))
    }

    fn completed(
        &self,
        columns: Vec<CriterionColumn>,
        sheets: Vec<Sheet>,
        overrides: &Overrides,
        global: &GlobalOptions,
        terminal: &Terminal,
    ) -> Result<Class, Stop> {
        let details = self.details.clone();
        let (mut class, problems) =
            class::complete(&self.rubric, columns, sheets, details, overrides, self.evidence.as_ref());
        if !global.quiet {
            write_problems(&problems, &mut io::stderr().lock(), terminal.color_err)?;
        }
        if self.results.anonymous {
            let identities = anonymous::anonymize(&mut class);
            if let Some(out) = &self.results.out {
                result_files::write_atomically(&out.join(result_files::IDENTITIES), &identities)
                    .map_err(|error| Problem::error(format!("cannot write `{}`: {error}", out.display())))?;
            }
        }
        Ok(class)
    }
}

/// Grades a class; `None` if there are no submissions.
pub(super) fn grade_class(
    args: &GradeOptions,
    global: &GlobalOptions,
    terminal: &Terminal,
) -> Result<Option<GradedClass>, Stop> {
    let rubric = read_rubric(&args.rubric, global, terminal)?;
    let mut results = args.results.clone();
    let keeps_files = args.review.is_some() || results.format.is_empty() && !results.student && !args.class.single;
    if results.out.is_none() && keeps_files {
        results.out = Some(PathBuf::from(DEFAULT_OUT));
    }
    result_files::check(&results)?;
    steps::stop_at(process::catch_signals());
    let roster = roster(&args.class, &results)?;
    let options = SearchOptions { single: args.class.single, roster, late: rubric.late };
    let mut found = submissions::find(&args.submissions, &options)?;
    if !global.quiet {
        write_problems(&found.problems, &mut io::stderr().lock(), terminal.color_err)?;
    }
    if let Some(shard) = args.class.shard {
        found.submissions.retain(|submission| submission.shard(shard.of) == shard.part - 1);
    }
    // A shard may be empty; its results are still written, to be merged with the others.
    if found.submissions.is_empty() && args.class.shard.is_none() {
        let problem = Problem::warning("no submissions found");
        let problem = problem.help("expected a directory with a directory or archive per student");
        write_problems(&[problem], &mut io::stderr().lock(), terminal.color_err)?;
        return Ok(None);
    }
    // A look at one submission leaves nothing behind, unless it is all that a class has so far.
    let is_one = found.submissions.len() == 1 && args.class.shard.is_none() && args.class.only.is_empty();
    let is_named = found.submissions.iter().any(|submission| match &submission.content {
        SubmissionContent::Directory(path) | SubmissionContent::Archive(path) => args.submissions.contains(path),
        _ => false,
    });
    let is_inside = || out_is_elsewhere(Path::new(DEFAULT_OUT), &args.submissions).is_err();
    if args.results.out.is_none() && is_one && args.review.is_none() && (is_named || is_inside()) {
        results.out = None;
    }
    if let Some(out) = &results.out {
        out_is_elsewhere(out, &args.submissions)?;
    }
    let details = DetailStore::default();
    let kept = only(&mut found.submissions, &args.class.only, results.out.as_deref(), &rubric, &details)?;
    let evidence = evidence(&args.evidence, &results)?;
    // Only without evidence is it certain that the engine is needed.
    let is_needed = args.engine_optional || evidence.is_none();
    let runner = args.engine.filter(|_| rubric.needs_engine()).map(|choice| engine_runner(choice, is_needed)).transpose();
    let runner = match runner {
        Err(problem) if args.engine_optional => {
            write_problems(&[Problem { fatal: false, ..problem }], &mut io::stderr().lock(), terminal.color_err)?;
            None
        }
        runner => runner?,
    };
    let progress = Progress::counted(global, terminal, found.submissions.len());
    let start = Instant::now();
    let report = |what: &str| progress.tell(what);
    let workers = workers::start(&args.rubric, args.worker_limits)?;
    let grader = Grader {
        rubric: &rubric,
        runner: runner.as_ref().map(|runner| runner as &dyn Runner),
        limits: archive_limits(&rubric),
        evidence: evidence.as_ref(),
        workers: Some(&workers),
        progress: &report,
    };
    let done = |_: &Sheet| progress.done();
    let default = if grader.runner.is_some() { 1 } else { 0 };
    let jobs = args.class.jobs.unwrap_or(default);
    let failure = || runner.as_ref().and_then(EngineRunner::failure);
    let (submissions, stop) = (&found.submissions, &|| process::cancelled() || failure().is_some());
    let run = ClassRun { grader: &grader, submissions, details: &details, jobs, done: &done, stop };
    let mut sheets = run.run();
    let is_complete = sheets.len() == found.submissions.len();
    let columns = class::columns(&grader);
    let graded = progress.finish();
    if let Some(error) = failure().filter(|error| **error != EngineError::Cancelled) {
        return Err(without_engine(error).into());
    }
    if !global.quiet && graded > 1 {
        let _ = io::stderr().lock().write_all(resource_usage(graded, start.elapsed()).as_bytes());
    }
    if !is_complete {
        let (done, all) = (sheets.len(), found.submissions.len());
        let problem = Problem::error(format!("interrupted: {done} of {all} submissions graded"));
        return Err(match &evidence {
            Some(_) => problem.help("run the command again to continue: the evidence is kept").into(),
            None => problem.into(),
        });
    }
    sheets.extend(kept);
    Ok(Some(GradedClass { rubric, columns, sheets, details, evidence, results }))
}

/// # Errors
/// When results would be written into a submission, where the next run would grade them.
fn out_is_elsewhere(out: &Path, submissions: &[PathBuf]) -> Result<(), Problem> {
    let absolute = std::path::absolute(out).unwrap_or_else(|_| out.to_path_buf());
    let real = absolute.ancestors().find_map(|path| path.canonicalize().ok());
    for directory in submissions.iter().filter(|path| path.is_dir()) {
        let Ok(directory) = directory.canonicalize() else { continue };
        if real.as_ref().is_some_and(|real| real.starts_with(&directory)) {
            let problem = Problem::error(format!("`{}` is inside the submissions", out.display()));
            return Err(problem.help("write results to another directory with `--out DIR`"));
        }
    }
    Ok(())
}

/// Leaves only the students named to be graded, and returns the results of the others.
fn only(
    submissions: &mut Vec<Submission>,
    names: &[String],
    out: Option<&Path>,
    rubric: &Rubric,
    details: &DetailStore,
) -> Result<Vec<Sheet>, Problem> {
    if names.is_empty() {
        return Ok(Vec::new());
    }
    let wanted: Vec<Student> = names.iter().map(|name| Student { id: name.clone(), ..Student::default() }).collect();
    let is_wanted = |student: &Student, wanted: &Student| {
        student.id == wanted.id || student.pseudonym() == wanted.id || Roster::single(wanted).find(student).is_some()
    };
    for one in &wanted {
        if !submissions.iter().any(|submission| is_wanted(&submission.student, one)) {
            return Err(Problem::error(format!("no submission found for `{}`", one.id)));
        }
    }
    let (own, others): (Vec<_>, Vec<_>) = std::mem::take(submissions)
        .into_iter()
        .partition(|submission| wanted.iter().any(|one| is_wanted(&submission.student, one)));
    *submissions = own;
    let Some(path) = out.map(|out| out.join(result_files::JSONL)).filter(|path| path.exists()) else {
        return Ok(Vec::new());
    };
    let mut known = BTreeMap::new();
    class::read_lines(&path, &mut known, details)
        .map_err(|error| Problem::error(format!("cannot read the results `{}`: {error}", path.display())))?;
    let mut kept = Vec::new();
    for other in others {
        let sheet = known.remove(&(other.student.id.clone(), other.name.clone()));
        let Some(sheet) = sheet.filter(|sheet| sheet.rubric == rubric.fingerprint) else {
            let problem = Problem::error(format!("`{}` has no result for this version of the rubric", other.student.id));
            return Err(problem.help("grade the whole class once; if evidence exists, this takes seconds"));
        };
        kept.push(totals::before_overrides(sheet, rubric));
    }
    Ok(kept)
}

/// The class, merged from all lists of it.
fn roster(class: &ClassOptions, results: &ResultOptions) -> Result<Option<Roster>, Problem> {
    let mut all: Option<Roster> = None;
    for path in [&class.roster, &results.moodle, &results.canvas].into_iter().flatten() {
        let roster = Roster::read(path)?;
        match &mut all {
            Some(all) => all.merge(roster),
            None => all = Some(roster),
        }
    }
    Ok(all)
}

fn archive_limits(rubric: &Rubric) -> ArchiveLimits {
    let default = ArchiveLimits::default();
    let files = rubric.submission.max_files.unwrap_or(default.files);
    ArchiveLimits { bytes: rubric.engine.context.map_or(default.bytes, |bytes| bytes.0), files, ..default }
}

fn engine_runner(choice: EngineChoice, is_needed: bool) -> Result<EngineRunner, Problem> {
    let kind = choice.kind().map_err(|error| without_engine(&error))?;
    if kind.driver().build.is_none() || !kind.driver().runs() {
        return Err(without_engine(&EngineError::CannotDo { kind, what: "build and run images" }));
    }
    let runner = EngineRunner::of(kind);
    if is_needed {
        runner.engine().map_err(without_engine)?;
    }
    Ok(runner)
}

fn without_engine(error: &EngineError) -> Problem {
    error.problem().help("`--static-only` grades without an engine")
}

/// `graded 24 submissions in 12.3 s, using up to 80 MB of memory`. Printed to standard error, because it differs between runs.
fn resource_usage(graded: usize, time: Duration) -> String {
    let memory = peak_memory().map(|bytes| format!(", using up to {} of memory", Size(bytes)));
    format!("graded {graded} submissions in {}{}\n", Time(time), memory.unwrap_or_default())
}

/// The peak memory of this process without engines, if the system reports it.
fn peak_memory() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let kilobytes = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(kilobytes.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok()? * 1024)
}
