//! Fills in Canvas's gradebook.

use super::moodle::{scaled, set, sheet_of, write_table};
use crate::grade::Points;
use crate::grade::sheet::Student;
use crate::grade::summary::Class;
use crate::grade::submissions::columns::{Column, Table};

/// The gradebook with one column filled in: the one with the rubric's title, or the only assignment.
///
/// # Errors
/// Why the text is not a gradebook, or which columns there are to choose from.
pub fn canvas(class: &Class, book: &str) -> Result<String, String> {
    let mut table = Table::read(book)?;
    let heads = table.heads.clone();
    let id = heads.iter().position(|head| head.trim().eq_ignore_ascii_case("ID"));
    // The first column has the students, whatever the language.
    let (name, login) = (table.position(Column::Name).or(id.filter(|id| *id > 0).map(|_| 0)), table.position(Column::Login));
    if name.is_none() || id.is_none() {
        return Err("no columns `Student` and `ID`; export the gradebook".to_owned());
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
        (None, []) => return Err("no column of an assignment, such as `Week 3 (12345)`".to_owned()),
        (None, _) => {
            let names: Vec<String> = all.iter().map(|(_, title)| format!("`{title}`")).collect();
            return Err(format!("no column is named `{}`; expected one of: {}", class.title, names.join(", ")));
        }
    };
    let (mut max, mut comma) = (None, false);
    for (_, row) in &mut table.rows {
        let text = |at: Option<usize>| {
            at.and_then(|at| row.get(at)).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
        };
        if text(id).is_none() {
            comma |= text(Some(at)).is_some_and(|max| max.contains(','));
            max = text(Some(at)).and_then(|max| Points::new(max.replace(',', ".").parse().ok()?)).filter(|max| *max > Points::ZERO);
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
            let points = max.map_or(sheet.total, |max| scaled(sheet, max)).to_string();
            set(row, at, if comma { points.replace('.', ",") } else { points });
        }
    }
    Ok(write_table(table))
}
