//! `results.json` for PrairieLearn external graders.

use serde_json::{Value, json};

use super::{headline, loss_paragraph, skip_reason};
use crate::grade::Points;
use crate::grade::sheet::{Sheet, SheetStatus};

/// The longest output of a criterion in characters; keeps the file below a megabyte.
const MAX_OUTPUT: usize = 8_000;

/// A sheet that is not graded is reported as not gradable, so it does not use up an attempt.
pub fn prairielearn(title: &str, sheet: &Sheet) -> String {
    if let SheetStatus::NotGraded { why } = &sheet.status {
        let message = format!("Not graded yet (no points lost): {why}");
        return format!("{:#}\n", json!({ "gradable": false, "message": message, "format_errors": [message] }));
    }
    let tests: Vec<Value> = sheet
        .marks
        .iter()
        .map(|mark| {
            let mut output: Vec<String> = mark.losses.iter().map(loss_paragraph).collect();
            output.extend(skip_reason(mark, sheet));
            let output: String = output.join("\n\n").chars().take(MAX_OUTPUT).collect();
            json!({
                "name": mark.title,
                "description": mark.id,
                // The points of a bonus would exceed the maximum.
                "points": mark.points,
                "max_points": mark.max,
                "message": mark.praise.join("\n"),
                "output": output,
            })
        })
        .collect();
    let score =
        if sheet.max > Points::ZERO { (sheet.total.as_f64() / sheet.max.as_f64()).clamp(0.0, 1.0) } else { 1.0 };
    let results = json!({
        "gradable": true,
        "score": (score * 10_000.0).round() / 10_000.0,
        "message": format!("{title}: {}", headline(sheet)),
        "tests": tests,
    });
    format!("{results:#}\n")
}
