//! `plimsoll grade`.

mod progress;
mod write;

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::Path;

use super::terminal::Terminal;
use super::{Exit, Stop, print};
use crate::command::options::GlobalOptions;
use crate::command::options::grade::{ClassOptions, GradeCommand, GradeOptions, MergeOptions, ResultOptions};
use crate::engine::{EngineChoice, EngineError};
use crate::grade::class::{self, Journal, Work};
use crate::grade::export;
use crate::grade::marking::Grader;
use crate::grade::rubric::{self, Rubric};
use crate::grade::runs::{EngineLab, Lab};
use crate::grade::sheet::{Class, Sheet};
use crate::grade::submissions::{self, Most, Options, Roster, Submission};
use crate::process;
use crate::report::write_problems;
use crate::text::Problem;
use progress::Progress;

/// Where a run keeps what it has done so far.
const JOURNAL: &str = "grades.part.jsonl";

pub(super) fn run(command: &GradeCommand, global: &GlobalOptions, terminal: &Terminal) -> Result<Exit, Stop> {
    match command {
        GradeCommand::Merge(merge) => join(merge, global, terminal),
        GradeCommand::Schema => print(format!("{:#}\n", rubric::schema()).as_bytes()),
        GradeCommand::Init => init(),
        GradeCommand::Freeze(path) => print(read(path, global, terminal)?.freeze().as_bytes()),
        GradeCommand::Grade(options) => class(options, global, terminal),
    }
}

/// Grades submissions; without any, the rubric is only checked.
fn class(args: &GradeOptions, global: &GlobalOptions, terminal: &Terminal) -> Result<Exit, Stop> {
    let rubric = read(&args.rubric, global, terminal)?;
    if args.submissions.is_empty() {
        return print(sound(&rubric).as_bytes());
    }
    write::check(&args.results)?;
    process::catch_signals();
    let roster = roster(&args.class, &args.results)?;
    let options = Options { single: args.class.single, roster };
    let mut found = submissions::find(&args.submissions, &options)?;
    if !global.quiet {
        write_problems(&found.problems, &mut io::stderr().lock(), terminal.color_err)?;
    }
    if let Some(shard) = args.class.shard {
        found.submissions.retain(|submission| submission.shard(shard.of) == shard.part - 1);
    }
    // A part of a class may have nobody in it; its results are there all the same, to be joined with those of the others.
    if found.submissions.is_empty() && args.class.shard.is_none() {
        let problem = Problem::warning("there are no submissions here");
        let problem = problem.help("a folder of submissions has a folder or an archive for each student");
        write_problems(&[problem], &mut io::stderr().lock(), terminal.color_err)?;
        return Ok(Exit::Nothing);
    }
    let lab = args.engine.filter(|_| rubric.needs_engine()).map(lab).transpose()?;
    let progress = Progress::new(global, terminal, found.submissions.len());
    let tell = |what: &str| progress.tell(what);
    let grader = Grader { rubric: &rubric, lab: lab.as_deref(), most: most(&rubric), progress: &tell };
    let sheets = grade(&grader, &found.submissions, args, &progress)?;
    let whole = sheets.len() == found.submissions.len();
    let class = Class::new(rubric.title.clone(), rubric.fingerprint.clone(), class::headings(&grader), sheets);
    progress.close();
    if !whole {
        let (done, all) = (class.sheets.len(), found.submissions.len());
        let problem = Problem::error(format!("the run was ended: {done} of {all} are graded"));
        return Err(match &args.results.out {
            Some(_) => problem.help("`--resume` goes on from here").into(),
            None => problem.into(),
        });
    }
    finish(&args.results, &rubric, &class, global, terminal)
}

/// Reads the rubric; its mistakes end the run, its warnings are told.
fn read(path: &Path, global: &GlobalOptions, terminal: &Terminal) -> Result<Rubric, Stop> {
    let (rubric, warnings) = Rubric::read(path).map_err(Stop::Problems)?;
    if !global.quiet {
        write_problems(&warnings, &mut io::stderr().lock(), terminal.color_err)?;
    }
    Ok(rubric)
}

/// What is said of a rubric without submissions.
fn sound(rubric: &Rubric) -> String {
    let mut text = format!("{}: {} criteria, {} points", rubric.title, rubric.criteria.len(), rubric.most(false));
    if rubric.most(true) > crate::grade::Points::ZERO {
        text += &format!(" and {} of bonus", rubric.most(true));
    }
    text + &format!(", {} rules count\n", rubric.rules().len())
}

fn init() -> Result<Exit, Stop> {
    let name = "rubric.toml";
    let written = fs::OpenOptions::new().write(true).create_new(true).open(name);
    match written.and_then(|mut file| file.write_all(rubric::TEMPLATE.as_bytes())) {
        Ok(()) => print(format!("wrote {name}\n").as_bytes()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            Err(Problem::error(format!("`{name}` is already here")).into())
        }
        Err(error) => Err(Problem::error(format!("cannot write `{name}`: {error}")).into()),
    }
}

/// The class, from all lists of it that are given.
fn roster(class: &ClassOptions, results: &ResultOptions) -> Result<Option<Roster>, Problem> {
    let mut all: Option<Roster> = None;
    for path in [&class.roster, &results.moodle, &results.canvas].into_iter().flatten() {
        let roster = Roster::read(path)?;
        match &mut all {
            Some(all) => all.join(roster),
            None => all = Some(roster),
        }
    }
    Ok(all)
}

fn most(rubric: &Rubric) -> Most {
    let usual = Most::default();
    Most { bytes: rubric.engine.context.map_or(usual.bytes, |bytes| bytes.0), ..usual }
}

fn lab(choice: EngineChoice) -> Result<Box<dyn Lab>, Problem> {
    let told = |error: EngineError| error.problem().help("`--static-only` grades what needs no engine");
    let engine = choice.open().map_err(told)?;
    if engine.driver().build.is_none() || engine.driver().run.is_none() {
        return Err(told(EngineError::CannotDo { kind: engine.kind(), what: "build and run images" }));
    }
    Ok(Box::new(EngineLab { engine }))
}

fn grade(
    grader: &Grader<'_>,
    submissions: &[Submission],
    args: &GradeOptions,
    progress: &Progress,
) -> Result<Vec<Sheet>, Stop> {
    let out = args.results.out.as_deref();
    let known = match (out, args.class.resume) {
        (Some(out), true) => known(out, grader.rubric)?,
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
            // The results are written in the end as well, where a full disk is told.
            let _ = journal.add(sheet);
        }
    };
    let stop = || process::cancelled();
    let usual = if grader.lab.is_some() { 1 } else { 0 };
    let jobs = args.class.jobs.unwrap_or(usual);
    Ok(Work { grader, submissions, jobs, known, done: &done, stop: &stop }.run())
}

/// The results of an earlier run by the same rubric that are final.
fn known(out: &Path, rubric: &Rubric) -> Result<BTreeMap<(String, String), Sheet>, Problem> {
    let mut known = BTreeMap::new();
    for name in [write::JSONL, JOURNAL] {
        let path = out.join(name);
        if path.exists() {
            let failed = |error: String| Problem::error(format!("cannot go on from `{}`: {error}", path.display()));
            class::read_lines(&path, &mut known).map_err(failed)?;
        }
    }
    known.retain(|_, sheet| sheet.is_graded() && sheet.rubric == rubric.fingerprint);
    Ok(known)
}

fn join(merge: &MergeOptions, global: &GlobalOptions, terminal: &Terminal) -> Result<Exit, Stop> {
    let rubric = read(&merge.rubric, global, terminal)?;
    write::check(&merge.results)?;
    let mut sheets = BTreeMap::new();
    for path in &merge.inputs {
        let file = if path.is_dir() { path.join(write::JSONL) } else { path.clone() };
        class::read_lines(&file, &mut sheets)
            .map_err(|error| Problem::error(format!("cannot read the results `{}`: {error}", file.display())))?;
    }
    let sheets: Vec<Sheet> = sheets.into_values().collect();
    if let Some(other) = sheets.iter().find(|sheet| sheet.rubric != rubric.fingerprint) {
        let problem = Problem::error(format!("`{}` was graded by another rubric than this", other.student.id));
        return Err(problem.help("results of different rubrics, or versions of one, cannot be joined").into());
    }
    let mut versions: Vec<&str> = sheets.iter().map(|sheet| sheet.plimsoll.as_str()).collect();
    versions.sort_unstable();
    versions.dedup();
    if versions.len() > 1 && !global.quiet {
        let problem = Problem::warning(format!("these were graded by different versions: {}", versions.join(", ")));
        write_problems(&[problem], &mut io::stderr().lock(), terminal.color_err)?;
    }
    let class = class::merged(&rubric, sheets);
    finish(&merge.results, &rubric, &class, global, terminal)
}

/// Writes and prints the results, and says how it went.
fn finish(
    results: &ResultOptions,
    rubric: &Rubric,
    class: &Class,
    global: &GlobalOptions,
    terminal: &Terminal,
) -> Result<Exit, Stop> {
    let mut problems = write::all(results, rubric, class);
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
            crate::grade::sheet::Graded::NotGraded { why } => why.as_str(),
            crate::grade::sheet::Graded::Graded => "",
        };
        let problem = Problem::error(format!("{} of {} are not graded", open.len(), class.sheets.len()));
        problems.push(problem.help(format!("`{}`: {why}", first.student.id)));
    }
    if !problems.is_empty() {
        write_problems(&problems, &mut io::stderr().lock(), terminal.color_err)?;
        return Ok(Exit::Failed);
    }
    let failed = class.sheets.iter().any(|sheet| sheet.passed == Some(false));
    Ok(if failed && !results.exit_zero { Exit::Findings } else { Exit::Clean })
}
