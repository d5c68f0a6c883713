//! `plimsoll grade`.

mod result_files;

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use super::progress::Progress;
use super::terminal::Terminal;
use super::{Exit, Stop, print};
use crate::command::options::GlobalOptions;
use crate::command::options::grade::{ClassOptions, GradeCommand, GradeOptions, MergeOptions, ResultOptions};
use crate::engine::{EngineChoice, EngineError};
use crate::grade::class::{self, ClassRun, Journal};
use crate::grade::export;
use crate::grade::marking::Grader;
use crate::grade::rubric::{self, Rubric};
use crate::grade::runs::{EngineRunner, Runner};
use crate::grade::sheet::{Class, Sheet};
use crate::grade::submissions::{self, ArchiveLimits, Roster, SearchOptions, Submission};
use crate::process;
use crate::report::write_problems;
use crate::text::Problem;
use crate::text::units::{Size, Time};

/// Records the sheets of a run until it is complete.
const JOURNAL: &str = "grades.part.jsonl";

pub(super) fn run(command: &GradeCommand, global: &GlobalOptions, terminal: &Terminal) -> Result<Exit, Stop> {
    match command {
        GradeCommand::Merge(merge) => run_merge(merge, global, terminal),
        GradeCommand::Schema => print(format!("{:#}\n", rubric::schema()).as_bytes()),
        GradeCommand::Init => init(),
        GradeCommand::Freeze(path) => print(read_rubric(path, global, terminal)?.freeze().as_bytes()),
        GradeCommand::Grade(options) => run_grade(options, global, terminal),
    }
}

/// Grades submissions; without any, the rubric is only checked.
fn run_grade(args: &GradeOptions, global: &GlobalOptions, terminal: &Terminal) -> Result<Exit, Stop> {
    let rubric = read_rubric(&args.rubric, global, terminal)?;
    if args.submissions.is_empty() {
        return print(rubric_summary(&rubric).as_bytes());
    }
    result_files::check(&args.results)?;
    process::catch_signals();
    let roster = roster(&args.class, &args.results)?;
    let options = SearchOptions { single: args.class.single, roster };
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
        return Ok(Exit::Nothing);
    }
    let runner = args.engine.filter(|_| rubric.needs_engine()).map(engine_runner).transpose()?;
    let progress = Progress::counted(global, terminal, found.submissions.len());
    let start = Instant::now();
    let report = |what: &str| progress.tell(what);
    let grader =
        Grader { rubric: &rubric, runner: runner.as_deref(), limits: archive_limits(&rubric), progress: &report };
    let sheets = grade_all(&grader, &found.submissions, args, &progress)?;
    let is_complete = sheets.len() == found.submissions.len();
    let class = Class::new(rubric.title.clone(), rubric.fingerprint.clone(), class::columns(&grader), sheets);
    let graded = progress.finish();
    if !global.quiet && graded > 1 {
        let _ = io::stderr().lock().write_all(resource_usage(graded, start.elapsed()).as_bytes());
    }
    if !is_complete {
        let (done, all) = (class.sheets.len(), found.submissions.len());
        let problem = Problem::error(format!("interrupted: {done} of {all} submissions graded"));
        return Err(match &args.results.out {
            Some(_) => problem.help("continue with `--resume`").into(),
            None => problem.into(),
        });
    }
    finish(&args.results, &rubric, &class, global, terminal)
}

/// Reads the rubric. Errors end the run, warnings are printed.
fn read_rubric(path: &Path, global: &GlobalOptions, terminal: &Terminal) -> Result<Rubric, Stop> {
    let (rubric, warnings) = Rubric::read(path).map_err(Stop::Problems)?;
    if !global.quiet {
        write_problems(&warnings, &mut io::stderr().lock(), terminal.color_err)?;
    }
    Ok(rubric)
}

/// What is printed for a rubric without submissions.
fn rubric_summary(rubric: &Rubric) -> String {
    let mut text = format!("{}: {} criteria, {} points", rubric.title, rubric.criteria.len(), rubric.max_points(false));
    if rubric.max_points(true) > crate::grade::Points::ZERO {
        text += &format!(" and {} bonus", rubric.max_points(true));
    }
    text + &format!(", {} rules\n", rubric.rules().len())
}

fn init() -> Result<Exit, Stop> {
    let name = "rubric.toml";
    let written = fs::OpenOptions::new().write(true).create_new(true).open(name);
    match written.and_then(|mut file| file.write_all(rubric::TEMPLATE.as_bytes())) {
        Ok(()) => print(format!("wrote {name}\n").as_bytes()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            Err(Problem::error(format!("`{name}` already exists")).into())
        }
        Err(error) => Err(Problem::error(format!("cannot write `{name}`: {error}")).into()),
    }
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
    ArchiveLimits { bytes: rubric.engine.context.map_or(default.bytes, |bytes| bytes.0), ..default }
}

fn engine_runner(choice: EngineChoice) -> Result<Box<dyn Runner>, Problem> {
    let with_help = |error: EngineError| error.problem().help("`--static-only` grades without an engine");
    let engine = choice.open().map_err(with_help)?;
    if engine.driver().build.is_none() || engine.driver().run.is_none() {
        return Err(with_help(EngineError::CannotDo { kind: engine.kind(), what: "build and run images" }));
    }
    Ok(Box::new(EngineRunner { engine }))
}

fn grade_all(
    grader: &Grader<'_>,
    submissions: &[Submission],
    args: &GradeOptions,
    progress: &Progress,
) -> Result<Vec<Sheet>, Stop> {
    let out = args.results.out.as_deref();
    let known = match (out, args.class.resume) {
        (Some(out), true) => earlier_results(out, grader.rubric)?,
        _ => BTreeMap::new(),
    };
    let journal = out.map(|out| -> Result<Journal, Problem> {
        let path = out.join(JOURNAL);
        let failed = |error: io::Error| Problem::error(format!("cannot write `{}`: {error}", path.display()));
        fs::create_dir_all(out).map_err(failed)?;
        if !args.class.resume && path.exists() {
            fs::remove_file(&path).map_err(failed)?;
        }
        Journal::open(&path).map_err(failed)
    });
    let journal = journal.transpose()?;
    let done = |sheet: &Sheet| {
        progress.done();
        if let Some(journal) = &journal {
            // The results are written again at the end, where a full disk is reported.
            let _ = journal.add(sheet);
        }
    };
    let stop = || process::cancelled();
    let default = if grader.runner.is_some() { 1 } else { 0 };
    let jobs = args.class.jobs.unwrap_or(default);
    Ok(ClassRun { grader, submissions, jobs, known, done: &done, stop: &stop }.run())
}

/// The final results of an earlier run with the same rubric.
fn earlier_results(out: &Path, rubric: &Rubric) -> Result<BTreeMap<(String, String), Sheet>, Problem> {
    let mut known = BTreeMap::new();
    for name in [result_files::JSONL, JOURNAL] {
        let path = out.join(name);
        if path.exists() {
            let failed = |error: String| Problem::error(format!("cannot resume from `{}`: {error}", path.display()));
            class::read_lines(&path, &mut known).map_err(failed)?;
        }
    }
    known.retain(|_, sheet| sheet.is_graded() && sheet.rubric == rubric.fingerprint);
    Ok(known)
}

fn run_merge(merge: &MergeOptions, global: &GlobalOptions, terminal: &Terminal) -> Result<Exit, Stop> {
    let rubric = read_rubric(&merge.rubric, global, terminal)?;
    result_files::check(&merge.results)?;
    let mut sheets = BTreeMap::new();
    for path in &merge.inputs {
        let file = if path.is_dir() { path.join(result_files::JSONL) } else { path.clone() };
        class::read_lines(&file, &mut sheets)
            .map_err(|error| Problem::error(format!("cannot read the results `{}`: {error}", file.display())))?;
    }
    let sheets: Vec<Sheet> = sheets.into_values().collect();
    if let Some(other) = sheets.iter().find(|sheet| sheet.rubric != rubric.fingerprint) {
        let problem = Problem::error(format!("`{}` was graded with a different rubric", other.student.id));
        return Err(problem.help("only results of the same version of a rubric can be merged").into());
    }
    let mut versions: Vec<&str> = sheets.iter().map(|sheet| sheet.plimsoll.as_str()).collect();
    versions.sort_unstable();
    versions.dedup();
    if versions.len() > 1 && !global.quiet {
        let problem = Problem::warning(format!("graded by different versions of plimsoll: {}", versions.join(", ")));
        write_problems(&[problem], &mut io::stderr().lock(), terminal.color_err)?;
    }
    let class = class::merged(&rubric, sheets);
    finish(&merge.results, &rubric, &class, global, terminal)
}

/// Writes and prints the results, and decides the exit code.
fn finish(
    results: &ResultOptions,
    rubric: &Rubric,
    class: &Class,
    global: &GlobalOptions,
    terminal: &Terminal,
) -> Result<Exit, Stop> {
    let mut problems = result_files::write_all(results, rubric, class);
    if let Some(out) = results.out.as_deref().filter(|_| problems.is_empty()) {
        let _ = fs::remove_file(out.join(JOURNAL));
    }
    let text = match &class.sheets[..] {
        [sheet] if results.student => export::details(&class.title, &sheet.for_student(rubric.feedback)),
        [sheet] => export::details(&class.title, sheet),
        _ if results.student => export::class_table(&class.for_students(rubric.feedback)),
        _ => export::class_table(class),
    };
    if !global.quiet || results.out.is_none() && results.format.is_empty() {
        print(text.as_bytes())?;
    }
    let open: Vec<&Sheet> = class.sheets.iter().filter(|sheet| !sheet.is_graded()).collect();
    if let Some(first) = open.first() {
        let why = match &first.status {
            crate::grade::sheet::SheetStatus::NotGraded { why } => why.as_str(),
            crate::grade::sheet::SheetStatus::Graded => "",
        };
        let problem = Problem::error(format!("{} of {} submissions are not graded", open.len(), class.sheets.len()));
        problems.push(problem.help(format!("`{}`: {why}", first.student.id)));
    }
    if !problems.is_empty() {
        write_problems(&problems, &mut io::stderr().lock(), terminal.color_err)?;
        return Ok(Exit::Failed);
    }
    let failed = class.sheets.iter().any(|sheet| sheet.passed == Some(false));
    Ok(if failed && !results.exit_zero { Exit::Findings } else { Exit::Clean })
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
