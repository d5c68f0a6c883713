//! `grades.csv`: a row for each student.

use std::borrow::Cow;
use std::io::{self, Write};

use crate::grade::sheet::{MarkStatus, SheetStatus};
use crate::grade::summary::Class;
use crate::text::escape::visible;

/// The text as a cell that no spreadsheet takes for a formula, on one line.
pub(super) fn cell(text: &str) -> String {
    let text = visible(text);
    let is_formula_sign = |ch: char| matches!(ch, '=' | '+' | '-' | '@' | '|' | '%' | '＝' | '＋' | '－' | '＠');
    match text.trim_start().starts_with(is_formula_sign) || text.starts_with(['␉', '␍', '␊']) {
        true => format!("'{text}"),
        false => text.into_owned(),
    }
}

pub(super) fn write(rows: Vec<Vec<String>>) -> String {
    write_with(rows, b',')
}

pub(super) fn write_with(rows: Vec<Vec<String>>, delimiter: u8) -> String {
    let mut writer = csv::WriterBuilder::new().delimiter(delimiter).flexible(true).from_writer(Vec::new());
    for row in rows {
        // Writing to memory cannot fail.
        let _ = writer.write_record(&row);
    }
    let bytes = writer.into_inner().unwrap_or_default();
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The table of a class.
pub fn table(class: &Class) -> String {
    let mut bytes = Vec::new();
    // Writing to memory cannot fail.
    let _ = write_table(class, &mut bytes);
    String::from_utf8_lossy(&bytes).into_owned()
}

/// # Errors
/// When `out` cannot be written.
pub fn write_table(class: &Class, out: &mut dyn Write) -> io::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    let mut head: Vec<String> = [
        "id", "name", "login", "email", "total", "max", "percent", "passed", "status", "bonus", "penalty", "late-days",
        "submission", "flags", "comment",
    ]
    .map(str::to_owned)
    .to_vec();
    head.extend(class.criteria.iter().map(|column| cell(&column.id)));
    writer.write_record(&head)?;
    for sheet in &class.sheets {
        let text = |text: &Option<String>| cell(text.as_deref().unwrap_or_default());
        let status: Cow<'_, str> = match &sheet.status {
            SheetStatus::Graded => "graded".into(),
            SheetStatus::NotGraded { why } => format!("not graded: {why}").into(),
            SheetStatus::Missing => "missing".into(),
        };
        let final_total = if sheet.is_graded() { sheet.total.to_string() } else { String::new() };
        let percent = if sheet.is_graded() { sheet.percent().to_string() } else { String::new() };
        let passed = sheet.passed.map_or("", |passed| if passed { "yes" } else { "no" });
        let mut row = vec![
            cell(&sheet.student.id),
            text(&sheet.student.name),
            text(&sheet.student.login),
            text(&sheet.student.email),
            final_total,
            sheet.max.to_string(),
            percent,
            passed.to_owned(),
            cell(&status),
            sheet.bonus.to_string(),
            sheet.penalty.to_string(),
            sheet.late_days.to_string(),
            cell(&sheet.submission),
            sheet.flags.iter().map(|flag| flag.as_str()).collect::<Vec<_>>().join("; "),
            text(&sheet.comment),
        ];
        for column in &class.criteria {
            let mark = sheet.marks.iter().find(|mark| mark.id == column.id);
            row.push(match mark {
                Some(mark) if !matches!(mark.status, MarkStatus::NotGraded { .. }) => mark.points.to_string(),
                _ => String::new(),
            });
        }
        writer.write_record(&row)?;
    }
    writer.flush()
}
