//! The roster of a class: CSV, or an export of a learning platform. Columns are recognized by many names.

use std::collections::HashMap;
use std::path::Path;

use crate::grade::sheet::Student;
use crate::text::Problem;

/// The largest roster, in bytes.
const MAX_LEN: u64 = 16 << 20;

/// Names of columns, in lower case.
const COLUMNS: [(&str, &[&str]); 8] = [
    (
        "id",
        &[
            "id", "identifier", "student id", "student-id", "student_id", "id number", "matriculation", "matr. nr.",
            "sis user id", "username",
        ],
    ),
    ("name", &["name", "full name", "student", "student name", "display name"]),
    ("first", &["first name", "first-name", "firstname", "given name"]),
    ("last", &["last name", "last-name", "lastname", "surname", "family name"]),
    ("login", &["login", "github_username", "github username", "github", "sis login id", "user"]),
    ("email", &["email", "e-mail", "email address", "mail"]),
    ("platform", &["platform id", "platform-id", "canvas id", "moodle id", "participant"]),
    ("late", &["days-late", "days late", "days_late", "late"]),
];

#[derive(Clone, Debug, Default)]
pub struct Roster {
    pub students: Vec<(Student, u32)>,
    by_key: HashMap<String, usize>,
}

impl Roster {
    /// # Errors
    /// When it cannot be read or is not a roster.
    pub fn read(path: &Path) -> Result<Self, Problem> {
        let fail = |error: String| Problem::error(format!("cannot read the roster `{}`: {error}", path.display()));
        let size = path.metadata().map_err(|error| fail(error.to_string()))?.len();
        if size > MAX_LEN {
            return Err(fail("larger than 16 MiB".to_owned()));
        }
        let bytes = std::fs::read(path).map_err(|error| fail(error.to_string()))?;
        Self::of(&String::from_utf8_lossy(&bytes)).map_err(|problem| Problem {
            message: format!("the roster `{}` {}", path.display(), problem.message),
            ..problem
        })
    }

    /// # Errors
    /// When it has no column that identifies students, or lists one twice.
    pub fn of(text: &str) -> Result<Self, Problem> {
        let text = text.trim_start_matches('\u{feff}');
        let first = text.lines().next().unwrap_or_default();
        let by = [b',', b';', b'\t'].into_iter().max_by_key(|by| first.bytes().filter(|byte| byte == by).count());
        let mut reader =
            csv::ReaderBuilder::new().delimiter(by.unwrap_or(b',')).flexible(true).from_reader(text.as_bytes());
        let heads = reader.headers().map_err(|error| Problem::error(format!("is not CSV: {error}")))?.clone();
        let canvas = heads.iter().any(|head| head.eq_ignore_ascii_case("SIS Login ID"));
        let position = |what: &str| {
            let names = COLUMNS.iter().find(|(name, _)| *name == what).map_or(&[][..], |(_, names)| names);
            names.iter().find_map(|name| heads.iter().position(|head| head.trim().eq_ignore_ascii_case(name)))
        };
        let columns: HashMap<&str, usize> =
            COLUMNS.iter().filter_map(|(name, _)| Some((*name, position(name)?))).collect();
        if !["id", "name", "login", "email", "last"].iter().any(|column| columns.contains_key(column)) {
            let problem = Problem::error("has no column that identifies students");
            return Err(problem.help("use a header such as `id,name,login,email,days-late`"));
        }
        let mut roster = Self::default();
        for record in reader.records() {
            let record = record.map_err(|error| Problem::error(format!("is not CSV: {error}")))?;
            let cell = |column: &str| {
                let text = record.get(*columns.get(column)?)?.trim();
                (!text.is_empty()).then(|| text.to_owned())
            };
            let joined = || match (cell("first"), cell("last")) {
                (None, None) => None,
                (first, last) => Some([first, last].into_iter().flatten().collect::<Vec<_>>().join(" ")),
            };
            let name = cell("name").or_else(joined);
            // Canvas exports a second header row.
            if canvas
                && name
                    .as_deref()
                    .is_some_and(|name| name.starts_with("Points Possible") || name.starts_with("Student, Test"))
            {
                continue;
            }
            let (mut id, mut platform_id) = (cell("id"), cell("platform"));
            if canvas {
                platform_id = id.take();
            }
            // Moodle's worksheet: `Participant 12345`.
            if let Some(number) = id.as_deref().and_then(|id| id.strip_prefix("Participant ")) {
                platform_id = Some(number.to_owned());
                id = None;
            }
            let (login, email) = (cell("login"), cell("email"));
            let Some(id) = id.or(login.clone()).or(email.clone()).or(name.clone()) else { continue };
            let late = cell("late").and_then(|late| late.parse().ok()).unwrap_or(0);
            roster.add(Student { id, name, login, email, platform_id }, late)?;
        }
        Ok(roster)
    }

    /// Adds what another list of the same class knows.
    pub fn merge(&mut self, other: Roster) {
        for (student, late) in other.students {
            match self.find(&student) {
                Some(at) => {
                    let known = &mut self.students[at].0;
                    known.name = known.name.take().or(student.name);
                    known.login = known.login.take().or(student.login);
                    known.email = known.email.take().or(student.email);
                    known.platform_id = known.platform_id.take().or(student.platform_id);
                    let known = known.clone();
                    self.index(&known, at);
                }
                None => _ = self.add(student, late),
            }
        }
    }

    /// A roster of one student.
    pub fn single(student: &Student) -> Self {
        let mut roster = Self::default();
        let _ = roster.add(student.clone(), 0);
        roster
    }

    fn add(&mut self, student: Student, late: u32) -> Result<(), Problem> {
        if self.students.iter().any(|(other, _)| other.id == student.id) {
            return Err(Problem::error(format!("lists `{}` twice", student.id)));
        }
        self.index(&student, self.students.len());
        self.students.push((student, late));
        Ok(())
    }

    fn index(&mut self, student: &Student, at: usize) {
        for key in keys(student) {
            // A key that two students share identifies neither.
            self.by_key
                .entry(key)
                .and_modify(|known| {
                    if *known != at {
                        *known = usize::MAX
                    }
                })
                .or_insert(at);
        }
    }

    /// The student that a submission belongs to, as an index into `students`.
    pub fn find(&self, student: &Student) -> Option<usize> {
        let found =
            keys(student).into_iter().find_map(|key| self.by_key.get(&key).copied().filter(|at| *at != usize::MAX));
        found.or_else(|| {
            // `week-3-ada`: the login comes last.
            let id = student.id.to_lowercase();
            let dashes = id.match_indices(['-', '_']).map(|(at, _)| at + 1);
            let ends = dashes.filter_map(|at| self.by_key.get(&format!("login:{}", &id[at..])).copied());
            ends.into_iter().find(|at| *at != usize::MAX)
        })
    }
}

/// Keys that identify a student, the most reliable first.
fn keys(student: &Student) -> Vec<String> {
    let mut keys = Vec::new();
    let mut key = |kind: &str, text: Option<&str>| {
        let text = text.map(str::trim).filter(|text| !text.is_empty());
        keys.extend(text.map(|text| format!("{kind}:{}", text.to_lowercase())));
    };
    key("platform", student.platform_id.as_deref());
    key("login", student.login.as_deref());
    key("email", student.email.as_deref());
    key("id", Some(&student.id));
    key("login", Some(&student.id));
    key("email", Some(&student.id));
    for name in [student.name.as_deref(), Some(student.id.as_str())].into_iter().flatten() {
        // `Ada Lovelace`, `Lovelace, Ada` and `lovelaceada` are the same.
        let mut words: Vec<String> = name
            .split(|ch: char| !ch.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .map(str::to_lowercase)
            .collect();
        if words.len() > 1 {
            keys.push(format!("joined:{}", [&words[1..], &words[..1]].concat().concat()));
            keys.push(format!("joined:{}", words.concat()));
        }
        words.sort();
        keys.push(format!("name:{}", words.join(" ")));
        keys.push(format!("joined:{}", words.concat()));
    }
    keys
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(roster: &Roster, student: Student) -> &str {
        roster.find(&student).map_or("nobody", |at| roster.students[at].0.id.as_str())
    }

    #[test]
    fn students_are_found() {
        let roster =
            Roster::of("id;name;login;days-late\n1;Ada Lovelace;ada;2\n2;Grace Hopper;grace;\n").expect("sound");
        assert_eq!(roster.students[0].1, 2);
        let named = |id: &str| Student { id: id.to_owned(), ..Student::default() };
        assert_eq!(found(&roster, named("ada")), "1");
        assert_eq!(found(&roster, named("week-3-grace")), "2");
        assert_eq!(found(&roster, named("Lovelace, Ada")), "1");
        assert_eq!(found(&roster, Student { name: Some("hoppergrace".into()), ..named("hoppergrace 77") }), "2");
        assert_eq!(found(&roster, named("alan")), "nobody");
        let error = Roster::of("id\na\na\n").expect_err("twice");
        assert_eq!(error.message, "lists `a` twice");
        assert!(Roster::of("x,y\n1,2\n").is_err());
    }

    #[test]
    fn exports_of_platforms() {
        let canvas = "Student,ID,SIS User ID,SIS Login ID,Section,A1 (99)\n    Points Possible,,,,,100\n\"Lovelace, Ada\",12345,s1,ada@x.org,1,\n";
        let roster = Roster::of(canvas).expect("sound");
        assert_eq!(roster.students.len(), 1);
        assert_eq!(roster.students[0].0.platform_id.as_deref(), Some("12345"));
        let moodle = "Identifier,Full name,Email address,MarkStatus,Grade,Maximum Grade\nParticipant 7,Ada Lovelace,ada@x.org,,,100\n";
        let roster = Roster::of(moodle).expect("sound");
        assert_eq!(roster.students[0].0.platform_id.as_deref(), Some("7"));
        assert_eq!(roster.students[0].0.id, "ada@x.org");
    }
}
