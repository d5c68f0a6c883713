//! Fills in Moodle's offline grading worksheet.

use super::table::{cell, write};
use super::{headline, loss_line};
use crate::grade::Points;
use crate::grade::rubric::Feedback;
use crate::grade::sheet::{Class, Sheet, Student};
use crate::grade::submissions::Roster;

/// The worksheet with grades and comments. The row of a student who is not graded stays unchanged, because a comment without
/// a grade would delete the grade.
///
/// # Errors
/// Why the text is not a worksheet, as a sentence.
pub fn moodle(class: &Class, worksheet: &str, feedback: Feedback) -> Result<String, String> {
    let (heads, mut rows) = read(worksheet)?;
    let column = |name: &str| heads.iter().position(|head| head.trim().eq_ignore_ascii_case(name));
    let grade = column("Grade").ok_or("no column `Grade`; export the assignment's grading worksheet")?;
    let comments = column("Feedback comments");
    let (max, id, name, email) =
        (column("Maximum Grade"), column("Identifier"), column("Full name"), column("Email address"));
    for row in &mut rows {
        let text = |at: Option<usize>| {
            at.and_then(|at| row.get(at)).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
        };
        let number = text(id).map(|id| id.trim_start_matches("Participant ").to_owned());
        let student = Student {
            id: text(email).or(text(name)).or(number.clone()).unwrap_or_default(),
            name: text(name),
            email: text(email),
            platform_id: number,
            login: None,
        };
        let Some(sheet) = sheet_of(class, &student).filter(|sheet| sheet.is_graded()) else { continue };
        let max = text(max)
            .and_then(|max| Points::new(max.replace(',', ".").parse().ok()?))
            .filter(|max| *max > Points::ZERO);
        let comment = comment(&sheet.for_student(feedback));
        let points = max.map_or(sheet.total, |max| scaled(sheet, max));
        set(row, grade, points.to_string());
        if let Some(at) = comments {
            set(row, at, comment);
        }
    }
    Ok(write(std::iter::once(heads).chain(rows).collect()))
}

/// The total in a gradebook whose maximum is `max`.
pub(super) fn scaled(sheet: &Sheet, max: Points) -> Points {
    let all = (sheet.max.as_f64() * 1000.0).round().max(0.0) as u64;
    if max == sheet.max || all == 0 {
        return sheet.total;
    }
    max.share((sheet.total.as_f64() * 1000.0).round().max(0.0) as u64, all).rounded(Points::whole(1).share(1, 100))
}

pub(super) fn read(text: &str) -> Result<(Vec<String>, Vec<Vec<String>>), String> {
    let text = text.trim_start_matches('\u{feff}');
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
    let heads = reader.headers().map_err(|error| format!("invalid CSV: {error}"))?;
    let heads: Vec<String> = heads.iter().map(str::to_owned).collect();
    let rows = reader.records().map(|record| record.map(|record| record.iter().map(str::to_owned).collect::<Vec<_>>()));
    let rows: Result<Vec<_>, csv::Error> = rows.collect();
    Ok((heads, rows.map_err(|error| format!("invalid CSV: {error}"))?))
}

pub(super) fn set(row: &mut Vec<String>, at: usize, text: String) {
    if row.len() <= at {
        row.resize(at + 1, String::new());
    }
    row[at] = text;
}

/// The sheet of the student that a row names.
pub(super) fn sheet_of<'c>(class: &'c Class, student: &Student) -> Option<&'c Sheet> {
    let by_number = class
        .sheets
        .iter()
        .find(|sheet| sheet.student.platform_id.is_some() && sheet.student.platform_id == student.platform_id);
    by_number.or_else(|| {
        let roster = Roster::single(student);
        class.sheets.iter().find(|sheet| roster.find(&sheet.student).is_some())
    })
}

fn comment(sheet: &Sheet) -> String {
    let mut lines = vec![headline(sheet)];
    for mark in &sheet.marks {
        for loss in &mark.losses {
            lines.push(format!("{} (−{}): {}", mark.title, loss.points, loss_line(loss)));
        }
    }
    cell(&lines.join("; "))
}
