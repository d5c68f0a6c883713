//! `plimsoll grade`.

mod graded;
mod kept;
mod result_files;
mod review;
mod workers;

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use super::terminal::Terminal;
use super::{Exit, Stop, print};
use crate::command::options::GlobalOptions;
use crate::command::options::grade::{EvidenceOptions, GradeCommand, GradeOptions, ResultOptions};
use crate::grade::evidence::EvidenceStore;
use crate::grade::export;
use crate::grade::overrides::Overrides;
use crate::grade::rubric::{self, Rubric};
use crate::grade::sheet::{Sheet, SheetStatus};
use crate::grade::summary::Class;
use crate::report::{for_terminal, write_problems};
use crate::text::Problem;
use graded::GradedClass;

pub(super) fn run(command: &GradeCommand, global: &GlobalOptions, terminal: &Terminal) -> Result<Exit, Stop> {
    match command {
        GradeCommand::Merge(options) => kept::merge(options, global, terminal),
        GradeCommand::Schema => print(rubric::SCHEMA.as_bytes()),
        GradeCommand::Init => init(),
        GradeCommand::Work(path, limits) => workers::run(path, *limits),
        GradeCommand::Freeze(path) => print(read_rubric(path, global, terminal)?.freeze().as_bytes()),
        GradeCommand::Publish(path) => {
            let rubric = read_rubric(path, global, terminal)?;
            print(rubric::publish(&rubric.source)?.as_bytes())
        }
        GradeCommand::Forget(options) => kept::forget(options, global, terminal),
        GradeCommand::Grade(options) => run_grade(options, global, terminal),
    }
}

/// Grades submissions; without any, the rubric is only checked.
fn run_grade(args: &GradeOptions, global: &GlobalOptions, terminal: &Terminal) -> Result<Exit, Stop> {
    if args.submissions.is_empty() {
        return print(rubric_summary(&read_rubric(&args.rubric, global, terminal)?).as_bytes());
    }
    if let Some(port) = args.review {
        return review::run(args, port, global, terminal);
    }
    let Some(graded) = graded::grade_class(args, global, terminal)? else { return Ok(Exit::Nothing) };
    complete(graded, global, terminal)
}

/// Applies overrides, compares the submissions, and writes the results.
fn complete(graded: GradedClass, global: &GlobalOptions, terminal: &Terminal) -> Result<Exit, Stop> {
    let path = graded.results.overrides.as_ref();
    let overrides = path.map(|path| Overrides::read(path, &graded.rubric)).transpose()?.unwrap_or_default();
    let (class, rubric, results) = graded.into_class(&overrides, global, terminal)?;
    finish(&results, &rubric, &class, global, terminal)
}

/// Where evidence is kept: the directory named, or one beside the results.
fn evidence(options: &EvidenceOptions, results: &ResultOptions) -> Result<Option<EvidenceStore>, Problem> {
    let beside = || {
        let mut path = results.out.clone()?;
        let mut name = path.file_name()?.to_owned();
        name.push("-evidence");
        path.set_file_name(name);
        Some(path)
    };
    let Some(directory) = options.directory.clone().or_else(beside) else { return Ok(None) };
    let store = EvidenceStore::open(&directory, !options.fresh);
    store.map(Some).map_err(|error| Problem::error(format!("cannot store evidence in `{}`: {error}", directory.display())))
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

/// Writes and prints the results, and decides the exit code.
fn finish(
    results: &ResultOptions,
    rubric: &Rubric,
    class: &Class,
    global: &GlobalOptions,
    terminal: &Terminal,
) -> Result<Exit, Stop> {
    let mut problems = result_files::write_all(results, rubric, class);
    if let Some(out) = results.out.as_deref().filter(|_| problems.is_empty() && !global.quiet) {
        let _ = writeln!(io::stderr(), "results are in {}", out.display());
    }
    let text = match &class.sheets[..] {
        [sheet] => {
            let sheet = class.whole(sheet).map_err(|error| Problem::error(format!("cannot read the results: {error}")))?;
            let sheet = if results.student { sheet.for_student(rubric.feedback) } else { sheet };
            export::details(&class.title, &sheet)
        }
        _ if results.student => export::class_table(&class.for_students(rubric.feedback)),
        _ => export::class_table(class),
    };
    if !global.quiet || results.out.is_none() && results.format.is_empty() {
        print(for_terminal(&text, terminal.out, terminal.color_out).as_bytes())?;
    }
    let open: Vec<&Sheet> = class.sheets.iter().filter(|sheet| sheet.is_open()).collect();
    if let Some(first) = open.first() {
        let why = match &first.status {
            SheetStatus::NotGraded { why } => why.as_str(),
            _ => "",
        };
        let problem = Problem::error(format!("{} of {} submissions are not graded", open.len(), class.sheets.len()));
        problems.push(problem.help(format!("`{}`: {why}", first.student.id)));
    }
    if !problems.is_empty() {
        write_problems(&problems, &mut io::stderr().lock(), terminal.color_err)?;
        return Ok(Exit::Failed);
    }
    let failed = class.sheets.iter().any(|sheet| sheet.passed == Some(false) || sheet.is_missing() && rubric.pass.is_some());
    Ok(if failed && !results.exit_zero { Exit::Findings } else { Exit::Clean })
}
