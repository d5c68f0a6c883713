//! The result of grading: the one model that every export is written from.
//!
//! Nothing in it depends on the clock, the machine or the order of work. All texts are untrusted: code that displays them
//! escapes them (see [`crate::text::escape`]).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Points;
use super::rubric::Feedback;

/// The version of a line of `grades.jsonl`.
pub const VERSION: u32 = 1;

/// The student whose submission it is. Unknown fields are omitted.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(default)]
pub struct Student {
    /// Unique in a class: from the roster or the export, otherwise the directory's name.
    pub id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub login: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// The id in the learning platform's exports.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub platform_id: Option<String>,
}

impl Student {
    /// The name if known, otherwise the id.
    pub fn shown(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.id)
    }
}

/// Whether a sheet is graded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum SheetStatus {
    Graded,
    /// At least one criterion could not be evaluated, so the total is not final. Never the student's fault.
    NotGraded {
        why: String,
    },
}

/// One student's result.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sheet {
    pub version: u32,
    pub student: Student,
    /// Its path relative to the submissions, with `/`.
    pub submission: String,
    /// The Dockerfile's path in the submission, if there is one.
    pub dockerfile: Option<String>,
    pub status: SheetStatus,
    /// In the rubric's order.
    pub marks: Vec<Mark>,
    /// All points including bonus, minus the penalty, rounded.
    pub total: Points,
    /// The maximum without bonus.
    pub max: Points,
    /// The part of the total that is bonus.
    pub bonus: Points,
    /// The deduction for being late.
    pub penalty: Points,
    /// Days late, rounded up.
    pub late_days: u32,
    /// `None` without a pass mark, or if not graded.
    pub passed: Option<bool>,
    /// Notes for the teacher: comments that would mute rules, links that point outside the submission.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// The rubric's fingerprint.
    pub rubric: String,
    /// A digest of the submission: tells whether it has changed.
    pub digest: String,
    /// The version of plimsoll that graded it.
    pub plimsoll: String,
}

/// The result of a criterion.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum MarkStatus {
    Met,
    Partly,
    Missed,
    /// Not evaluated, because this requirement is not met: a criterion's id, or a phrase.
    Skipped {
        needs: String,
    },
    /// The engine failed, a limit of ours was hit, or a registry did not respond.
    NotGraded {
        why: String,
    },
}

/// A criterion and its result.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Mark {
    pub id: String,
    pub title: String,
    pub status: MarkStatus,
    pub points: Points,
    pub max: Points,
    pub bonus: bool,
    pub hidden: bool,
    pub losses: Vec<Loss>,
    /// What is right: "the final image runs as `app`".
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub praise: Vec<String>,
}

/// A place in a submission.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Location {
    /// Relative to the submission, with `/`.
    pub file: String,
    /// From 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    /// From 1, in characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<usize>,
}

/// Lost points, and how to earn them back.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Loss {
    pub points: Points,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<Location>,
    /// What is wrong: lower-case start, no full stop, code in backticks.
    pub what: String,
    /// Why it matters, in sentences.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub why: String,
    /// How to earn the points back.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub earn_back: String,
    /// The fix as a unified diff.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub diff: Option<String>,
    /// The rule's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// Evidence: the end of a log or of a program's output.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen: Option<String>,
    /// How many more findings like it there are, which cost nothing.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub more: usize,
}

fn is_zero(number: &usize) -> bool {
    *number == 0
}

/// The results of a class.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Class {
    pub title: String,
    /// The rubric's fingerprint.
    pub rubric: String,
    /// Sorted by student id.
    pub sheets: Vec<Sheet>,
    pub criteria: Vec<CriterionColumn>,
    pub summary: Summary,
}

/// A column of the class table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CriterionColumn {
    pub id: String,
    pub title: String,
    pub max: Points,
    pub bonus: bool,
    pub hidden: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    pub graded: usize,
    pub not_graded: usize,
    pub passed: usize,
    /// Of the graded sheets.
    pub mean: Points,
    pub median: Points,
    /// How many students reach 0 to 9 percent, 10 to 19, …, 90 to 99, and 100 or more.
    pub histogram: Vec<usize>,
    /// How many students missed each criterion, the most missed first.
    pub missed: Vec<MissCount>,
    /// How many students lost points to each rule, the most missed first.
    pub rules: Vec<MissCount>,
}

/// How many students missed a criterion or a rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MissCount {
    pub name: String,
    pub title: String,
    pub students: usize,
}

impl Sheet {
    /// The total in percent of the maximum, rounded down.
    pub fn percent(&self) -> u64 {
        if self.max <= Points::ZERO {
            return 100;
        }
        (self.total.as_f64() / self.max.as_f64() * 100.0 + 1e-9).clamp(0.0, 1000.0) as u64
    }

    pub fn is_graded(&self) -> bool {
        self.status == SheetStatus::Graded
    }

    /// The sheet as its student may see it: without hidden criteria, and limited to the rubric's level of feedback.
    pub fn for_student(&self, feedback: Feedback) -> Sheet {
        let mut sheet = self.clone();
        let hidden: Vec<String> = sheet.marks.iter().filter(|mark| mark.hidden).map(|mark| mark.id.clone()).collect();
        sheet.marks.retain(|mark| !mark.hidden);
        for mark in &mut sheet.marks {
            if let MarkStatus::Skipped { needs } = &mut mark.status
                && hidden.contains(needs)
            {
                *needs = "a hidden criterion".to_owned();
            }
        }
        sheet.notes.clear();
        for loss in sheet.marks.iter_mut().flat_map(|mark| &mut mark.losses) {
            if feedback != Feedback::Diff {
                loss.diff = None;
            }
            if feedback == Feedback::Name {
                loss.why.clear();
                loss.earn_back.clear();
                loss.seen = None;
                if let Some(rule) = &loss.rule {
                    loss.what = format!("`{rule}`");
                }
            }
        }
        sheet
    }
}

impl Class {
    /// Sorts the sheets and computes the summary.
    pub fn new(title: String, rubric: String, criteria: Vec<CriterionColumn>, mut sheets: Vec<Sheet>) -> Self {
        sheets.sort_by(|a, b| (&a.student.id, &a.submission).cmp(&(&b.student.id, &b.submission)));
        let summary = Summary::of(&sheets, &criteria);
        Self { title, rubric, sheets, criteria, summary }
    }

    /// The class as students may see it; see [`Sheet::for_student`].
    pub fn for_students(&self, feedback: Feedback) -> Self {
        let mut class = self.clone();
        class.criteria.retain(|column| !column.hidden);
        class.summary.missed.retain(|missed| class.criteria.iter().any(|column| column.id == missed.name));
        class.sheets = class.sheets.iter().map(|sheet| sheet.for_student(feedback)).collect();
        class.summary.rules = rules(&class.sheets);
        class
    }
}

impl Summary {
    fn of(sheets: &[Sheet], criteria: &[CriterionColumn]) -> Self {
        let graded: Vec<&Sheet> = sheets.iter().filter(|sheet| sheet.is_graded()).collect();
        let mut totals: Vec<Points> = graded.iter().map(|sheet| sheet.total).collect();
        totals.sort();
        let count = totals.len() as u64;
        let middle = |at: usize| totals.get(at).copied().unwrap_or_default();
        let median = match totals.len() {
            0 => Points::ZERO,
            len if len % 2 == 1 => middle(len / 2),
            len => (middle(len / 2 - 1) + middle(len / 2)).share(1, 2),
        };
        let mean = if count == 0 { Points::ZERO } else { totals.iter().copied().sum::<Points>().share(1, count) };
        let mut histogram = vec![0; 11];
        for sheet in &graded {
            histogram[usize::try_from(sheet.percent() / 10).unwrap_or(10).min(10)] += 1;
        }
        let is_missed = |mark: &&Mark| matches!(mark.status, MarkStatus::Partly | MarkStatus::Missed);
        let missed = criteria.iter().map(|column| {
            let marks = sheets.iter().flat_map(|sheet| &sheet.marks).filter(|mark| mark.id == column.id);
            MissCount {
                name: column.id.clone(),
                title: column.title.clone(),
                students: marks.filter(is_missed).count(),
            }
        });
        Self {
            graded: graded.len(),
            not_graded: sheets.len() - graded.len(),
            passed: graded.iter().filter(|sheet| sheet.passed == Some(true)).count(),
            mean,
            median,
            histogram,
            missed: sorted(missed.collect()),
            rules: rules(sheets),
        }
    }
}

/// How many students lost points to each rule.
fn rules(sheets: &[Sheet]) -> Vec<MissCount> {
    let mut rules: BTreeMap<&str, usize> = BTreeMap::new();
    for sheet in sheets {
        let losses = sheet.marks.iter().flat_map(|mark| &mark.losses);
        let names: std::collections::BTreeSet<&str> = losses.filter_map(|loss| loss.rule.as_deref()).collect();
        for name in names {
            *rules.entry(name).or_default() += 1;
        }
    }
    let summary_of = |name: &str| {
        let entry = crate::lint::registry::all().iter().find(|entry| entry.meta.name == name);
        entry.map(|entry| entry.meta.summary()).unwrap_or_default()
    };
    let missed =
        |(name, students): (&str, usize)| MissCount { name: name.to_owned(), title: summary_of(name), students };
    sorted(rules.into_iter().map(missed).collect())
}

fn sorted(mut missed: Vec<MissCount>) -> Vec<MissCount> {
    missed.retain(|missed| missed.students > 0);
    missed.sort_by(|a, b| (b.students, &a.name).cmp(&(a.students, &b.name)));
    missed
}
