//! `results.json` for Gradescope autograders.

use serde_json::{Value, json};

use super::{headline, loss_paragraph, markdown, skip_reason};
use crate::grade::rubric::Feedback;
use crate::grade::sheet::{MarkStatus, Sheet, SheetStatus};

/// Includes hidden criteria, marked as hidden: only teachers see them. A sheet that is not graded has no score, so
/// Gradescope asks for another run instead of recording a zero.
pub fn gradescope(title: &str, sheet: &Sheet, feedback: Feedback) -> String {
    let visible = sheet.for_student(feedback);
    if let SheetStatus::NotGraded { why } = &sheet.status {
        let output = format!("Not graded yet (no points lost): {why}");
        return format!("{:#}\n", json!({ "output": output, "output_format": "text", "visibility": "visible" }));
    }
    let tests: Vec<Value> = (1..)
        .zip(&sheet.marks)
        .map(|(number, mark)| {
            let shown = visible.marks.iter().find(|other| other.id == mark.id).unwrap_or(mark);
            let mut output: Vec<String> = shown.losses.iter().map(loss_paragraph).collect();
            output.extend(if mark.hidden { skip_reason(mark, sheet) } else { skip_reason(shown, &visible) });
            output.extend(shown.praise.iter().map(|praise| format!("done well: {praise}")));
            json!({
                "score": mark.points,
                "max_score": if mark.bonus { json!(0) } else { json!(mark.max) },
                "status": if mark.status == MarkStatus::Met { "passed" } else { "failed" },
                "name": mark.title,
                "name_format": "text",
                "number": number.to_string(),
                "output": output.join("\n\n"),
                "output_format": "text",
                "visibility": if mark.hidden { "hidden" } else { "visible" },
                "extra_data": { "id": mark.id },
            })
        })
        .collect();
    let results = json!({
        "score": sheet.total,
        "output": format!("{title}: {}", headline(&visible)),
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "tests": tests,
        "extra_data": { "sheet": sheet, "feedback": markdown(title, &visible) },
    });
    format!("{results:#}\n")
}
