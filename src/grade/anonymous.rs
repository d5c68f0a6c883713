//! Grading without names: pseudonyms instead of students.

use super::export::csv;
use super::sheet::Student;
use super::submissions::columns::Table;
use super::summary::Class;

/// Replaces names by pseudonyms. Returns the list of who is who, as CSV.
pub fn anonymize(class: &mut Class) -> String {
    let mut rows = vec![["pseudonym", "id", "name"].map(str::to_owned).to_vec()];
    for sheet in &mut class.sheets {
        let student = &sheet.student;
        let pseudonym = student.pseudonym();
        rows.push(vec![pseudonym.clone(), student.id.clone(), student.name.clone().unwrap_or_default()]);
        for pair in &mut class.similar {
            for name in [&mut pair.one, &mut pair.other] {
                if *name == student.id {
                    name.clone_from(&pseudonym);
                }
            }
        }
        sheet.student = Student { id: pseudonym.clone(), ..Student::default() };
        sheet.submission = pseudonym;
    }
    csv(rows)
}

/// All ids that a student has: the one given, which may be a pseudonym, and what the list of who is who says beside it.
pub fn ids(given: &str, identities: Option<&str>) -> Vec<String> {
    let mut ids = vec![given.to_owned(), Student { id: given.to_owned(), ..Student::default() }.pseudonym()];
    let rows = identities.and_then(|list| Table::read(list).ok()).map(|table| table.rows).unwrap_or_default();
    let named = rows.into_iter().filter(|(_, row)| row.first().is_some_and(|pseudonym| *pseudonym == given));
    ids.extend(named.filter_map(|(_, row)| row.get(1).cloned()));
    ids
}

/// The list of who is who without a student.
///
/// # Errors
/// A phrase that says why it is not such a list.
pub fn without(ids: &[String], identities: &str) -> Result<String, String> {
    let table = Table::read(identities)?;
    let rows = table.rows.into_iter().map(|(_, row)| row).filter(|row| !row.iter().take(2).any(|cell| ids.contains(cell)));
    Ok(csv(std::iter::once(table.heads).chain(rows).collect()))
}
