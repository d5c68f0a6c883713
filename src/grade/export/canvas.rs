//! Canvas' grade book, filled in.

use super::moodle::{read, scaled, set, sheet_of};
use super::table::write;
use crate::grade::Points;
use crate::grade::sheet::{Class, Student};

/// The grade book with one column filled in: that of the rubric's title, or the only one of an assignment.
///
/// # Errors
/// Why it is no grade book, or which columns there are to choose from.
pub fn canvas(class: &Class, book: &str) -> Result<String, String> {
    let (heads, mut rows) = read(book)?;
    let column = |name: &str| heads.iter().position(|head| head.trim().eq_ignore_ascii_case(name));
    let (name, id, login) = (column("Student"), column("ID"), column("SIS Login ID"));
    if name.is_none() || id.is_none() {
        return Err("it has no columns `Student` and `ID`: export the grade book".to_owned());
    }
    // `Week 3 (12345)`.
    let assignment = |head: &String| {
        let (title, number) = head.trim().strip_suffix(')')?.rsplit_once(" (")?;
        number.bytes().all(|byte| byte.is_ascii_digit()).then(|| title.to_owned())
    };
    let all: Vec<(usize, String)> =
        heads.iter().enumerate().filter_map(|(at, head)| Some((at, assignment(head)?))).collect();
    let same = all.iter().find(|(_, title)| title.eq_ignore_ascii_case(class.title.trim()));
    let at = match (same, &all[..]) {
        (Some((at, _)), _) => *at,
        (None, [(at, _)]) => *at,
        (None, []) => return Err("it has no column of an assignment, such as `Week 3 (12345)`".to_owned()),
        (None, _) => {
            let names: Vec<String> = all.iter().map(|(_, title)| format!("`{title}`")).collect();
            return Err(format!("no column is called `{}`; there are {}", class.title, names.join(", ")));
        }
    };
    let mut most = None;
    for row in &mut rows {
        let text = |at: Option<usize>| {
            at.and_then(|at| row.get(at)).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
        };
        if text(name).is_some_and(|name| name.starts_with("Points Possible")) {
            most = text(Some(at)).and_then(|most| Points::new(most.parse().ok()?)).filter(|most| *most > Points::ZERO);
            continue;
        }
        let student = Student {
            id: text(login).or(text(name)).unwrap_or_default(),
            name: text(name),
            login: text(login),
            email: None,
            platform_id: text(id),
        };
        let sheet = sheet_of(class, &student).filter(|sheet| sheet.is_graded());
        if let Some(sheet) = sheet {
            set(row, at, most.map_or(sheet.total, |most| scaled(sheet, most)).to_string());
        }
    }
    Ok(write(std::iter::once(heads).chain(rows).collect()))
}
