//! `results.json` of PrairieLearn's external graders.

use serde_json::{Value, json};

use super::{headline, paragraph, reason};
use crate::grade::Points;
use crate::grade::sheet::{Graded, Sheet};

/// How much text goes along, so that the file stays below a megabyte.
const MOST: usize = 8_000;

/// What is not graded is not gradable: no attempt is used up.
pub fn prairielearn(title: &str, sheet: &Sheet) -> String {
    if let Graded::NotGraded { why } = &sheet.status {
        let message = format!("Not graded yet, which is nobody's loss: {why}");
        return format!("{:#}\n", json!({ "gradable": false, "message": message, "format_errors": [message] }));
    }
    let tests: Vec<Value> = sheet
        .marks
        .iter()
        .map(|mark| {
            let mut output: Vec<String> = mark.losses.iter().map(paragraph).collect();
            output.extend(reason(mark, sheet));
            let output: String = output.join("\n\n").chars().take(MOST).collect();
            json!({
                "name": mark.title,
                "description": mark.id,
                // Points of a bonus would show as more than there are.
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
