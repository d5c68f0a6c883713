//! The results of a class: its sheets, and the figures over all of them.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use serde::{Deserialize, Serialize};

use super::Points;
use super::details::DetailStore;
use super::rubric::Feedback;
use super::sheet::{Mark, MarkStatus, Sheet, SheetStatus};

/// The results of a class.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Class {
    pub title: String,
    /// The rubric's fingerprint.
    pub rubric: String,
    /// Sorted by student id. The details of some or all of them are in a file: see [`Class::whole`].
    pub sheets: Vec<Sheet>,
    pub criteria: Vec<CriterionColumn>,
    pub summary: Summary,
    /// Pairs of submissions that share code.
    #[serde(default)]
    pub similar: Vec<SimilarPair>,
    #[serde(skip)]
    pub details: DetailStore,
    /// How much of each sheet is shown, if students are to see it.
    #[serde(skip)]
    shown: Option<Feedback>,
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
    /// Students who submitted nothing.
    #[serde(default)]
    pub missing: usize,
    pub passed: usize,
    /// Of the graded sheets.
    pub mean: Points,
    pub median: Points,
    /// How many students reach 0 to 9 percent, 10 to 19, …, 90 to 99, and 100 or more.
    pub histogram: Vec<usize>,
    /// Of each criterion, in the rubric's order.
    #[serde(default)]
    pub criteria: Vec<CriterionStatistics>,
    /// How many students missed each criterion, the most missed first.
    pub missed: Vec<MissCount>,
    /// How many students lost points to each rule, the most missed first.
    pub rules: Vec<MissCount>,
}

/// How a criterion came out, over the graded sheets.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CriterionStatistics {
    pub id: String,
    pub mean: Points,
    pub met: usize,
    pub partly: usize,
    pub missed: usize,
    pub skipped: usize,
    /// How many students have 0, up to a quarter, up to half, up to three quarters, less than all, and all of the points.
    pub histogram: [usize; 6],
}

impl CriterionStatistics {
    fn of(column: &CriterionColumn, sheets: &[&Sheet]) -> Self {
        let mut one = Self { id: column.id.clone(), ..Self::default() };
        let mut sum = Points::ZERO;
        let marks = sheets.iter().flat_map(|sheet| &sheet.marks).filter(|mark| mark.id == column.id);
        let mut count = 0;
        for mark in marks {
            count += 1;
            sum += mark.points;
            match mark.status {
                MarkStatus::Met => one.met += 1,
                MarkStatus::Partly => one.partly += 1,
                MarkStatus::Missed => one.missed += 1,
                MarkStatus::Skipped { .. } | MarkStatus::NotGraded { .. } => one.skipped += 1,
            }
            let bin = match mark.points {
                points if points <= Points::ZERO => 0,
                points if points >= mark.max => 5,
                points => 1 + ((points.as_f64() / mark.max.as_f64()) * 4.0).clamp(0.0, 3.0) as usize,
            };
            one.histogram[bin] += 1;
        }
        one.mean = if count == 0 { Points::ZERO } else { sum.share(1, count) };
        one
    }
}

/// Two submissions that share code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SimilarPair {
    /// Ids of students.
    pub one: String,
    pub other: String,
    /// How much of the smaller one is in the other, in percent.
    pub percent: usize,
}

/// How many students missed a criterion or a rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MissCount {
    pub name: String,
    pub title: String,
    pub students: usize,
}

impl Class {
    /// Sorts the sheets and computes the summary.
    pub fn new(
        title: String,
        rubric: String,
        criteria: Vec<CriterionColumn>,
        mut sheets: Vec<Sheet>,
        details: DetailStore,
    ) -> Self {
        sheets.sort_by(|a, b| (&a.student.id, &a.submission).cmp(&(&b.student.id, &b.submission)));
        let summary = Summary::of(&sheets, &criteria);
        let mut class = Self { title, rubric, sheets, criteria, summary, similar: Vec::new(), details, shown: None };
        class.summary.rules = class.rules();
        class
    }

    /// A sheet with all that belongs to it, as far as the readers of this class may see it.
    ///
    /// # Errors
    /// When its details cannot be read.
    pub fn whole(&self, sheet: &Sheet) -> io::Result<Sheet> {
        let whole = self.details.whole(sheet)?;
        Ok(match self.shown {
            Some(feedback) => whole.for_student(feedback),
            None => whole,
        })
    }

    /// The class as students may see it; see [`Sheet::for_student`].
    pub fn for_students(&self, feedback: Feedback) -> Self {
        let mut class = self.clone();
        class.shown = Some(feedback);
        class.criteria.retain(|column| !column.hidden);
        class.summary.missed.retain(|missed| class.criteria.iter().any(|column| column.id == missed.name));
        class.sheets = class.sheets.iter().map(|sheet| sheet.for_student(feedback)).collect();
        class.summary.rules = class.rules();
        class.summary.criteria.retain(|one| class.criteria.iter().any(|column| column.id == one.id));
        class.similar.clear();
        class
    }

    /// How many students lost points to each rule.
    fn rules(&self) -> Vec<MissCount> {
        let mut rules: BTreeMap<String, usize> = BTreeMap::new();
        // Details that cannot be read are an error when the sheet is written.
        for sheet in self.sheets.iter().filter_map(|sheet| self.whole(sheet).ok()) {
            let losses = sheet.marks.iter().flat_map(|mark| &mark.losses);
            let names: BTreeSet<&str> = losses.filter_map(|loss| loss.rule.as_deref()).collect();
            for name in names {
                match rules.get_mut(name) {
                    Some(count) => *count += 1,
                    None => _ = rules.insert(name.to_owned(), 1),
                }
            }
        }
        let summary_of = |name: &str| {
            let entry = crate::lint::registry::all().iter().find(|entry| entry.meta.name == name);
            entry.map(|entry| entry.meta.summary()).unwrap_or_default()
        };
        let missed = |(name, students): (String, usize)| MissCount { title: summary_of(&name), name, students };
        sorted(rules.into_iter().map(missed).collect())
    }
}

impl Summary {
    /// All but the rules.
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
            let marks = graded.iter().flat_map(|sheet| &sheet.marks).filter(|mark| mark.id == column.id);
            MissCount {
                name: column.id.clone(),
                title: column.title.clone(),
                students: marks.filter(is_missed).count(),
            }
        });
        Self {
            graded: graded.len(),
            not_graded: sheets.iter().filter(|sheet| sheet.is_open()).count(),
            missing: sheets.iter().filter(|sheet| sheet.status == SheetStatus::Missing).count(),
            passed: graded.iter().filter(|sheet| sheet.passed == Some(true)).count(),
            mean,
            median,
            histogram,
            criteria: criteria.iter().map(|column| CriterionStatistics::of(column, &graded)).collect(),
            missed: sorted(missed.collect()),
            rules: Vec::new(),
        }
    }
}

fn sorted(mut missed: Vec<MissCount>) -> Vec<MissCount> {
    missed.retain(|missed| missed.students > 0);
    missed.sort_by(|a, b| (b.students, &a.name).cmp(&(a.students, &b.name)));
    missed
}
