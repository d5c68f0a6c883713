//! A whole class: many submissions at once, results kept as they come, and taken up again.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Write};
use std::path::Path;
use std::sync::Mutex;

use super::marking::Grader;
use super::rubric::Rubric;
use super::sheet::{Class, Heading, Sheet, VERSION};
use super::submissions::Submission;
use crate::text::parallel::on_threads;

/// The longest line of results that is read.
const MAX_LINE: u64 = 16 << 20;

/// How a class is worked through.
pub struct Work<'a> {
    pub grader: &'a Grader<'a>,
    pub submissions: &'a [Submission],
    /// How many at once; 0: as many as there are processors.
    pub jobs: usize,
    /// Results that are there already.
    pub known: BTreeMap<(String, String), Sheet>,
    /// Told of each sheet as it is done, in no order.
    pub done: &'a (dyn Fn(&Sheet) + Sync),
    /// Whether to stop taking up more.
    pub stop: &'a (dyn Fn() -> bool + Sync),
}

impl Work<'_> {
    /// In the order of the submissions; those that were not taken up are missing.
    pub fn run(&self) -> Vec<Sheet> {
        let one = |submission: &Submission| -> Option<Sheet> {
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
            let tell = |what: &str| (self.grader.progress)(&format!("{}: {what}", submission.student.shown()));
            let grader = Grader { progress: &tell, ..*self.grader };
            let mut sheet = grader.grade(submission);
            // What was trouble a moment ago may be none now.
            if !sheet.is_graded() && grader.lab.is_some() && !(self.stop)() {
                sheet = grader.grade(submission);
            }
            if (self.stop)() && !sheet.is_graded() {
                return None;
            }
            (self.done)(&sheet);
            Some(sheet)
        };
        on_threads(self.submissions.iter().collect(), self.jobs, one).into_iter().flatten().collect()
    }
}

/// The columns of the class's table.
pub fn headings(grader: &Grader<'_>) -> Vec<Heading> {
    let heading = |criterion: &super::rubric::Criterion| Heading {
        id: criterion.id.clone(),
        title: criterion.title.clone(),
        max: criterion.points,
        bonus: criterion.bonus,
        hidden: criterion.hidden,
    };
    grader.criteria().map(heading).collect()
}

/// A class of sheets that were made before: the columns are those that they have.
pub fn merged(rubric: &Rubric, sheets: Vec<Sheet>) -> Class {
    let headings = rubric.criteria.iter().filter_map(|criterion| {
        let mark = sheets.iter().flat_map(|sheet| &sheet.marks).find(|mark| mark.id == criterion.id)?;
        let (id, title) = (mark.id.clone(), mark.title.clone());
        Some(Heading { id, title, max: mark.max, bonus: mark.bonus, hidden: mark.hidden })
    });
    let headings = headings.collect();
    Class::new(rubric.title.clone(), rubric.fingerprint.clone(), headings, sheets)
}

/// A file that gets a line as each sheet is done, so that nothing is lost when the run ends early.
pub struct Journal(Mutex<File>);

impl Journal {
    /// # Errors
    /// When it cannot be written.
    pub fn open(path: &Path) -> io::Result<Self> {
        let mut file = OpenOptions::new().create(true).append(true).open(path)?;
        // What a run that was killed has left of its last line stays a line of its own.
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

/// Reads lines of sheets; of two for one submission the later counts, unless only the first is graded.
///
/// # Errors
/// A sentence, with the line.
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
        // A run that was killed leaves half a line.
        if !line.ends_with(b"\n") {
            continue;
        }
        if line.trim_ascii().is_empty() {
            continue;
        }
        let sheet: Sheet =
            serde_json::from_slice(&line).map_err(|error| format!("line {number} is no result: {error}"))?;
        if sheet.version != VERSION {
            return Err(format!("line {number} is of another version of plimsoll"));
        }
        let key = (sheet.student.id.clone(), sheet.submission.clone());
        match into.get(&key) {
            Some(known) if known.is_graded() && !sheet.is_graded() => {}
            _ => _ = into.insert(key, sheet),
        }
    }
}
