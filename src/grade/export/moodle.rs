//! Fills in Moodle's offline grading worksheet.

use super::table::{cell, write_with};
use super::{headline, loss_line};
use crate::grade::Points;
use crate::grade::rubric::Feedback;
use crate::grade::sheet::{Sheet, Student};
use crate::grade::summary::Class;
use crate::grade::submissions::Roster;
use crate::grade::submissions::columns::{Column, Table, cell as cell_of, participant};

/// The worksheet with grades and comments. The row of a student who is not graded stays unchanged, because a comment without
/// a grade would delete the grade.
///
/// # Errors
/// Why the text is not a worksheet, as a sentence.
pub fn moodle(class: &Class, worksheet: &str, feedback: Feedback) -> Result<String, String> {
    let mut table = Table::read(worksheet)?;
    let column = |column| table.position(column);
    let missing = || format!("no column of grades, only {}; export the assignment's grading worksheet", table.heads.join(", "));
    let grade = column(Column::Grade).ok_or_else(missing)?;
    let comments = column(Column::Feedback);
    let identifier = column(Column::Identifier).or(column(Column::Id));
    let (max, name, email) = (column(Column::MaxGrade), column(Column::Name), column(Column::Email));
    for (_, row) in &mut table.rows {
        let text = |at: Option<usize>| cell_of(row, at);
        let number = text(identifier).and_then(|id| participant(&id).map(str::to_owned).or(Some(id)));
        let student = Student {
            id: text(email).or(text(name)).or(number.clone()).unwrap_or_default(),
            name: text(name),
            email: text(email),
            platform_id: number,
            login: None,
        };
        let Some(sheet) = sheet_of(class, &student).filter(|sheet| sheet.is_graded()) else { continue };
        // Localised worksheets have decimal commas.
        let written = text(max);
        let comma = written.as_ref().is_some_and(|max| max.contains(','));
        let max = written
            .and_then(|max| Points::new(max.replace(',', ".").parse().ok()?))
            .filter(|max| *max > Points::ZERO);
        let whole = class.whole(sheet).map_err(|error| error.to_string())?;
        let comment = comment(&whole.for_student(feedback));
        let points = max.map_or(sheet.total, |max| scaled(sheet, max)).to_string();
        set(row, grade, if comma { points.replace('.', ",") } else { points });
        if let Some(at) = comments {
            set(row, at, comment);
        }
    }
    Ok(write_table(table))
}

/// The total in a gradebook whose maximum is `max`, to the hundredth.
pub(super) fn scaled(sheet: &Sheet, max: Points) -> Points {
    match max == sheet.max {
        true => sheet.total,
        false => max.scaled(sheet.total, sheet.max, Points::hundredths(1)),
    }
}

/// The table as it was read, with its own separator.
pub(super) fn write_table(table: Table) -> String {
    let rows = table.rows.into_iter().map(|(_, row)| row);
    write_with(std::iter::once(table.heads).chain(rows).collect(), table.delimiter)
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
