//! A whole class: grades submissions in parallel, and joins the results.
//!
//! What is found is kept as evidence while the class is graded, so an interrupted run goes on where it stopped.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;

use super::details::DetailStore;
use super::evidence::EvidenceStore;
use super::marking::{Grader, prints};
use super::overrides::Overrides;
use super::rubric::Rubric;
use super::sheet::{Flag, Sheet, VERSION};
use super::summary::{Class, CriterionColumn, SimilarPair};
use super::similarity;
use super::submissions::Submission;
use super::{Points, totals};
use crate::text::Problem;
use crate::text::parallel::on_threads;

/// The longest line of results that is read.
const MAX_LINE: u64 = 16 << 20;
/// The percentage of shared code that is reported by default.
const SIMILAR: Points = Points::hundredths(80_00);

/// A run over the submissions of a class.
pub struct ClassRun<'a> {
    pub grader: &'a Grader<'a>,
    pub submissions: &'a [Submission],
    /// Takes the details of the sheets.
    pub details: &'a DetailStore,
    /// How many submissions to grade in parallel; 0: one per processor.
    pub jobs: usize,
    /// Called with each sheet when it is done, in any order.
    pub done: &'a (dyn Fn(&Sheet) + Sync),
    /// Whether to stop before the next submission.
    pub stop: &'a (dyn Fn() -> bool + Sync),
}

impl ClassRun<'_> {
    /// The sheets in the order of the submissions, without those that were not graded before the run was stopped.
    pub fn run(&self) -> Vec<Sheet> {
        let grade = |submission: &Submission| -> Option<Sheet> {
            if (self.stop)() {
                return None;
            }
            let report = |what: &str| (self.grader.progress)(&format!("{}: {what}", submission.student.shown()));
            let grader = Grader { progress: &report, ..*self.grader };
            let mut sheet = grader.grade(submission);
            // A temporary outage may be over by now.
            if sheet.is_open() && grader.runner.is_some() && !(self.stop)() {
                sheet = grader.grade(submission);
            }
            if (self.stop)() && sheet.is_open() {
                return None;
            }
            (self.done)(&sheet);
            self.details.put(&mut sheet);
            Some(sheet)
        };
        let mut sheets = on_threads(self.submissions.iter().collect(), self.jobs, grade);
        // All of them, in the same memory.
        sheets.retain(Option::is_some);
        sheets.into_iter().map_while(|sheet| sheet).collect()
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

/// The columns that existing sheets have.
pub fn columns_of(rubric: &Rubric, sheets: &[Sheet]) -> Vec<CriterionColumn> {
    let columns = rubric.criteria.iter().filter_map(|criterion| {
        let mark = sheets.iter().flat_map(|sheet| &sheet.marks).find(|mark| mark.id == criterion.id)?;
        let (id, title) = (mark.id.clone(), mark.title.clone());
        Some(CriterionColumn { id, title, max: mark.max, bonus: mark.bonus, hidden: mark.hidden })
    });
    columns.collect()
}

/// Completes a class: applies the teacher's overrides and the curve, and compares the submissions with each other. Returns
/// warnings as well.
pub fn complete(
    rubric: &Rubric,
    columns: Vec<CriterionColumn>,
    mut sheets: Vec<Sheet>,
    details: DetailStore,
    overrides: &Overrides,
    evidence: Option<&EvidenceStore>,
) -> (Class, Vec<Problem>) {
    let mut problems = overrides.apply(&mut sheets, rubric);
    totals::curve(&mut sheets, rubric);
    let similar = evidence.map(|evidence| similar(rubric, evidence, &sheets)).transpose().unwrap_or_else(|error| {
        problems.push(Problem::warning(format!("submissions are not compared with each other: {error}")));
        None
    });
    let similar = similar.unwrap_or_default();
    for sheet in &mut sheets {
        sheet.flags.remove(&Flag::Similar);
        if similar.iter().any(|pair| pair.one == sheet.student.id || pair.other == sheet.student.id) {
            sheet.flags.insert(Flag::Similar);
        }
    }
    let mut class = Class::new(rubric.title.clone(), rubric.fingerprint.clone(), columns, sheets, details);
    class.similar = similar;
    (class, problems)
}

/// Whether there is evidence of a submission, without which they are not compared with each other.
pub fn can_compare(rubric: &Rubric, evidence: &EvidenceStore, sheets: &[Sheet]) -> bool {
    let mut submitted = sheets.iter().filter(|sheet| !sheet.digest.is_empty()).peekable();
    submitted.peek().is_none() || submitted.any(|sheet| prints(rubric, evidence, sheet).is_some())
}

/// The pairs of submissions that share code.
fn similar(rubric: &Rubric, evidence: &EvidenceStore, sheets: &[Sheet]) -> io::Result<Vec<SimilarPair>> {
    let submitted = sheets.iter().filter(|sheet| !sheet.digest.is_empty());
    let prints = submitted.map(|sheet| (sheet.student.id.clone(), prints(rubric, evidence, sheet).unwrap_or_default()));
    let threshold = rubric.similarity.threshold.unwrap_or(SIMILAR).as_f64().clamp(1.0, 100.0);
    similarity::pairs(prints, threshold as usize)
}

/// Reads lines of sheets, whose details are moved to `details`. Of two for the same submission the later one counts, unless
/// only the earlier one is graded.
///
/// # Errors
/// A sentence with the line number.
pub fn read_lines(
    path: &Path,
    into: &mut BTreeMap<(String, String), Sheet>,
    details: &DetailStore,
) -> Result<(), String> {
    each_line(path, |number, line| {
        let mut sheet: Sheet =
            serde_json::from_slice(line).map_err(|error| format!("line {number} is not a result: {error}"))?;
        if sheet.version != VERSION {
            return Err(format!("line {number} was written by an incompatible version of plimsoll"));
        }
        let key = (sheet.student.id.clone(), sheet.submission.clone());
        match into.get(&key) {
            Some(known) if known.is_graded() && sheet.is_open() => {}
            _ => {
                details.put(&mut sheet);
                into.insert(key, sheet);
            }
        }
        Ok(())
    })
}

/// The ids of the students in lines of sheets, in the order of a class.
///
/// # Errors
/// A sentence with the line number.
pub fn read_ids(path: &Path) -> Result<Vec<String>, String> {
    #[derive(serde::Deserialize)]
    struct Owner {
        student: super::sheet::Student,
        submission: String,
    }
    let mut ids = BTreeSet::new();
    each_line(path, |number, line| {
        let owner: Owner =
            serde_json::from_slice(line).map_err(|error| format!("line {number} is not a result: {error}"))?;
        ids.insert((owner.student.id, owner.submission));
        Ok(())
    })?;
    Ok(ids.into_iter().map(|(id, _)| id).collect())
}

fn each_line(path: &Path, mut take: impl FnMut(usize, &[u8]) -> Result<(), String>) -> Result<(), String> {
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
        take(number, &line)?;
    }
}
