//! What comes of grading: the one model that every report is written from.
//!
//! Nothing in it depends on the clock, the machine or the order of work. All texts are untrusted: whoever shows them
//! escapes them (see [`crate::text::escape`]).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Points;
use super::rubric::Feedback;

/// The format of a line of `grades.jsonl`.
pub const VERSION: u32 = 1;

/// Whose submission it is. What is not known is left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(default)]
pub struct Student {
    /// Unique in a class: the roster's, the export's, or the folder's name.
    pub id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub login: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// The id that a learning platform has in its exports.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub platform_id: Option<String>,
}

impl Student {
    /// What people call them.
    pub fn shown(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.id)
    }
}

/// Whether there are marks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum Graded {
    Graded,
    /// Some criterion, or all, could not be tried: the total is not final. Never a student's fault.
    NotGraded {
        why: String,
    },
}

/// One student's result.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sheet {
    pub version: u32,
    pub student: Student,
    /// Where it lies below what was given, with `/`.
    pub submission: String,
    /// The Dockerfile in the submission; `None` if there is none.
    pub dockerfile: Option<String>,
    pub status: Graded,
    /// In the rubric's order.
    pub marks: Vec<Mark>,
    /// All points, with bonus and without what lateness costs, rounded.
    pub total: Points,
    /// What can be had without bonus.
    pub max: Points,
    /// The part of the total that is bonus.
    pub bonus: Points,
    /// What lateness costs.
    pub penalty: Points,
    /// Days that have begun since it was due.
    pub late_days: u32,
    /// `None` without a pass mark, or when it is not graded.
    pub passed: Option<bool>,
    /// What the teacher should know: comments that would mute rules, links that lead out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// Of the rubric.
    pub rubric: String,
    /// Of what was handed in: tells whether it is still the same.
    pub digest: String,
    /// The version that graded it.
    pub plimsoll: String,
}

/// How a criterion went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum Status {
    Met,
    Partly,
    Missed,
    /// Not tried, because this is not met: a criterion's id, or a sentence. Its points are lost once, there.
    Skipped {
        needs: String,
    },
    /// Engine trouble, time-outs of ours, a registry that does not answer.
    NotGraded {
        why: String,
    },
}

/// A criterion, and what came of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Mark {
    pub id: String,
    pub title: String,
    pub status: Status,
    pub points: Points,
    pub max: Points,
    pub bonus: bool,
    pub hidden: bool,
    pub losses: Vec<Loss>,
    /// What was done well: "the final image runs as `app`".
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub praise: Vec<String>,
}

/// A place in a submission.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Spot {
    /// Relative to the submission, with `/`.
    pub file: String,
    /// From 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    /// From 1, in characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<usize>,
}

/// Points that were lost, and how to earn them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Loss {
    pub points: Points,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<Spot>,
    /// What is wrong: lower-case start, no full stop, code in backticks.
    pub what: String,
    /// Why it matters, in sentences.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub why: String,
    /// What earns the points back.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub earn_back: String,
    /// The change that repairs it, as a unified diff.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub diff: Option<String>,
    /// The rule.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// What was seen: the end of a log, of what a program printed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen: Option<String>,
    /// How many more of the kind there are, which cost nothing.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub more: usize,
}

fn is_zero(number: &usize) -> bool {
    *number == 0
}

/// All results.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Class {
    pub title: String,
    /// Of the rubric.
    pub rubric: String,
    /// By student id.
    pub sheets: Vec<Sheet>,
    pub criteria: Vec<Heading>,
    pub summary: Summary,
}

/// A column of the class's table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Heading {
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
    /// Of those that are graded.
    pub mean: Points,
    pub median: Points,
    /// How many reach 0 to 9 percent, 10 to 19, …, 90 to 99, and 100 or more.
    pub histogram: Vec<usize>,
    /// Criteria with how many students did not meet them, the most missed first.
    pub missed: Vec<Missed>,
    /// Rules with how many students lost points by them, the most missed first.
    pub rules: Vec<Missed>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Missed {
    pub name: String,
    pub title: String,
    pub students: usize,
}

impl Sheet {
    /// The points in percent of what can be had.
    pub fn percent(&self) -> u64 {
        if self.max <= Points::ZERO {
            return 100;
        }
        (self.total.as_f64() / self.max.as_f64() * 100.0 + 1e-9).clamp(0.0, 1000.0) as u64
    }

    pub fn is_graded(&self) -> bool {
        self.status == Graded::Graded
    }

    /// The sheet as its student may see it: without hidden criteria, and with no more than the rubric lets be told.
    pub fn for_student(&self, feedback: Feedback) -> Sheet {
        let mut sheet = self.clone();
        let hidden: Vec<String> = sheet.marks.iter().filter(|mark| mark.hidden).map(|mark| mark.id.clone()).collect();
        sheet.marks.retain(|mark| !mark.hidden);
        for mark in &mut sheet.marks {
            if let Status::Skipped { needs } = &mut mark.status
                && hidden.contains(needs)
            {
                *needs = "a criterion that is not shown".to_owned();
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
    /// Sorts the sheets and sums them up.
    pub fn new(title: String, rubric: String, criteria: Vec<Heading>, mut sheets: Vec<Sheet>) -> Self {
        sheets.sort_by(|a, b| (&a.student.id, &a.submission).cmp(&(&b.student.id, &b.submission)));
        let summary = Summary::of(&sheets, &criteria);
        Self { title, rubric, sheets, criteria, summary }
    }

    /// The class as students may see it: see [`Sheet::for_student`].
    pub fn for_students(&self, feedback: Feedback) -> Self {
        let mut class = self.clone();
        class.criteria.retain(|heading| !heading.hidden);
        class.summary.missed.retain(|missed| class.criteria.iter().any(|heading| heading.id == missed.name));
        class.sheets = class.sheets.iter().map(|sheet| sheet.for_student(feedback)).collect();
        class.summary.rules = rules(&class.sheets);
        class
    }
}

impl Summary {
    fn of(sheets: &[Sheet], criteria: &[Heading]) -> Self {
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
        let short = |mark: &&Mark| matches!(mark.status, Status::Partly | Status::Missed);
        let missed = criteria.iter().map(|heading| {
            let marks = sheets.iter().flat_map(|sheet| &sheet.marks).filter(|mark| mark.id == heading.id);
            Missed { name: heading.id.clone(), title: heading.title.clone(), students: marks.filter(short).count() }
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

/// The rules by which points were lost.
fn rules(sheets: &[Sheet]) -> Vec<Missed> {
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
    let missed = |(name, students): (&str, usize)| Missed { name: name.to_owned(), title: summary_of(name), students };
    sorted(rules.into_iter().map(missed).collect())
}

fn sorted(mut missed: Vec<Missed>) -> Vec<Missed> {
    missed.retain(|missed| missed.students > 0);
    missed.sort_by(|a, b| (b.students, &a.name).cmp(&(a.students, &b.name)));
    missed
}
