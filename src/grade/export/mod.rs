//! Results, as people and other programs want them: one file a format, each a pure function from sheets to text.
//!
//! All text in a sheet is untrusted. Whatever a student may read is made from [`Sheet::for_student`].

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
use std::str::FromStr;

pub use canvas::canvas;
pub use classroom::classroom;
pub use gradescope::gradescope;
pub use html::{class_page, student_page};
pub use junit::junit;
pub use markdown::markdown;
pub use moodle::moodle;
pub use prairielearn::prairielearn;
pub use table::table;
pub use terminal::{class_table, details};

use super::Points;
use super::sheet::{Class, Loss, Mark, Sheet, Spot, Status};
use crate::text::Variants;
use crate::text::hash::hash;

/// What is written, each to a file of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Format {
    /// A line of JSON for each student: everything there is.
    Jsonl,
    /// A table, a row for each student.
    Csv,
    /// A page for each student.
    Markdown,
    /// A page for each student and one of the class, which need nothing else.
    Html,
    /// results.json of Gradescope's autograders
    Gradescope,
    /// What the steps of a GitHub Classroom workflow hand to its reporter
    Classroom,
    /// results.json of PrairieLearn's external graders
    Prairielearn,
    Junit,
}

impl Format {
    pub fn as_str(self) -> &'static str {
        match self {
            Format::Jsonl => "jsonl",
            Format::Csv => "csv",
            Format::Markdown => "markdown",
            Format::Html => "html",
            Format::Gradescope => "gradescope",
            Format::Classroom => "classroom",
            Format::Prairielearn => "prairielearn",
            Format::Junit => "junit",
        }
    }
}

impl Variants for Format {
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
        Format::as_str(self)
    }
}

impl FromStr for Format {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::from_name(text).ok_or_else(|| format!("expected one of: {}", Self::list()))
    }
}

/// Lines of JSON, by student.
pub fn jsonl(class: &Class) -> String {
    let lines = class.sheets.iter().map(|sheet| serde_json::to_string(sheet).unwrap_or_default() + "\n");
    lines.collect()
}

/// A JUnit report of a whole class.
pub fn junit_class(class: &Class) -> String {
    junit(&class.title, &class.sheets)
}

/// Names for the students' files: what is safe in every file system, and unique.
pub fn file_names(sheets: &[Sheet]) -> Vec<String> {
    let mut taken: BTreeMap<String, usize> = BTreeMap::new();
    let mut names = Vec::with_capacity(sheets.len());
    for sheet in sheets {
        let id = &sheet.student.id;
        let plain = |ch: char| if ch.is_ascii_alphanumeric() || matches!(ch, '-' | '_' | '.') { ch } else { '_' };
        let mut name: String = id.chars().take(60).map(plain).collect();
        let bare = name.trim_start_matches(['.', '-']);
        if bare != *id || bare.is_empty() {
            name = format!("{bare}{}{:08x}", if bare.is_empty() { "" } else { "-" }, hash(&[id.as_bytes()]) as u32);
        }
        // Some file systems do not tell cases apart.
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
fn place(spot: &Spot) -> String {
    match (spot.line, spot.column) {
        (Some(line), Some(column)) => format!("{}:{line}:{column}", spot.file),
        (Some(line), None) => format!("{}:{line}", spot.file),
        _ => spot.file.clone(),
    }
}

/// `12 of 15`.
fn of(points: Points, max: Points) -> String {
    format!("{points} of {max}")
}

/// How a criterion went, in a word or two.
fn word(status: &Status) -> &'static str {
    match status {
        Status::Met => "met",
        Status::Partly => "partly met",
        Status::Missed => "missed",
        Status::Skipped { .. } => "not tried",
        Status::NotGraded { .. } => "not graded",
    }
}

/// Why it was not tried or graded, as a sentence; the criterion it needs by its title.
fn reason(mark: &Mark, sheet: &Sheet) -> Option<String> {
    match &mark.status {
        Status::Skipped { needs } => {
            let title = sheet.marks.iter().find(|other| other.id == *needs).map(|other| other.title.as_str());
            Some(format!("it needs “{}”", title.unwrap_or(needs)))
        }
        Status::NotGraded { why } => Some(why.clone()),
        _ => None,
    }
}

/// What a loss says, in one line.
fn line(loss: &Loss) -> String {
    let place = loss.place.as_ref().map(|spot| format!("{}: ", place(spot))).unwrap_or_default();
    let more = match loss.more {
        0 => String::new(),
        1 => " (and one more of the kind)".to_owned(),
        more => format!(" (and {more} more of the kind)"),
    };
    format!("{place}{}{more}", loss.what)
}

/// All that a loss says: the line, why it matters, and what earns it back.
fn paragraph(loss: &Loss) -> String {
    let parts = [line(loss), loss.why.clone(), loss.earn_back.clone()];
    parts.into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join("\n")
}

/// The reasons that a page has given: each is given once.
#[derive(Default)]
struct Told(BTreeSet<String>);

impl Told {
    fn is_new(&mut self, why: &str) -> bool {
        !why.is_empty() && self.0.insert(why.to_owned())
    }
}

/// The head of a sheet: points, and what became of them.
fn headline(sheet: &Sheet) -> String {
    let mut text = format!("{} points", of(sheet.total, sheet.max));
    if sheet.bonus > Points::ZERO {
        text += &format!(", {} of them bonus", sheet.bonus);
    }
    if sheet.penalty > Points::ZERO {
        let days = if sheet.late_days == 1 { "a day".to_owned() } else { format!("{} days", sheet.late_days) };
        text += &format!(", {} lost for being {days} late", sheet.penalty);
    }
    match (&sheet.status, sheet.passed) {
        (super::sheet::Graded::NotGraded { .. }, _) => text += ", not final",
        (_, Some(true)) => text += ", passed",
        (_, Some(false)) => text += ", not passed",
        _ => {}
    }
    text
}

#[cfg(test)]
mod tests;
