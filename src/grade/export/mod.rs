//! Results for people and for other programs: one file per format, each a pure function from sheets to text.
//!
//! All text in a sheet is untrusted. Everything that a student may read is made from [`Sheet::for_student`].

mod canvas;
mod classroom;
mod gradescope;
mod html;
mod junit;
mod markdown;
mod moodle;
mod prairielearn;
mod table;
mod terminal;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};
use std::str::FromStr;

pub use canvas::canvas;
pub use classroom::classroom;
pub use gradescope::gradescope;
pub use html::{ReviewForm, class_page, class_review_page, student_page, student_review_page};
pub use junit::junit;
pub use markdown::markdown;
pub use moodle::moodle;
pub use prairielearn::prairielearn;
pub use table::{table, write_table};
pub use terminal::{class_table, details};

use super::Points;
use super::device_name::is_device;
use super::sheet::{Location, Loss, Mark, MarkStatus, Sheet, SheetStatus};
use super::summary::Class;
use crate::text::Variants;
use crate::text::hash::hash;

/// A format of results.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ExportFormat {
    /// One line of JSON per student, with everything.
    Jsonl,
    /// A table with a row per student.
    Csv,
    /// A page per student.
    Markdown,
    /// A self-contained page per student, and one for the class.
    Html,
    /// `results.json` for Gradescope autograders.
    Gradescope,
    /// The input of GitHub Classroom's autograding reporter.
    Classroom,
    /// `results.json` for PrairieLearn external graders.
    Prairielearn,
    /// JUnit XML.
    Junit,
}

impl ExportFormat {
    pub fn as_str(self) -> &'static str {
        match self {
            ExportFormat::Jsonl => "jsonl",
            ExportFormat::Csv => "csv",
            ExportFormat::Markdown => "markdown",
            ExportFormat::Html => "html",
            ExportFormat::Gradescope => "gradescope",
            ExportFormat::Classroom => "classroom",
            ExportFormat::Prairielearn => "prairielearn",
            ExportFormat::Junit => "junit",
        }
    }
}

impl Variants for ExportFormat {
    const ALL: &'static [Self] = &[
        Self::Jsonl,
        Self::Csv,
        Self::Markdown,
        Self::Html,
        Self::Gradescope,
        Self::Classroom,
        Self::Prairielearn,
        Self::Junit,
    ];

    fn as_str(self) -> &'static str {
        ExportFormat::as_str(self)
    }
}

impl FromStr for ExportFormat {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::from_name(text).ok_or_else(|| format!("expected one of: {}", Self::list()))
    }
}

/// Rows as CSV, without cells that a spreadsheet would take for formulas.
pub fn csv(rows: Vec<Vec<String>>) -> String {
    table::write(rows.into_iter().map(|row| row.iter().map(|text| table::cell(text)).collect()).collect())
}

/// One line of JSON per student.
///
/// # Errors
/// When the details of a sheet cannot be read, or `out` cannot be written.
pub fn jsonl(class: &Class, out: &mut dyn Write) -> io::Result<()> {
    class.sheets.iter().try_for_each(|sheet| {
        serde_json::to_writer(&mut *out, &class.whole(sheet)?)?;
        out.write_all(b"\n")
    })
}

/// File names for the students' files: unique, and safe in every file system.
pub fn file_names(sheets: &[Sheet]) -> Vec<String> {
    file_names_of(sheets.iter().map(|sheet| sheet.student.id.as_str()))
}

/// The same for students with these ids.
pub fn file_names_of<'s>(ids: impl Iterator<Item = &'s str>) -> Vec<String> {
    let mut taken: BTreeMap<String, usize> = BTreeMap::new();
    let mut names = Vec::new();
    for id in ids {
        let safe = |ch: char| if ch.is_ascii_alphanumeric() || matches!(ch, '-' | '_' | '.') { ch } else { '_' };
        let mut name: String = id.chars().take(60).map(safe).collect();
        let bare = name.trim_start_matches(['.', '-']).trim_end_matches('.');
        let is_device = is_device(bare);
        if bare != id || bare.is_empty() || is_device {
            let before = if is_device { "_" } else { "" };
            let after = if bare.is_empty() { "" } else { "-" };
            name = format!("{before}{bare}{after}{:08x}", hash(&[id.as_bytes()]) as u32);
        }
        // Some file systems ignore case.
        let count = taken.entry(name.to_lowercase()).or_default();
        *count += 1;
        if *count > 1 {
            name = format!("{name}-{count}");
        }
        names.push(name);
    }
    names
}

/// `Dockerfile:3:6`.
fn location_text(location: &Location) -> String {
    match (location.line, location.column) {
        (Some(line), Some(column)) => format!("{}:{line}:{column}", location.file),
        (Some(line), None) => format!("{}:{line}", location.file),
        _ => location.file.clone(),
    }
}

/// `12 of 15`.
fn points_of(points: Points, max: Points) -> String {
    format!("{points} of {max}")
}

/// A criterion's status in a word or two.
fn status_text(status: &MarkStatus) -> &'static str {
    match status {
        MarkStatus::Met => "met",
        MarkStatus::Partly => "partly met",
        MarkStatus::Missed => "missed",
        MarkStatus::Skipped { .. } => "skipped",
        MarkStatus::NotGraded { .. } => "not graded",
    }
}

/// Why a criterion was skipped or not graded. Names the criterion that it needs by its title.
fn skip_reason(mark: &Mark, sheet: &Sheet) -> Option<String> {
    match &mark.status {
        MarkStatus::Skipped { needs } => {
            let title = sheet.marks.iter().find(|other| other.id == *needs).map(|other| other.title.as_str());
            Some(sheet.lang.fill("requires “{}”", &[title.unwrap_or(needs)]))
        }
        MarkStatus::NotGraded { why } => Some(why.clone()),
        _ => None,
    }
}

/// A loss in one line: where, and what.
fn loss_line(loss: &Loss) -> String {
    let place = loss.place.as_ref().map(|place| format!("{}: ", location_text(place))).unwrap_or_default();
    let more = match loss.more {
        0 => String::new(),
        more => format!(" (and {more} more like it)"),
    };
    format!("{place}{}{more}", loss.what)
}

/// A loss as a paragraph: the line, why it matters, and how to earn the points back.
fn loss_paragraph(loss: &Loss) -> String {
    let parts = [loss_line(loss), loss.why.clone(), loss.earn_back.clone()];
    parts.into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join("\n")
}

/// What the teacher says of a criterion, and changed.
fn teacher_note(mark: &Mark) -> Option<String> {
    let changed = mark.computed.map(|computed| format!("changed from {computed} to {} points", mark.points));
    let parts: Vec<String> = changed.into_iter().chain(mark.comment.clone()).collect();
    (!parts.is_empty()).then(|| parts.join("; "))
}

/// Why a teacher should look at a submission before the others.
fn attention(sheet: &Sheet) -> Option<(&str, Vec<&'static str>)> {
    let reasons: Vec<&str> = sheet.flags.iter().filter(|flag| flag.is_urgent()).map(|flag| flag.as_str()).collect();
    (!reasons.is_empty()).then(|| (sheet.student.shown(), reasons))
}

/// The reasons that a page has given so far: each is given once.
#[derive(Default)]
struct ReasonLog(BTreeSet<String>);

impl ReasonLog {
    fn is_new(&mut self, why: &str) -> bool {
        !why.is_empty() && self.0.insert(why.to_owned())
    }
}

/// The points of a sheet, with bonus and penalty: `12 of 15 points, passed`.
fn headline(sheet: &Sheet) -> String {
    let fill = |phrase, values: &[&str]| sheet.lang.fill(phrase, values);
    let mut text = fill("{} of {} points", &[&sheet.total.to_string(), &sheet.max.to_string()]);
    if sheet.bonus > Points::ZERO {
        text += &fill(", including {} bonus", &[&sheet.bonus.to_string()]);
    }
    if sheet.curve > Points::ZERO {
        text += &fill(", including {} for the whole class", &[&sheet.curve.to_string()]);
    }
    if sheet.set_total.is_some() {
        text += &fill(", set by the teacher", &[]);
    } else if sheet.penalty > Points::ZERO {
        let days = if sheet.late_days == 1 {
            fill("a day", &[])
        } else {
            fill("{} days", &[&sheet.late_days.to_string()])
        };
        text += &fill(", {} deducted for being {} late", &[&sheet.penalty.to_string(), &days]);
    }
    let end = match (&sheet.status, sheet.passed) {
        (SheetStatus::NotGraded { .. }, _) => ", not final",
        (SheetStatus::Missing, _) => ", nothing was submitted",
        _ if !sheet.omitted.is_empty() => return text + &fill("; not checked here: {}", &[&sheet.omitted.join(", ")]),
        (_, Some(true)) => ", passed",
        (_, Some(false)) => ", not passed",
        _ => return text,
    };
    text + &fill(end, &[])
}

/// The class in one line: `24 graded, 1 not graded, 20 passed; mean 12.5, median 13 of 15`.
fn class_totals(class: &Class) -> String {
    let summary = &class.summary;
    let mut text = format!("{} graded", summary.graded);
    if summary.not_graded > 0 {
        text += &format!(", {} not graded", summary.not_graded);
    }
    if summary.missing > 0 {
        text += &format!(", {} missing", summary.missing);
    }
    if class.sheets.iter().any(|sheet| sheet.passed.is_some()) {
        text += &format!(", {} passed", summary.passed);
    }
    let mean = summary.mean.rounded(Points::whole(1).share(1, 10));
    let max = class.sheets.first().map(|sheet| format!(" of {}", sheet.max)).unwrap_or_default();
    text + &format!("; mean {mean}, median {}{max}", summary.median)
}

#[cfg(test)]
mod tests;
