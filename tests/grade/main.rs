//! Grading without an engine: reading submissions, deducting points, and hostile submissions.

mod cases;
mod class;
mod class_of_sixty;
mod engine_runs;
mod examples;
mod fairness;
#[path = "../support/generated.rs"]
mod generated;
mod hostile;
mod layouts;
mod lost_work;
mod pages;
mod review;
mod shards;
#[path = "../support/skip.rs"]
mod skip;
mod variants;
mod workers;

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;

use plimsoll::grade::class::{ClassRun, columns};
use plimsoll::grade::details::DetailStore;
use plimsoll::grade::marking::Grader;
use plimsoll::grade::rubric::Rubric;
use plimsoll::grade::runs::Runner;
use plimsoll::grade::sheet::{Mark, Sheet};
use plimsoll::grade::submissions::{ArchiveLimits, SearchOptions, find};
use plimsoll::grade::summary::Class;
use plimsoll::text::Source;

/// A rubric with the usual header.
pub(crate) fn rubric(rest: &str) -> Rubric {
    let text = format!("title = \"Week 3\"\nplimsoll = \"0.1.0\"\n{rest}");
    match Rubric::of(&Arc::new(Source::new("rubric.toml", text))) {
        Ok((rubric, _)) => rubric,
        Err(problems) => panic!("{:?}", problems.iter().map(|problem| &problem.message).collect::<Vec<_>>()),
    }
}

/// A directory with these files.
pub(crate) fn directory(files: &[(&str, &str)]) -> tempfile::TempDir {
    let directory = tempfile::tempdir().expect("a directory");
    for (path, text) in files {
        put(directory.path(), path, text.as_bytes());
    }
    directory
}

pub(crate) fn put(root: &Path, path: &str, bytes: &[u8]) {
    let path = root.join(path);
    std::fs::create_dir_all(path.parent().expect("it has one")).expect("a directory");
    std::fs::write(path, bytes).expect("a file");
}

pub(crate) fn grade(rubric: &Rubric, root: &Path) -> Class {
    grade_with(rubric, root, &SearchOptions::default(), None)
}

pub(crate) fn grade_with(rubric: &Rubric, root: &Path, options: &SearchOptions, runner: Option<&dyn Runner>) -> Class {
    let found = find(&[root.to_path_buf()], options).expect("there are some");
    let grader =
        Grader { rubric, runner, limits: ArchiveLimits::default(), evidence: None, workers: None, progress: &|_| {} };
    let (submissions, details) = (&found.submissions, &DetailStore::default());
    let work = ClassRun { grader: &grader, submissions, details, jobs: 2, done: &|_| {}, stop: &|| false };
    // With their details, which tests look at.
    let sheets = work.run().iter().map(|sheet| details.whole(sheet).expect("the details are there")).collect();
    let (title, fingerprint) = (rubric.title.clone(), rubric.fingerprint.clone());
    Class::new(title, fingerprint, columns(&grader), sheets, DetailStore::default())
}

/// What an export of a class writes.
pub(crate) fn exported(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> String {
    let mut bytes = Vec::new();
    write(&mut bytes).expect("it is written to memory");
    text(&bytes)
}

pub(crate) fn sheet<'c>(class: &'c Class, id: &str) -> &'c Sheet {
    let all = || class.sheets.iter().map(|sheet| sheet.student.id.as_str()).collect::<Vec<_>>();
    class.sheets.iter().find(|sheet| sheet.student.id == id).unwrap_or_else(|| panic!("{id} of {:?}", all()))
}

pub(crate) fn mark<'c>(class: &'c Class, id: &str, criterion: &str) -> &'c Mark {
    sheet(class, id).marks.iter().find(|mark| mark.id == criterion).expect("the criterion")
}

/// Runs the program in a directory.
pub(crate) fn plimsoll(directory: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_plimsoll"));
    command.args(args).current_dir(directory).env_remove("GITHUB_ACTIONS").env("NO_COLOR", "1");
    command.output().expect("it starts")
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// All files in a directory with their content, by path.
pub(crate) fn files(root: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    let mut left = vec![root.to_path_buf()];
    while let Some(directory) = left.pop() {
        for entry in std::fs::read_dir(directory).expect("it can be read").flatten() {
            let path = entry.path();
            match path.is_dir() {
                true => left.push(path),
                false => {
                    // A run that is not over yet may have renamed it.
                    let Ok(bytes) = std::fs::read(&path) else { continue };
                    found.push((path.strip_prefix(root).expect("it is below").to_path_buf(), bytes));
                }
            }
        }
    }
    found.sort();
    found
}
