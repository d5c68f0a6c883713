//! Reads the student from the file names in exports of learning platforms.

use std::sync::LazyLock;

use regex::Regex;

use crate::grade::sheet::Student;
use crate::grade::times::Moment;

/// The parts of an exported file name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct ExportName {
    pub(super) student: Student,
    /// The student's name for the file, if the export keeps it.
    pub(super) file: Option<String>,
    pub(super) late: bool,
    /// When it was submitted, if the export says so.
    pub(super) submitted: Option<Moment>,
}

/// `Full Name_12345_assignsubmission_file_Dockerfile`, a file or a directory. The default group has no number.
static MOODLE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?s)^(?<name>.+?)(?:_(?<id>\d+))?_assignsubmission_(?:file|onlinetext)(?:_(?<file>.*))?$")
        .expect("a valid pattern")
});

/// `doejane_LATE_12345_67890_project.zip`.
static CANVAS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?s)^(?<name>.+?)_(?:(?<late>LATE)_)?(?<id>\d+)_(?<number>\d+)_(?<file>.+)$")
        .expect("a valid pattern")
});

/// `LATE_anon_aB3dE_67890_project.zip`, where students are anonymous.
static CANVAS_ANONYMOUS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?s)^(?:(?<late>LATE)_)?anon_(?<id>[A-Za-z0-9]{5})_(?<number>\d+)_(?<file>.+)$")
        .expect("a valid pattern")
});

/// `submission_12345`, a directory of Gradescope's export.
static GRADESCOPE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^submission_(?<id>\d+)$").expect("a valid pattern"));

/// `name` is the name of a file or directory without an archive's extension; `slug` is the assignment's.
pub(super) fn read(name: &str, slug: Option<&str>) -> ExportName {
    if let Some(found) = MOODLE.captures(name) {
        let file = found.name("file").map(|file| file.as_str().to_owned()).filter(|file| !file.is_empty());
        let number = found.name("id").map(|id| id.as_str());
        return ExportName { student: numbered(&found["name"], number), file, ..ExportName::default() };
    }
    if let Some(found) = CANVAS_ANONYMOUS.captures(name) {
        let student = Student { id: format!("anon_{}", &found["id"]), ..Student::default() };
        let (file, late) = (Some(found["file"].to_owned()), found.name("late").is_some());
        return ExportName { student, file, late, submitted: None };
    }
    if let Some(found) = CANVAS.captures(name) {
        let (file, late) = (Some(found["file"].to_owned()), found.name("late").is_some());
        return ExportName { student: numbered(&found["name"], Some(&found["id"])), file, late, submitted: None };
    }
    if let Some(found) = GRADESCOPE.captures(name) {
        let student = Student { id: name.to_owned(), platform_id: Some(found["id"].to_owned()), ..Student::default() };
        return ExportName { student, ..ExportName::default() };
    }
    if let Some(login) = slug.and_then(|slug| name.strip_prefix(slug)?.strip_prefix('-')).filter(|it| !it.is_empty()) {
        let student = Student { id: login.to_owned(), login: Some(login.to_owned()), ..Student::default() };
        return ExportName { student, ..ExportName::default() };
    }
    ExportName { student: Student { id: name.to_owned(), ..Student::default() }, ..ExportName::default() }
}

/// A student of whom a platform says the name and its own number.
fn numbered(name: &str, number: Option<&str>) -> Student {
    Student {
        id: number.map_or_else(|| name.to_owned(), |number| format!("{name} {number}")),
        name: Some(name.to_owned()),
        platform_id: number.map(str::to_owned),
        ..Student::default()
    }
}

/// Whether it is the name of a submission's directory in an export of Gradescope.
pub(super) fn is_numbered(name: &str) -> bool {
    GRADESCOPE.is_match(name)
}

/// Whether it is a name in an export, where the student's name precedes the file's.
pub(super) fn is_export(name: &str) -> bool {
    MOODLE.is_match(name) || CANVAS.is_match(name) || CANVAS_ANONYMOUS.is_match(name)
}

/// The file's name without the number of an attempt: Canvas exports `Dockerfile-1` and `app-2.py`.
pub(super) fn first_attempt(file: &str) -> String {
    let (stem, end) = match file.rfind('.').filter(|at| *at > 0) {
        Some(at) => file.split_at(at),
        None => (file, ""),
    };
    match stem.rsplit_once('-') {
        Some((name, number))
            if !name.is_empty()
                && !number.is_empty()
                && number.len() < 4
                && number.bytes().all(|byte| byte.is_ascii_digit()) =>
        {
            format!("{name}{end}")
        }
        _ => file.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exports() {
        let named = |name: &str| {
            let named = read(name, Some("week-3"));
            let id = named.student.platform_id.or(named.student.login).unwrap_or_default();
            format!("{}|{id}|{}|{}", named.student.id, named.file.unwrap_or_default(), named.late)
        };
        for (name, want) in [
            ("Ada Lovelace_12345_assignsubmission_file_", "Ada Lovelace 12345|12345||false"),
            ("Ada Lovelace_12345_assignsubmission_file", "Ada Lovelace 12345|12345||false"),
            ("A_B_7_assignsubmission_file_Dockerfile", "A_B 7|7|Dockerfile|false"),
            ("lovelaceada_LATE_12345_678_my_app.zip", "lovelaceada 12345|12345|my_app.zip|true"),
            ("lovelaceada_12345_678_Dockerfile-1", "lovelaceada 12345|12345|Dockerfile-1|false"),
            ("doe_jane_12345_678_Dockerfile", "doe_jane 12345|12345|Dockerfile|false"),
            ("LATE_anon_aB3dE_678_Dockerfile", "anon_aB3dE||Dockerfile|true"),
            ("Default group_assignsubmission_file", "Default group|||false"),
            ("Participant_7_assignsubmission_file", "Participant 7|7||false"),
            ("submission_409194023", "submission_409194023|409194023||false"),
            ("week-3-ada", "ada|ada||false"),
            ("ada", "ada|||false"),
        ] {
            assert_eq!(named(name), want);
        }
        assert_eq!(first_attempt("Dockerfile-1"), "Dockerfile");
        assert_eq!(first_attempt("app-12.py"), "app.py");
        assert_eq!(first_attempt("docker-compose.yml"), "docker-compose.yml");
    }
}
