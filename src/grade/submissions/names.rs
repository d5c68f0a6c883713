//! Reads the student from the file names in exports of learning platforms.

use std::sync::LazyLock;

use regex::Regex;

use crate::grade::sheet::Student;

/// The parts of an exported file name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct ExportName {
    pub(super) student: Student,
    /// The student's name for the file, if the export keeps it.
    pub(super) file: Option<String>,
    pub(super) late: bool,
}

/// `Full Name_12345_assignsubmission_file_Dockerfile`, a file or a directory.
static MOODLE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?s)^(?<name>.+?)_(?<id>\d+)_assignsubmission_(?:file|onlinetext)(?:_(?<file>.*))?$")
        .expect("a valid pattern")
});

/// `doejane_LATE_12345_67890_project.zip`.
static CANVAS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?s)^(?<name>[^_]+)_(?:(?<late>LATE)_)?(?<id>\d+)_(?<number>\d+)_(?<file>.+)$")
        .expect("a valid pattern")
});

/// `name` is the name of a file or directory without an archive's extension; `slug` is the assignment's.
pub(super) fn read(name: &str, slug: Option<&str>) -> ExportName {
    if let Some(found) = MOODLE.captures(name) {
        let file = found.name("file").map(|file| file.as_str().to_owned()).filter(|file| !file.is_empty());
        let student = Student {
            id: format!("{} {}", &found["name"], &found["id"]),
            name: Some(found["name"].to_owned()),
            platform_id: Some(found["id"].to_owned()),
            ..Student::default()
        };
        return ExportName { student, file, late: false };
    }
    if let Some(found) = CANVAS.captures(name) {
        let student = Student {
            id: format!("{} {}", &found["name"], &found["id"]),
            name: Some(found["name"].to_owned()),
            platform_id: Some(found["id"].to_owned()),
            ..Student::default()
        };
        return ExportName { student, file: Some(found["file"].to_owned()), late: found.name("late").is_some() };
    }
    if let Some(login) = slug.and_then(|slug| name.strip_prefix(slug)?.strip_prefix('-')).filter(|it| !it.is_empty()) {
        let student = Student { id: login.to_owned(), login: Some(login.to_owned()), ..Student::default() };
        return ExportName { student, file: None, late: false };
    }
    ExportName { student: Student { id: name.to_owned(), ..Student::default() }, file: None, late: false }
}

/// Whether it is a name in an export, where the student's name precedes the file's.
pub(super) fn is_export(name: &str) -> bool {
    MOODLE.is_match(name) || CANVAS.is_match(name)
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
