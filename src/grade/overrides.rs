//! The teacher's own marks: points and comments per student and criterion, in one CSV or TOML file that no run changes.
//!
//! ```csv
//! student,criterion,points,comment
//! ada,user,8,"the account is created in an inherited image"
//! ada,,,"see me about exercise 3"
//! bob,total,50,
//! ```

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::Points;
use super::rubric::Rubric;
use super::sheet::{Flag, MarkStatus, Sheet, SheetStatus, Student};
use super::submissions::Roster;
use super::submissions::columns::{Table, decode};
use super::totals::settle;
use crate::text::Problem;

/// The largest file of overrides, in bytes.
const MAX_LEN: u64 = 16 << 20;
/// The name of the total, in the column of criteria.
pub const TOTAL: &str = "total";

/// One line of the file.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Override {
    /// Id, login, e-mail address or name.
    pub student: String,
    /// The criterion's id, `total`, or empty for the whole sheet.
    pub criterion: String,
    /// Instead of the computed points.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub points: Option<Points>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// Instead of the computed days.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub late_days: Option<u32>,
    #[serde(skip)]
    pub line: u64,
}

impl Override {
    fn is_about(&self, student: &Student) -> bool {
        let wanted = || Roster::single(&Student { id: self.student.clone(), ..Student::default() });
        student.id == self.student || student.pseudonym() == self.student || wanted().find(student).is_some()
    }
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct OverrideFile {
    #[serde(default, rename = "override")]
    all: Vec<Override>,
}

/// All lines of a file of overrides.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Overrides(pub Vec<Override>);

impl Overrides {
    /// Reads a file; TOML if its name ends so, otherwise CSV.
    ///
    /// # Errors
    /// When it cannot be read, with the line.
    pub fn read(path: &Path, rubric: &Rubric) -> Result<Self, Problem> {
        let fail = |error: String| Problem::error(format!("cannot read the overrides `{}`: {error}", path.display()));
        let size = path.metadata().map_err(|error| fail(error.to_string()))?.len();
        if size > MAX_LEN {
            return Err(fail("larger than 16 MiB".to_owned()));
        }
        let bytes = std::fs::read(path).map_err(|error| fail(error.to_string()))?;
        let text = decode(&bytes);
        let is_toml = path.extension().is_some_and(|end| end.eq_ignore_ascii_case("toml"));
        let read = if is_toml { Self::of_toml(&text) } else { Self::of_csv(&text) };
        let overrides = read.map_err(&fail)?;
        overrides.check(rubric).map_err(fail)?;
        Ok(overrides)
    }

    fn of_toml(text: &str) -> Result<Self, String> {
        let file: OverrideFile = toml::from_str(text).map_err(|error| error.to_string())?;
        Ok(Self(file.all))
    }

    fn of_csv(text: &str) -> Result<Self, String> {
        let table = Table::read(text)?;
        let known = ["student", "criterion", "points", "comment", "late-days"];
        let heads: Vec<String> = table.heads.iter().map(|head| head.trim().to_lowercase()).collect();
        if let Some(other) = heads.iter().find(|head| !known.contains(&head.as_str())) {
            return Err(format!("unknown column `{other}`; expected: {}", known.join(", ")));
        }
        let column = |name: &str| heads.iter().position(|head| head == name);
        if column("student").is_none() {
            return Err("no column `student`".to_owned());
        }
        let mut all = Vec::new();
        for (line, row) in &table.rows {
            let text = |name: &str| column(name).and_then(|at| row.get(at)).map(|text| text.trim()).filter(|text| !text.is_empty());
            let invalid = |name: &str, text: &str| format!("line {line}: `{text}` is not a number of {name}");
            let Some(student) = text("student") else { continue };
            let points = text("points").map(|points| {
                let number = points.replace(',', ".").parse().ok().and_then(Points::new);
                number.ok_or_else(|| invalid("points", points))
            });
            let late_days = text("late-days").map(|days| days.parse().map_err(|_| invalid("days", days)));
            all.push(Override {
                student: student.to_owned(),
                criterion: text("criterion").unwrap_or_default().to_owned(),
                points: points.transpose()?,
                comment: text("comment").map(str::to_owned),
                late_days: late_days.transpose()?,
                line: *line,
            });
        }
        Ok(Self(all))
    }

    /// The file as CSV, sorted.
    pub fn to_csv(&self) -> String {
        let mut rows: Vec<&Override> = self.0.iter().collect();
        rows.sort_by(|a, b| (&a.student, &a.criterion).cmp(&(&b.student, &b.criterion)));
        let mut writer = csv::Writer::from_writer(Vec::new());
        // Writing to memory cannot fail.
        let _ = writer.write_record(["student", "criterion", "points", "comment", "late-days"]);
        for row in rows {
            let number = |number: Option<String>| number.unwrap_or_default();
            let points = number(row.points.map(|points| points.to_string()));
            let days = number(row.late_days.map(|days| days.to_string()));
            let _ = writer.write_record([&row.student, &row.criterion, &points, row.comment.as_deref().unwrap_or(""), &days]);
        }
        String::from_utf8_lossy(&writer.into_inner().unwrap_or_default()).into_owned()
    }

    /// The file as TOML, sorted.
    pub fn to_toml(&self) -> String {
        let mut all = self.0.clone();
        all.sort_by(|a, b| (&a.student, &a.criterion).cmp(&(&b.student, &b.criterion)));
        toml::to_string(&OverrideFile { all }).unwrap_or_default()
    }

    /// What is said about a student, by whatever name.
    pub fn of<'o>(&'o self, student: &Student) -> impl Iterator<Item = &'o Override> {
        self.0.iter().filter(move |one| one.is_about(student))
    }

    /// Sets what is said about one criterion of a student; without points, comment and days it is removed.
    pub fn set(&mut self, student: &Student, new: Override) {
        self.0.retain(|old| old.criterion != new.criterion || !old.is_about(student));
        if new.points.is_some() || new.comment.is_some() || new.late_days.is_some() {
            self.0.push(new);
        }
    }

    /// # Errors
    /// When a line cannot be applied to the rubric, with the line.
    pub fn check(&self, rubric: &Rubric) -> Result<(), String> {
        for one in &self.0 {
            let place = if one.line > 0 { format!("line {}: ", one.line) } else { String::new() };
            let is_known = one.criterion.is_empty()
                || one.criterion == TOTAL
                || rubric.criteria.iter().any(|criterion| criterion.id == one.criterion);
            if !is_known {
                return Err(format!("{place}the rubric has no criterion `{}`", one.criterion));
            }
            if one.points.is_some() && one.criterion.is_empty() {
                return Err(format!("{place}points need a criterion, or `total`"));
            }
        }
        Ok(())
    }

    /// Changes the sheets of the students named. Returns a warning for each name that fits no student.
    pub fn apply(&self, sheets: &mut [Sheet], rubric: &Rubric) -> Vec<Problem> {
        let mut problems = Vec::new();
        for one in &self.0 {
            let wanted = Roster::single(&Student { id: one.student.clone(), ..Student::default() });
            let is_it = |sheet: &Sheet| sheet.student.id == one.student || sheet.student.pseudonym() == one.student;
            let exact = sheets.iter().position(is_it);
            let Some(at) = exact.or_else(|| sheets.iter().position(|sheet| wanted.find(&sheet.student).is_some())) else {
                let line = if one.line > 0 { format!(" in line {}", one.line) } else { String::new() };
                problems.push(Problem::warning(format!("the overrides name `{}`{line}, who is not in the class", one.student)));
                continue;
            };
            self::change(&mut sheets[at], one);
            settle(&mut sheets[at], rubric);
        }
        problems
    }
}

fn change(sheet: &mut Sheet, one: &Override) {
    sheet.flags.insert(Flag::Overridden);
    if let Some(days) = one.late_days {
        sheet.late_days = days;
    }
    let Some(mark) = sheet.marks.iter_mut().find(|mark| mark.id == one.criterion) else {
        sheet.comment = one.comment.clone().or(sheet.comment.take());
        if let Some(points) = one.points {
            sheet.set_total = Some(points);
            // A teacher who sets the total has seen the submission.
            for mark in sheet.marks.iter_mut().filter(|mark| matches!(mark.status, MarkStatus::NotGraded { .. })) {
                mark.status = MarkStatus::Missed;
            }
            if sheet.status == SheetStatus::Missing {
                sheet.status = SheetStatus::Graded;
            }
        }
        return;
    };
    mark.comment.clone_from(&one.comment);
    if let Some(points) = one.points {
        mark.computed = Some(mark.points);
        mark.points = points;
        mark.status = match points {
            points if points >= mark.max => MarkStatus::Met,
            points if points > Points::ZERO => MarkStatus::Partly,
            _ => MarkStatus::Missed,
        };
        if sheet.status == SheetStatus::Missing {
            sheet.status = SheetStatus::Graded;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn read_and_written() {
        let csv = "student;criterion;points;comment\nada;user;7,5;\"good; see me\"\nbob;;;late train\n";
        let overrides = Overrides::of_csv(csv).expect("it is sound");
        assert_eq!(overrides.0.len(), 2);
        assert_eq!((overrides.0[0].points, overrides.0[0].line), (Points::new(7.5), 2));
        let again = Overrides::of_csv(&overrides.to_csv()).expect("it is sound");
        assert_eq!(again.to_csv(), overrides.to_csv());
        let toml = "[[override]]\nstudent = 'ada'\ncriterion = 'user'\npoints = 7.5\n";
        assert_eq!(Overrides::of_toml(toml).expect("sound").0[0].points, Points::new(7.5));
        for (text, why) in [("a,b\n", "unknown column `a`"), ("student,points\nada,many\n", "line 2"), ("points\n1\n", "no column")] {
            let error = Overrides::of_csv(text).expect_err("a mistake");
            assert!(error.contains(why), "{error}");
        }
    }
}
