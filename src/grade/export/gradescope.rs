//! `results.json` of Gradescope's autograders.

use serde_json::{Value, json};

use super::{headline, markdown, paragraph, reason};
use crate::grade::rubric::Feedback;
use crate::grade::sheet::{Graded, Sheet, Status};

/// Hidden criteria are in it, and hidden: only teachers see them, and what the class keeps for grading again. A sheet that
/// is not graded has no score, so that Gradescope asks for another run instead of giving a zero.
pub fn gradescope(title: &str, sheet: &Sheet, feedback: Feedback) -> String {
    let told = sheet.for_student(feedback);
    if let Graded::NotGraded { why } = &sheet.status {
        let output = format!("Not graded yet, which is nobody's loss: {why}");
        return format!("{:#}\n", json!({ "output": output, "output_format": "text", "visibility": "visible" }));
    }
    let tests: Vec<Value> = (1..)
        .zip(&sheet.marks)
        .map(|(number, mark)| {
            let shown = told.marks.iter().find(|other| other.id == mark.id).unwrap_or(mark);
            let mut output: Vec<String> = shown.losses.iter().map(paragraph).collect();
            output.extend(if mark.hidden { reason(mark, sheet) } else { reason(shown, &told) });
            output.extend(shown.praise.iter().map(|praise| format!("kept: {praise}")));
            json!({
                "score": mark.points,
                "max_score": if mark.bonus { json!(0) } else { json!(mark.max) },
                "status": if mark.status == Status::Met { "passed" } else { "failed" },
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
        "output": format!("{title}: {}", headline(&told)),
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "tests": tests,
        "extra_data": { "sheet": sheet, "feedback": markdown(title, &told) },
    });
    format!("{results:#}\n")
}
