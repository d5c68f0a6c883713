//! A whole class: grades submissions in parallel, records each result at once, and resumes interrupted runs.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Write};
use std::path::Path;
use std::sync::Mutex;

use super::marking::Grader;
use super::rubric::Rubric;
use super::sheet::{Class, CriterionColumn, Sheet, VERSION};
use super::submissions::Submission;
use crate::text::parallel::on_threads;

/// The longest line of results that is read.
const MAX_LINE: u64 = 16 << 20;

/// A run over the submissions of a class.
pub struct ClassRun<'a> {
    pub grader: &'a Grader<'a>,
    pub submissions: &'a [Submission],
    /// How many submissions to grade in parallel; 0: one per processor.
    pub jobs: usize,
    /// Results of an earlier run, by student id and submission.
    pub known: BTreeMap<(String, String), Sheet>,
    /// Called with each sheet when it is done, in any order.
    pub done: &'a (dyn Fn(&Sheet) + Sync),
    /// Whether to stop before the next submission.
    pub stop: &'a (dyn Fn() -> bool + Sync),
}

impl ClassRun<'_> {
    /// The sheets in the order of the submissions, without those that were not graded before the run was stopped.
    pub fn run(&self) -> Vec<Sheet> {
        let grade = |submission: &Submission| -> Option<Sheet> {
            let key = (submission.student.id.clone(), submission.name.clone());
            let known = self.known.get(&key).filter(|sheet| {
                sheet.late_days == submission.late_days
                    && self.grader.digest(submission).as_ref() == Some(&sheet.digest)
            });
            if let Some(sheet) = known {
                return Some(Sheet { student: submission.student.clone(), ..sheet.clone() });
            }
            if (self.stop)() {
                return None;
            }
            let report = |what: &str| (self.grader.progress)(&format!("{}: {what}", submission.student.shown()));
            let grader = Grader { progress: &report, ..*self.grader };
            let mut sheet = grader.grade(submission);
            // A temporary outage may be over by now.
            if !sheet.is_graded() && grader.runner.is_some() && !(self.stop)() {
                sheet = grader.grade(submission);
            }
            if (self.stop)() && !sheet.is_graded() {
                return None;
            }
            (self.done)(&sheet);
            Some(sheet)
        };
        on_threads(self.submissions.iter().collect(), self.jobs, grade).into_iter().flatten().collect()
    }
}

/// The columns of the class table.
pub fn columns(grader: &Grader<'_>) -> Vec<CriterionColumn> {
    let column = |criterion: &super::rubric::Criterion| CriterionColumn {
        id: criterion.id.clone(),
        title: criterion.title.clone(),
        max: criterion.points,
        bonus: criterion.bonus,
        hidden: criterion.hidden,
    };
    grader.criteria().map(column).collect()
}

/// A class from existing sheets, with the columns that they have.
pub fn merged(rubric: &Rubric, sheets: Vec<Sheet>) -> Class {
    let columns = rubric.criteria.iter().filter_map(|criterion| {
        let mark = sheets.iter().flat_map(|sheet| &sheet.marks).find(|mark| mark.id == criterion.id)?;
        let (id, title) = (mark.id.clone(), mark.title.clone());
        Some(CriterionColumn { id, title, max: mark.max, bonus: mark.bonus, hidden: mark.hidden })
    });
    let columns = columns.collect();
    Class::new(rubric.title.clone(), rubric.fingerprint.clone(), columns, sheets)
}

/// A file that gets a line for each finished sheet, so that nothing is lost if the run is interrupted.
pub struct Journal(Mutex<File>);

impl Journal {
    /// # Errors
    /// When it cannot be written.
    pub fn open(path: &Path) -> io::Result<Self> {
        let mut file = OpenOptions::new().create(true).append(true).open(path)?;
        // Keeps the incomplete last line of a killed run apart.
        if file.metadata()?.len() > 0 {
            file.write_all(b"\n")?;
        }
        Ok(Self(Mutex::new(file)))
    }

    /// # Errors
    /// When it cannot be written.
    pub fn add(&self, sheet: &Sheet) -> io::Result<()> {
        let mut line = serde_json::to_vec(sheet)?;
        line.push(b'\n');
        let mut file = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        file.write_all(&line)
    }
}

/// Reads lines of sheets. Of two for the same submission the later one counts, unless only the earlier one is graded.
///
/// # Errors
/// A sentence with the line number.
pub fn read_lines(path: &Path, into: &mut BTreeMap<(String, String), Sheet>) -> Result<(), String> {
    let file = File::open(path).map_err(|error| error.to_string())?;
    let mut reader = BufReader::new(file);
    let mut number = 0;
    loop {
        let mut line = Vec::new();
        let read =
            io::Read::take(&mut reader, MAX_LINE).read_until(b'\n', &mut line).map_err(|error| error.to_string())?;
        if read == 0 {
            return Ok(());
        }
        number += 1;
        // A killed run leaves an incomplete line.
        if !line.ends_with(b"\n") {
            continue;
        }
        if line.trim_ascii().is_empty() {
            continue;
        }
        let sheet: Sheet =
            serde_json::from_slice(&line).map_err(|error| format!("line {number} is not a result: {error}"))?;
        if sheet.version != VERSION {
            return Err(format!("line {number} was written by an incompatible version of plimsoll"));
        }
        let key = (sheet.student.id.clone(), sheet.submission.clone());
        match into.get(&key) {
            Some(known) if known.is_graded() && !sheet.is_graded() => {}
            _ => _ = into.insert(key, sheet),
        }
    }
}
