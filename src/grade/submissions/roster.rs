//! The roster of a class: CSV, or an export of a learning platform. Columns are recognized by many names.

use std::collections::HashMap;
use std::path::Path;

use super::columns::{Column, Table, cell, decode, participant};
use super::lateness::Times;
use crate::grade::sheet::Student;
use crate::grade::times::{Moment, span};
use crate::text::Problem;

/// The largest roster, in bytes.
const MAX_LEN: u64 = 16 << 20;

/// A student of the class.
#[derive(Clone, Debug)]
pub struct RosterEntry {
    pub student: Student,
    pub times: Times,
    /// The group that hands in together.
    pub group: Option<String>,
}

#[derive(Clone, Debug, Default)]
pub struct Roster {
    pub students: Vec<RosterEntry>,
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
        Self::of(&decode(&bytes)).map_err(|problem| Problem {
            message: format!("the roster `{}` {}", path.display(), problem.message),
            ..problem
        })
    }

    /// # Errors
    /// When it has no column that identifies students, lists one twice, or has a time that cannot be read.
    pub fn of(text: &str) -> Result<Self, Problem> {
        let table = Table::read(text).map_err(Problem::error)?;
        let columns = Columns::of(&table);
        if !columns.identify() {
            let heads: Vec<String> = table.heads.iter().take(8).map(|head| format!("`{}`", head.trim())).collect();
            let problem =
                Problem::error(format!("has no column that identifies students, only {}", heads.join(", ")));
            return Err(problem.help("use a header such as `id,name,login,email,days-late`"));
        }
        let mut roster = Self::default();
        for (line, row) in &table.rows {
            if let Some(entry) = columns.entry(row, *line)? {
                roster.add(entry, *line)?;
            }
        }
        Ok(roster)
    }

    /// Adds what another list of the same class knows.
    pub fn merge(&mut self, other: Roster) {
        for entry in other.students {
            match self.find(&entry.student) {
                Some(at) => {
                    let (student, known) = (entry.student, &mut self.students[at]);
                    known.group = known.group.take().or(entry.group);
                    known.times.late = known.times.late.or(entry.times.late);
                    known.times.submitted = known.times.submitted.or(entry.times.submitted);
                    known.times.due = known.times.due.or(entry.times.due);
                    known.times.extension = known.times.extension.max(entry.times.extension);
                    let known = &mut known.student;
                    known.name = known.name.take().or(student.name);
                    known.login = known.login.take().or(student.login);
                    known.email = known.email.take().or(student.email);
                    known.platform_id = known.platform_id.take().or(student.platform_id);
                    let known = known.clone();
                    self.index(&known, at);
                }
                None => _ = self.add(entry, 0),
            }
        }
    }

    /// A roster of one student.
    pub fn single(student: &Student) -> Self {
        let mut roster = Self::default();
        let _ = roster.add(RosterEntry { student: student.clone(), times: Times::default(), group: None }, 0);
        roster
    }

    fn add(&mut self, entry: RosterEntry, line: u64) -> Result<(), Problem> {
        let id = format!("own:{}", entry.student.id);
        if self.by_key.insert(id, self.students.len()).is_some() {
            return Err(Problem::error(format!("lists `{}` twice, again in line {line}", entry.student.id)));
        }
        self.index(&entry.student, self.students.len());
        self.students.push(entry);
        Ok(())
    }

    /// The members of the group that a submission belongs to, as indices into `students`; `None` if it is not a group's.
    pub fn group(&self, submitted: &Student) -> Option<Vec<usize>> {
        let names: Vec<String> =
            [Some(submitted.id.as_str()), submitted.name.as_deref()].into_iter().flatten().map(plain).collect();
        let is_member = |entry: &RosterEntry| entry.group.as_deref().is_some_and(|group| names.contains(&plain(group)));
        let members: Vec<usize> =
            self.students.iter().enumerate().filter(|(_, entry)| is_member(entry)).map(|(at, _)| at).collect();
        (!members.is_empty()).then_some(members)
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

/// A name for comparison: its letters and digits, in lower case.
fn plain(name: &str) -> String {
    name.chars().filter(|ch| ch.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Where the columns of a roster are.
struct Columns<'t> {
    table: &'t Table,
    is_canvas: bool,
}

impl<'t> Columns<'t> {
    fn of(table: &'t Table) -> Self {
        let has = |column| table.position(column).is_some();
        // Canvas has a column with its own ids, and one with logins; the second row has the points.
        let ids = table.heads.iter().any(|head| head.trim().eq_ignore_ascii_case("ID"));
        let logins = table.position(Column::Login).is_some_and(|at| table.heads[at].to_uppercase().contains("SIS"));
        Self { table, is_canvas: ids && logins && (has(Column::Name) || has(Column::Last)) }
    }

    fn identify(&self) -> bool {
        let columns = [Column::Id, Column::Identifier, Column::Name, Column::Login, Column::Email, Column::Last];
        columns.into_iter().any(|column| self.table.position(column).is_some())
    }

    /// The student of a row; `None` if it is not a student's.
    fn entry(&self, row: &[String], line: u64) -> Result<Option<RosterEntry>, Problem> {
        let cell = |column: Column| cell(row, self.table.position(column));
        let joined = || match (cell(Column::First), cell(Column::Last)) {
            (None, None) => None,
            (first, last) => Some([first, last].into_iter().flatten().collect::<Vec<_>>().join(" ")),
        };
        let name = cell(Column::Name).or_else(joined);
        let (mut id, mut platform_id) = (cell(Column::Id), cell(Column::Platform));
        if self.is_canvas {
            platform_id = id.take();
            // The row of maxima and the test student have no id of a person.
            let others = ["Points Possible", "Student, Test", "Test Student"];
            let is_student = |name: &String| !others.iter().any(|other| name.starts_with(other));
            if platform_id.is_none() || !name.as_ref().is_some_and(is_student) {
                return Ok(None);
            }
        }
        let identifier = cell(Column::Identifier).or_else(|| id.clone());
        if let Some(number) = identifier.as_deref().and_then(participant).filter(|_| self.is_moodle()) {
            platform_id = Some(number.to_owned());
            // A number that the school gives has a column of its own.
            id = id.filter(|_| cell(Column::Identifier).is_some());
        } else {
            id = id.or(identifier);
        }
        let (login, email) = (cell(Column::Login), cell(Column::Email));
        let Some(id) = id.or(login.clone()).or(email.clone()).or(name.clone()) else { return Ok(None) };
        let student = Student { id, name, login, email, platform_id };
        Ok(Some(RosterEntry { student, times: self.times(row, line)?, group: cell(Column::Group) }))
    }

    /// Whether it is Moodle's worksheet, in which a participant's identifier is a word and a number. A worksheet with a scale
    /// has no maximum, and GitHub Classroom's roster has identifiers of the teacher's own.
    fn is_moodle(&self) -> bool {
        let has = |column| self.table.position(column).is_some();
        let is_worksheet = has(Column::MaxGrade) || has(Column::Grade) && has(Column::Status);
        is_worksheet || has(Column::Identifier) && !has(Column::Login)
    }

    fn times(&self, row: &[String], line: u64) -> Result<Times, Problem> {
        let cell = |column: Column| cell(row, self.table.position(column));
        let unreadable = |what: &str, text: &str| {
            let problem = Problem::error(format!("has `{text}` as {what} in line {line}, which cannot be read"));
            problem.help("write days as a number, a length of time as `1 day 2 hours`, and a date as `2026-11-20 23:59`")
        };
        let moment = |column, what| {
            cell(column).map(|text| text.parse::<Moment>().map_err(|_| unreadable(what, &text))).transpose()
        };
        let mut times = Times { due: moment(Column::Due, "a due date")?, ..Times::default() };
        // An export may say in words that there is no submission; a text with digits is a time.
        times.submitted = cell(Column::Submitted)
            .filter(|text| text.bytes().any(|byte| byte.is_ascii_digit()))
            .map(|text| text.parse::<Moment>().map_err(|_| unreadable("the time of a submission", &text)))
            .transpose()?;
        if let Some(text) = cell(Column::Late).filter(|text| !is_no(text)) {
            let seconds = if is_yes(&text) { Ok(24 * 60 * 60) } else { span(&text) };
            times.late = Some(seconds.map_err(|_| unreadable("the time by which a student is late", &text))?);
        } else if let Some(status) = cell(Column::Status) {
            times.late = late_status(&status);
            times.due = times.due.or(extension_status(&status));
        }
        if let Some(text) = cell(Column::Extension) {
            match (span(&text), text.parse()) {
                (_, Ok(due)) => times.due = Some(due),
                (Ok(seconds), _) => times.extension = seconds,
                _ => return Err(unreadable("an extension", &text)),
            }
        }
        Ok(times)
    }
}

fn is_no(text: &str) -> bool {
    ["no", "false", "none", "nein", "non"].contains(&text.to_lowercase().as_str())
}

fn is_yes(text: &str) -> bool {
    ["yes", "true", "late", "ja", "oui", "sí"].contains(&text.to_lowercase().as_str())
}

/// Seconds late in a status such as `Submitted for grading - 1 day 2 hours late`.
fn late_status(status: &str) -> Option<i64> {
    let words = ["late", "spät", "retard", "tardive", "después", "tarde", "retraso"];
    let lower = status.to_lowercase();
    // Between dashes, with the state of grading and an extension beside it.
    let late = |part: &str| words.iter().any(|word| part.contains(word)).then(|| span(part).ok()).flatten();
    lower.split(" - ").find_map(late).or_else(|| late(&lower))
}

/// The student's own due date in a status such as `Submitted for grading - Extension granted until: 27 November 2026, 11:59 PM`.
fn extension_status(status: &str) -> Option<Moment> {
    let words = ["extension", "extensión", "verlänger", "prolong", "prórroga"];
    let lower = status.to_lowercase();
    lower.split(" - ").filter(|part| words.iter().any(|word| part.contains(word))).find_map(|part| part.parse().ok())
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
        roster.find(&student).map_or("nobody", |at| roster.students[at].student.id.as_str())
    }

    #[test]
    fn students_are_found() {
        let roster =
            Roster::of("id;name;login;days-late\n1;Ada Lovelace;ada;2\n2;Grace Hopper;grace;\n").expect("sound");
        assert_eq!(roster.students[0].times.late, Some(2 * 86_400));
        let named = |id: &str| Student { id: id.to_owned(), ..Student::default() };
        assert_eq!(found(&roster, named("ada")), "1");
        assert_eq!(found(&roster, named("week-3-grace")), "2");
        assert_eq!(found(&roster, named("Lovelace, Ada")), "1");
        assert_eq!(found(&roster, Student { name: Some("hoppergrace".into()), ..named("hoppergrace 77") }), "2");
        assert_eq!(found(&roster, named("alan")), "nobody");
        let error = Roster::of("id\na\na\n").expect_err("twice");
        assert_eq!(error.message, "lists `a` twice, again in line 3");
        assert!(Roster::of("x,y\n1,2\n").is_err());
    }

    #[test]
    fn exports_of_platforms() {
        let canvas = "Student,ID,SIS User ID,SIS Login ID,Section,A1 (99)\n    Points Possible,,,,,100\n\"Lovelace, Ada\",12345,s1,ada@x.org,1,\n";
        let roster = Roster::of(canvas).expect("sound");
        assert_eq!(roster.students.len(), 1);
        assert_eq!(roster.students[0].student.platform_id.as_deref(), Some("12345"));
        let moodle = "Identifier,Full name,Email address,MarkStatus,Grade,Maximum Grade\nParticipant 7,Ada Lovelace,ada@x.org,,,100\n";
        let roster = Roster::of(moodle).expect("sound");
        assert_eq!(roster.students[0].student.platform_id.as_deref(), Some("7"));
        assert_eq!(roster.students[0].student.id, "ada@x.org");
    }
    #[test]
    fn exports_in_other_languages() {
        let german = "ID,Vollständiger Name,E-Mail-Adresse,Status,Bewertung,Bestwertung\n\
                      Teilnehmer/in12345,Änne Groß,a@x.org,\"Zur Bewertung abgegeben, 1 Tag 2 Stunden später\",,100\n";
        let roster = Roster::of(german).expect("sound");
        let entry = &roster.students[0];
        assert_eq!((entry.student.id.as_str(), entry.student.platform_id.as_deref()), ("a@x.org", Some("12345")));
        assert_eq!((entry.student.name.as_deref(), entry.times.late), (Some("Änne Groß"), Some(26 * 3600)));
        let french = "Identifiant;Nom complet;Adresse de courriel;Jours de retard\nParticipant 7;Zoé Noël;z@x.org;2\n";
        let roster = Roster::of(&decode(&french.chars().map(|ch| ch as u32 as u8).collect::<Vec<_>>())).expect("sound");
        assert_eq!(roster.students[0].student.name.as_deref(), Some("Zoé Noël"));
        assert_eq!(roster.students[0].times.late, Some(2 * 86_400));
        let spanish = "sep=;\nApellido(s);Nombre;Dirección de correo;Retraso\nNúñez;Inés;i@x.org;1 día 2 horas\n";
        let roster = Roster::of(spanish).expect("sound");
        assert_eq!(roster.students[0].student.name.as_deref(), Some("Inés Núñez"));
        assert_eq!(roster.students[0].times.late, Some(26 * 3600));
    }

    #[test]
    fn states_of_submissions() {
        let english = "Identifier,Full name,ID number,Email address,Status,Grade,Maximum grade,Last modified (submission)\n\
                       Participant 7,Ada Lovelace,s100,a@x.org,Submitted for grading - 3 mins 31 secs late - Released -  - ,,100,\"Wednesday, September 23, 2026, 9:00 PM\"\n\
                       Participant 8,Grace Hopper,s101,g@x.org,\"Submitted for grading - Extension granted until: Friday, 27 November 2026, 11:59 PM\",,100,-\n";
        let roster = Roster::of(english).expect("sound");
        let [ada, grace] = &roster.students[..] else { panic!("two students") };
        assert_eq!((ada.student.id.as_str(), ada.student.platform_id.as_deref()), ("s100", Some("7")));
        assert_eq!((ada.times.late, ada.times.submitted), (Some(211), "2026-09-23 21:00".parse().ok()));
        assert_eq!((grace.times.late, grace.times.due), (None, "2026-11-27 23:59".parse().ok()));
        let german = "ID,\"Vollständiger Name\",E-Mail-Adresse,Status,Bewertung,Skala\n\
                      Teilnehmer/in1234567,Änne Groß,a@x.org,\"Zur Bewertung abgegeben - 36 Tage 10 Stunden zu spät -  - \",,\"nicht bestanden bestanden\"\n";
        let roster = Roster::of(german).expect("sound");
        assert_eq!(roster.students[0].student.platform_id.as_deref(), Some("1234567"));
        assert_eq!(roster.students[0].times.late, Some((36 * 24 + 10) * 3600));
        let classroom = "identifier,github_username,github_id,name\ns100,ada-l,1,\n";
        let roster = Roster::of(classroom).expect("sound");
        assert_eq!((roster.students[0].student.id.as_str(), roster.students[0].student.platform_id.as_deref()), ("s100", None));
    }

    #[test]
    fn what_cannot_be_read_is_refused_with_its_line() {
        let error = Roster::of("id,days-late\na,1\nb,two\n").expect_err("two is a word");
        assert!(error.message.contains("`two`") && error.message.contains("line 3"), "{}", error.message);
        let error = Roster::of("id,due\na,tomorrow\n").expect_err("not a date");
        assert!(error.message.contains("line 2"), "{}", error.message);
        let error = Roster::of("id,submitted\na,11/20/26\n").expect_err("not a date");
        assert!(error.message.contains("line 2"), "{}", error.message);
        assert!(Roster::of("id,submitted\na,No submission\n").is_ok());
    }
}
