//! The result of a grading step in a GitHub Classroom workflow, as the autograding reporter reads it once it is base64-encoded.

use serde_json::{Value, json};

use super::{loss_line, skip_reason};
use crate::grade::Points;
use crate::grade::sheet::{MarkStatus, Sheet, SheetStatus};

pub fn classroom(sheet: &Sheet) -> String {
    let mut tests: Vec<Value> = sheet
        .marks
        .iter()
        .map(|mark| {
            let status = match mark.status {
                MarkStatus::Met => "pass",
                MarkStatus::NotGraded { .. } => "error",
                _ => "fail",
            };
            let mut message: Vec<String> =
                mark.losses.iter().map(|loss| format!("{}\n{}", loss_line(loss), loss.earn_back)).collect();
            message.extend(skip_reason(mark, sheet));
            let place = mark.losses.iter().find_map(|loss| loss.place.as_ref());
            json!({
                "name": mark.title,
                "status": status,
                "score": mark.points,
                "message": message.join("\n").trim(),
                "test_code": "",
                "filename": place.map_or("", |place| place.file.as_str()),
                "line_no": place.and_then(|place| place.line).unwrap_or(0),
                "execution_time": "0",
            })
        })
        .collect();
    // The reporter adds up the scores, so the penalty has to be a score too.
    let sum: Points = sheet.marks.iter().map(|mark| mark.points).sum();
    let rest = sheet.total - sum;
    if rest != Points::ZERO && sheet.is_graded() {
        let name = if sheet.penalty > Points::ZERO { "Late" } else { "Rounding" };
        tests.push(json!({
            "name": name, "status": "pass", "score": rest, "message": "", "test_code": "", "filename": "",
            "line_no": 0, "execution_time": "0",
        }));
    }
    let met = sheet.marks.iter().all(|mark| mark.status == MarkStatus::Met || mark.bonus);
    let status = match &sheet.status {
        SheetStatus::NotGraded { .. } => "error",
        SheetStatus::Graded if met => "pass",
        SheetStatus::Graded | SheetStatus::Missing => "fail",
    };
    format!("{:#}\n", json!({ "version": 1, "status": status, "max_score": sheet.max, "tests": tests }))
}
