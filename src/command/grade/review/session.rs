//! The class that is reviewed: its computed sheets, the teacher's overrides, and the results that follow from both.

use std::path::PathBuf;

use super::form::Form;
use crate::command::Stop;
use crate::command::grade::graded::{GradedClass, grade_class};
use crate::command::grade::result_files;
use crate::command::options::GlobalOptions;
use crate::command::options::grade::GradeOptions;
use crate::command::terminal::Terminal;
use crate::grade::Points;
use crate::grade::export::{self, ReviewForm};
use crate::grade::overrides::{Override, Overrides, TOTAL};
use crate::grade::sheet::Student;
use crate::grade::summary::Class;
use crate::text::Problem;

pub(super) struct ReviewSession<'a> {
    args: &'a GradeOptions,
    global: &'a GlobalOptions,
    terminal: &'a Terminal,
    graded: GradedClass,
    /// The file of overrides.
    path: PathBuf,
    overrides: Overrides,
    class: Class,
    /// The names of the students' pages, in the order of the sheets.
    names: Vec<String>,
}

impl<'a> ReviewSession<'a> {
    /// Grades the class; `None` if there are no submissions.
    pub(super) fn open(
        args: &'a GradeOptions,
        global: &'a GlobalOptions,
        terminal: &'a Terminal,
    ) -> Result<Option<Self>, Stop> {
        let path = args.results.overrides.clone().unwrap_or_else(|| PathBuf::from("overrides.csv"));
        let Some(graded) = grade_class(args, global, terminal)? else { return Ok(None) };
        let overrides = read(&path, &graded)?;
        let class = graded.with_overrides(&overrides, global, terminal)?;
        let names = export::file_names(&class.sheets);
        let session = Self { args, global, terminal, graded, path, overrides, class, names };
        session.write_results().map_err(Problem::error)?;
        Ok(Some(session))
    }

    pub(super) fn class_page(&self, secret: &str) -> String {
        let links: Vec<String> = self.names.iter().map(|name| format!("students/{name}.html")).collect();
        export::class_review_page(&self.class, &links, secret)
    }

    pub(super) fn student_page(&self, name: &str, secret: &str) -> Option<String> {
        let at = self.names.iter().position(|known| known == name)?;
        let sheet = self.class.whole(&self.class.sheets[at]).ok()?;
        let form = ReviewForm { secret, overrides: self.overrides.of(&sheet.student).collect() };
        Some(export::student_review_page(&self.class.title, &sheet, form))
    }

    pub(super) fn table(&self) -> String {
        export::table(&self.class)
    }

    /// Takes a form's marks over into the file of overrides, and updates the results. Returns the name of the student's page.
    ///
    /// # Errors
    /// A sentence; nothing is changed then.
    pub(super) fn save(&mut self, form: &Form) -> Result<String, String> {
        let id = form.get("student");
        let at = self.class.sheets.iter().position(|sheet| sheet.student.id == id);
        let at = at.ok_or_else(|| format!("no student `{id}`"))?;
        let student = self.class.sheets[at].student.clone();
        // Somebody may have edited the file in the meantime.
        let mut overrides = read(&self.path, &self.graded).map_err(sentence)?;
        let criteria = self.class.criteria.iter().map(|column| column.id.as_str());
        for criterion in criteria.chain([TOTAL, ""]) {
            if let Some(new) = entered(form, &student, criterion)? {
                overrides.set(&student, new);
            }
        }
        overrides.check(&self.graded.rubric)?;
        let class = self.graded.with_overrides(&overrides, self.global, self.terminal).map_err(stopped)?;
        let is_toml = self.path.extension().is_some_and(|end| end.eq_ignore_ascii_case("toml"));
        let text = if is_toml { overrides.to_toml() } else { overrides.to_csv() };
        result_files::write_atomically(&self.path, &text)
            .map_err(|error| format!("cannot write `{}`: {error}", self.path.display()))?;
        (self.overrides, self.class) = (overrides, class);
        self.write_results()?;
        Ok(self.names[at].clone())
    }

    /// Reads the rubric and the overrides again, and grades from evidence; what has no evidence is built.
    ///
    /// # Errors
    /// A sentence; nothing is changed then.
    pub(super) fn regrade(&mut self) -> Result<(), String> {
        let graded = grade_class(self.args, self.global, self.terminal).map_err(stopped)?;
        let graded = graded.ok_or_else(|| "no submissions found".to_owned())?;
        let overrides = read(&self.path, &graded).map_err(sentence)?;
        self.class = graded.with_overrides(&overrides, self.global, self.terminal).map_err(stopped)?;
        self.names = export::file_names(&self.class.sheets);
        (self.graded, self.overrides) = (graded, overrides);
        self.write_results()
    }

    fn write_results(&self) -> Result<(), String> {
        let problems = result_files::write_all(&self.graded.results, &self.graded.rubric, &self.class);
        problems.into_iter().next().map_or(Ok(()), |problem| Err(problem.message))
    }
}

/// The file of overrides; empty if there is none yet.
fn read(path: &std::path::Path, graded: &GradedClass) -> Result<Overrides, Problem> {
    if path.exists() { Overrides::read(path, &graded.rubric) } else { Ok(Overrides::default()) }
}

/// What a form says about a criterion; `None` if it has no such field.
fn entered(form: &Form, student: &Student, criterion: &str) -> Result<Option<Override>, String> {
    let (points, comment) = (format!("points.{criterion}"), format!("comment.{criterion}"));
    if !form.has(&points) && !form.has(&comment) {
        return Ok(None);
    }
    let points = match form.get(&points) {
        "" => None,
        text => {
            let number = text.replace(',', ".").parse().ok().and_then(Points::new);
            Some(number.ok_or_else(|| format!("`{text}` is not a number of points"))?)
        }
    };
    let late_days = match form.get("late-days") {
        text if !criterion.is_empty() || text.is_empty() => None,
        text => Some(text.parse().map_err(|_| format!("`{text}` is not a number of days"))?),
    };
    let comment = Some(form.get(&comment).to_owned()).filter(|text| !text.is_empty());
    Ok(Some(Override { student: student.id.clone(), criterion: criterion.to_owned(), points, comment, late_days, line: 0 }))
}

fn sentence(problem: Problem) -> String {
    problem.message
}

fn stopped(stop: Stop) -> String {
    match stop {
        Stop::Problems(problems) => problems.into_iter().next().map(sentence).unwrap_or_default(),
        Stop::Output(_) => "the results cannot be written".to_owned(),
    }
}
