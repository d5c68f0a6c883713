//! JUnit's XML: a suite a student, a case a criterion.

use super::{line, reason};
use crate::grade::sheet::{Sheet, Status};
use crate::text::escape::xml;

pub fn junit(title: &str, sheets: &[Sheet]) -> String {
    let count = |sheets: &[Sheet], of: fn(&Status) -> bool| {
        sheets.iter().flat_map(|sheet| &sheet.marks).filter(|mark| of(&mark.status)).count()
    };
    let failed = |status: &Status| matches!(status, Status::Missed | Status::Partly);
    let skipped = |status: &Status| matches!(status, Status::Skipped { .. });
    let broken = |status: &Status| matches!(status, Status::NotGraded { .. });
    let numbers = |sheets: &[Sheet]| {
        format!(
            "tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\"",
            count(sheets, |_| true),
            count(sheets, failed),
            count(sheets, broken),
            count(sheets, skipped)
        )
    };
    let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let all = format!(
        "tests=\"{}\" failures=\"{}\" errors=\"{}\"",
        count(sheets, |_| true),
        count(sheets, failed),
        count(sheets, broken)
    );
    text += &format!("<testsuites name=\"{}\" {all}>\n", xml(title));
    for sheet in sheets {
        let name = xml(&sheet.student.id);
        text += &format!("  <testsuite name=\"{name}\" {}>\n", numbers(std::slice::from_ref(sheet)));
        for mark in &sheet.marks {
            text += &format!("    <testcase classname=\"{name}\" name=\"{}\"", xml(&mark.title));
            let reason = reason(mark, sheet).unwrap_or_default();
            let body = match &mark.status {
                Status::Met => String::new(),
                Status::Skipped { .. } => format!("      <skipped message=\"{}\"/>\n", xml(&reason)),
                Status::NotGraded { .. } => {
                    format!("      <error type=\"not graded\" message=\"{}\"/>\n", xml(&reason))
                }
                Status::Partly | Status::Missed => {
                    let message = format!("{} of {} points", mark.points, mark.max);
                    let lines: Vec<String> = mark.losses.iter().map(|loss| xml(&line(loss)).into_owned()).collect();
                    format!(
                        "      <failure type=\"{}\" message=\"{}\">{}</failure>\n",
                        xml(&mark.id),
                        xml(&message),
                        lines.join("\n")
                    )
                }
            };
            text += &match body.is_empty() {
                true => "/>\n".to_owned(),
                false => format!(">\n{body}    </testcase>\n"),
            };
        }
        text += "  </testsuite>\n";
    }
    text + "</testsuites>\n"
}
