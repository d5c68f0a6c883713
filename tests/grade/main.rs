//! Grading, without an engine: what is read, what it costs, and that nothing a student hands in can do harm.

mod behaviour;
mod class;
mod examples;
mod fairness;
mod hostile;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;

use plimsoll::grade::class::{Work, headings};
use plimsoll::grade::marking::Grader;
use plimsoll::grade::rubric::Rubric;
use plimsoll::grade::runs::Lab;
use plimsoll::grade::sheet::{Class, Mark, Sheet};
use plimsoll::grade::submissions::{Most, Options, find};
use plimsoll::text::Source;

/// A rubric with the usual head.
pub(crate) fn rubric(rest: &str) -> Rubric {
    let text = format!("title = \"Week 3\"\nplimsoll = \"0.1.0\"\n{rest}");
    match Rubric::of(&Arc::new(Source::new("rubric.toml", text))) {
        Ok((rubric, _)) => rubric,
        Err(problems) => panic!("{:?}", problems.iter().map(|problem| &problem.message).collect::<Vec<_>>()),
    }
}

/// A folder with these files.
pub(crate) fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (path, text) in files {
        put(folder.path(), path, text.as_bytes());
    }
    folder
}

pub(crate) fn put(root: &Path, path: &str, bytes: &[u8]) {
    let path = root.join(path);
    std::fs::create_dir_all(path.parent().expect("it has one")).expect("a folder");
    std::fs::write(path, bytes).expect("a file");
}

pub(crate) fn grade(rubric: &Rubric, root: &Path) -> Class {
    grade_with(rubric, root, &Options::default(), None)
}

pub(crate) fn grade_with(rubric: &Rubric, root: &Path, options: &Options, lab: Option<&dyn Lab>) -> Class {
    let found = find(&[root.to_path_buf()], options).expect("there are some");
    let grader = Grader { rubric, lab, most: Most::default(), progress: &|_| {} };
    let work = Work {
        grader: &grader,
        submissions: &found.submissions,
        jobs: 2,
        known: Default::default(),
        done: &|_| {},
        stop: &|| false,
    };
    let sheets = work.run();
    Class::new(rubric.title.clone(), rubric.fingerprint.clone(), headings(&grader), sheets)
}

pub(crate) fn sheet<'c>(class: &'c Class, id: &str) -> &'c Sheet {
    let all = || class.sheets.iter().map(|sheet| sheet.student.id.as_str()).collect::<Vec<_>>();
    class.sheets.iter().find(|sheet| sheet.student.id == id).unwrap_or_else(|| panic!("{id} of {:?}", all()))
}

pub(crate) fn mark<'c>(class: &'c Class, id: &str, criterion: &str) -> &'c Mark {
    sheet(class, id).marks.iter().find(|mark| mark.id == criterion).expect("the criterion")
}

/// The program, in a folder.
pub(crate) fn plimsoll(folder: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_plimsoll"));
    command.args(args).current_dir(folder).env_remove("GITHUB_ACTIONS").env("NO_COLOR", "1");
    command.output().expect("it starts")
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// All files of a folder with what is in them, by path.
pub(crate) fn files(root: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    let mut left = vec![root.to_path_buf()];
    while let Some(folder) = left.pop() {
        for entry in std::fs::read_dir(folder).expect("it can be read").flatten() {
            let path = entry.path();
            match path.is_dir() {
                true => left.push(path),
                false => {
                    let bytes = std::fs::read(&path).expect("it can be read");
                    found.push((path.strip_prefix(root).expect("it is below").to_path_buf(), bytes));
                }
            }
        }
    }
    found.sort();
    found
}
