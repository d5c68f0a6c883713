//! The result of grading: the one model that every export is written from.
//!
//! Nothing in it depends on the clock, the machine or the order of work. All texts are untrusted: code that displays them
//! escapes them (see [`crate::text::escape`]).

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::Points;
use super::language::Language;
use super::rubric::Feedback;
use crate::text::hash::hash;

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

    /// A name that does not tell who it is, the same in every run.
    pub fn pseudonym(&self) -> String {
        format!("student-{:08x}", hash(&[self.id.as_bytes()]) as u32)
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
    /// Nothing was submitted.
    Missing,
}

/// What the teacher should look at first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Flag {
    Missing,
    NotGraded,
    /// The Dockerfile has a name that no builder looks for.
    WrongName,
    /// The Dockerfile is not plain text in UTF-8.
    WrongEncoding,
    SeveralDockerfiles,
    /// Not everything was read.
    Limit,
    /// A base image that the rubric allows is not on the machine that grades.
    AbsentImage,
    /// The output does not depend on the input.
    HardCoded,
    /// Comments or settings that would mute rules.
    Muted,
    /// Much like another submission.
    Similar,
    Late,
    /// The teacher changed a mark.
    Overridden,
}

impl Flag {
    /// As the name of a filter.
    pub fn as_str(self) -> &'static str {
        match self {
            Flag::Missing => "missing",
            Flag::NotGraded => "not graded",
            Flag::WrongName => "unusual file name",
            Flag::WrongEncoding => "not plain UTF-8",
            Flag::SeveralDockerfiles => "several Dockerfiles",
            Flag::Limit => "limit reached",
            Flag::AbsentImage => "base image not on this machine",
            Flag::HardCoded => "output does not depend on input",
            Flag::Muted => "tried to mute rules",
            Flag::Similar => "similar to another submission",
            Flag::Late => "late",
            Flag::Overridden => "changed by the teacher",
        }
    }

    /// Whether a teacher should look at it before the others.
    pub fn is_urgent(self) -> bool {
        !matches!(self, Flag::Late | Flag::Overridden | Flag::Muted)
    }
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
    /// What the class's curve adds.
    #[serde(default, skip_serializing_if = "Points::is_zero")]
    pub curve: Points,
    /// Days late, rounded up.
    pub late_days: u32,
    /// `None` without a pass mark, if not graded, or if criteria were left out.
    pub passed: Option<bool>,
    /// Notes for the teacher: comments that would mute rules, links that point outside the submission.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub flags: BTreeSet<Flag>,
    /// Titles of criteria that were left out because they need an engine.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub omitted: Vec<String>,
    /// The teacher's comment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// The total that the teacher set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub set_total: Option<Points>,
    /// The Dockerfile, if it is small enough to be shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The Compose file, if it is small enough to be shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compose: Option<ShownFile>,
    /// The image, if it was built.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<ImageFigures>,
    /// The variant of the assignment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variant: Option<String>,
    /// The language of its feedback.
    #[serde(default, skip_serializing_if = "Language::is_english")]
    pub lang: Language,
    /// The rubric's fingerprint.
    pub rubric: String,
    /// A digest of the submission: tells whether it has changed.
    pub digest: String,
    /// The version of plimsoll that graded it.
    pub plimsoll: String,
    /// Where the losses and praise of its marks, its notes, files and image are, if not here.
    #[serde(skip)]
    pub details: Option<DetailPlace>,
}

/// Where the details of a sheet are in their file, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DetailPlace {
    pub(super) start: u64,
    pub(super) len: usize,
}

/// A submitted file that pages show.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShownFile {
    /// Relative to the submission, with `/`.
    pub name: String,
    pub text: String,
}

/// What is known of an image that was built.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImageFigures {
    /// In bytes, rounded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
    pub layers: u64,
    pub user: String,
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
    /// The points before the teacher changed them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub computed: Option<Points>,
    /// The teacher's comment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
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

    pub fn is_missing(&self) -> bool {
        self.status == SheetStatus::Missing
    }

    /// Whether something was submitted that could not be graded.
    pub fn is_open(&self) -> bool {
        matches!(self.status, SheetStatus::NotGraded { .. })
    }

    /// The sheet as its student may see it: without hidden criteria, and limited to the rubric's level of feedback.
    pub fn for_student(&self, feedback: Feedback) -> Sheet {
        let mut sheet = self.clone();
        let hidden: Vec<String> = sheet.marks.iter().filter(|mark| mark.hidden).map(|mark| mark.id.clone()).collect();
        let hidden_bonus = sheet.marks.iter().filter(|mark| mark.hidden && mark.bonus).map(|mark| mark.points);
        sheet.bonus -= hidden_bonus.sum::<Points>();
        sheet.marks.retain(|mark| !mark.hidden);
        for mark in &mut sheet.marks {
            if let MarkStatus::Skipped { needs } = &mut mark.status
                && hidden.contains(needs)
            {
                *needs = "a hidden criterion".to_owned();
            }
        }
        sheet.notes.clear();
        sheet.flags.clear();
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
