//! A class of invented submissions with the marks that a teacher expects, graded twice with the same bytes.

use plimsoll::grade::export::jsonl;
use plimsoll::grade::sheet::MarkStatus;

use crate::{directory, exported, grade, rubric};

const CLASS: &str = include_str!("class_of_sixty.txt");

/// In the order of the letters in the table.
const RUBRIC: &str = "pass = 50\n\
    [[criterion]]\nid = 'P'\npoints = 10\nrequire = { bases-pinned = 'tag' }\n\
    [[criterion]]\nid = 'U'\npoints = 10\nrequire = { not-root = true }\n\
    [[criterion]]\nid = 'E'\npoints = 10\nrequire = { exec-form = true }\n\
    [[criterion]]\nid = 'S'\npoints = 10\nrequire = { stages = '>= 2', copy-from-stage = true }\n\
    [[criterion]]\nid = 'A'\npoints = 10\nrequire = { lacks = 'ADD' }\n\
    [[criterion]]\nid = 'H'\npoints = 10\nrequire = { healthcheck = true }\n";

#[test]
fn the_marks_that_a_teacher_expects() {
    let rows = CLASS.lines().filter(|line| !line.starts_with('#')).map(|line| {
        let mut cells = line.splitn(3, '|').map(str::trim);
        let mut cell = || cells.next().unwrap_or_default().to_owned();
        (cell(), cell(), cell().replace("; ", "\n") + "\n")
    });
    let rows: Vec<(String, String, String)> = rows.collect();
    assert!(rows.len() >= 60);
    let paths: Vec<String> = rows.iter().map(|(_, id, _)| format!("{id}/Dockerfile")).collect();
    let files: Vec<(&str, &str)> = paths.iter().zip(&rows).map(|(path, row)| (path.as_str(), row.2.as_str())).collect();
    let class = directory(&files);
    let rubric = rubric(RUBRIC);
    let graded = grade(&rubric, class.path());
    let mut wrong = Vec::new();
    for ((expected, id, text), sheet) in rows.iter().zip(&graded.sheets) {
        assert_eq!(&sheet.student.id, id);
        let letter = |mark: &plimsoll::grade::sheet::Mark| match mark.status {
            MarkStatus::Met => mark.id.clone(),
            _ => "-".to_owned(),
        };
        let marks: String = sheet.marks.iter().map(letter).collect();
        if marks != *expected {
            wrong.push(format!("{id}: {marks}, expected {expected}: {text:?}"));
        }
        let met = expected.bytes().filter(|byte| *byte != b'-').count() as i64;
        assert!(marks != *expected || sheet.total == plimsoll::grade::Points::whole(10 * met), "{id}: {}", sheet.total);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let again = grade(&rubric, class.path());
    assert!(exported(|out| jsonl(&graded, out)) == exported(|out| jsonl(&again, out)));
}
