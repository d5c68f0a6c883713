//! Results → files.

use std::cell::RefCell;
use std::fs;
use std::path::{Path, PathBuf};

use crate::command::options::grade::{GradeFormat, ResultOptions};
use crate::grade::export::{self, Format};
use crate::grade::rubric::{Feedback, Rubric};
use crate::grade::sheet::{Class, Sheet};
use crate::text::Problem;

/// What is written when nothing is asked for.
const USUAL: [Format; 4] = [Format::Jsonl, Format::Csv, Format::Markdown, Format::Html];

pub(super) const JSONL: &str = "grades.jsonl";

/// The formats to write, and where to.
pub(super) fn formats(results: &ResultOptions) -> Vec<GradeFormat> {
    match results.format.is_empty() && results.out.is_some() {
        true => USUAL.map(|format| GradeFormat { format, file: None }).to_vec(),
        false => results.format.clone(),
    }
}

/// # Errors
/// When something that is asked for has no place to go.
pub(super) fn check(results: &ResultOptions) -> Result<(), Problem> {
    let needs =
        results.moodle.is_some() || results.canvas.is_some() || results.format.iter().any(|to| to.file.is_none());
    if needs && results.out.is_none() {
        let problem = Problem::error("there is no folder to write results to");
        return Err(problem.help("name one by `--out DIR`, or a file by `--format FORMAT=FILE`"));
    }
    Ok(())
}

/// Writes all that is asked for; what cannot be written does not keep the rest from being so.
pub(super) fn all(results: &ResultOptions, rubric: &Rubric, class: &Class) -> Vec<Problem> {
    let problems = RefCell::new(Vec::new());
    let fail = |message: String| problems.borrow_mut().push(Problem::error(message));
    let write = |path: &Path, text: &str| {
        if let Err(error) = put(path, text) {
            fail(format!("cannot write `{}`: {error}", path.display()));
        }
    };
    let seen = if results.student { class.for_students(rubric.feedback) } else { class.clone() };
    let out = results.out.clone().unwrap_or_default();
    for to in formats(results) {
        match &to.file {
            Some(path) if class.sheets.len() == 1 || is_whole(to.format) => {
                let text = match is_whole(to.format) {
                    true => whole(to.format, &seen, &[]),
                    false => one(to.format, &seen, &seen.sheets[0], &class.sheets[0], rubric.feedback, results.student),
                };
                write(path, &text);
            }
            Some(path) => {
                let (format, path) = (to.format.as_str(), path.display());
                fail(format!(
                    "`--format {format}={path}`: a file holds one student, and there are {}",
                    class.sheets.len()
                ));
            }
            None => folder(to.format, &out, &seen, class, rubric.feedback, results.student, &write),
        }
    }
    for (given, name, filled) in [
        (&results.moodle, "moodle.csv", &(|text: &str| export::moodle(class, text, rubric.feedback)) as &Fill<'_>),
        (&results.canvas, "canvas.csv", &(|text: &str| export::canvas(class, text)) as &Fill<'_>),
    ] {
        let Some(given) = given else { continue };
        let text = fs::read_to_string(given).map_err(|error| error.to_string());
        match text.and_then(|text| filled(&text)) {
            Ok(text) => write(&out.join(name), &text),
            Err(why) => fail(format!("`{}` cannot be filled in: {why}", given.display())),
        }
    }
    problems.into_inner()
}

type Fill<'a> = dyn Fn(&str) -> Result<String, String> + 'a;

/// Formats of which one file holds the whole class.
fn is_whole(format: Format) -> bool {
    matches!(format, Format::Jsonl | Format::Csv | Format::Junit)
}

fn whole(format: Format, class: &Class, links: &[String]) -> String {
    match format {
        Format::Jsonl => export::jsonl(class),
        Format::Csv => export::table(class),
        Format::Junit => export::junit_class(class),
        _ => export::class_page(class, links),
    }
}

/// One student's file. `shown` is what the reader sees, `full` the sheet as it is.
fn one(format: Format, class: &Class, shown: &Sheet, full: &Sheet, feedback: Feedback, student: bool) -> String {
    // What has the student's name on it is for the student.
    let told = full.for_student(feedback);
    match format {
        Format::Markdown => export::markdown(&class.title, &told),
        Format::Html => export::student_page(&class.title, &told),
        Format::Gradescope => export::gradescope(&class.title, if student { shown } else { full }, feedback),
        Format::Classroom => export::classroom(&told),
        Format::Prairielearn => export::prairielearn(&class.title, &told),
        Format::Jsonl | Format::Csv | Format::Junit => String::new(),
    }
}

fn folder(
    format: Format,
    out: &Path,
    seen: &Class,
    class: &Class,
    feedback: Feedback,
    student: bool,
    write: &dyn Fn(&Path, &str),
) {
    let names = export::file_names(&class.sheets);
    let (sub, end) = match format {
        Format::Jsonl => return write(&out.join(JSONL), &whole(format, seen, &[])),
        Format::Csv => return write(&out.join("grades.csv"), &whole(format, seen, &[])),
        Format::Junit => return write(&out.join("grades.xml"), &whole(format, seen, &[])),
        Format::Markdown => ("students", "md"),
        Format::Html => ("students", "html"),
        Format::Gradescope => ("gradescope", "json"),
        Format::Classroom => ("classroom", "json"),
        Format::Prairielearn => ("prairielearn", "json"),
    };
    for ((name, shown), full) in names.iter().zip(&seen.sheets).zip(&class.sheets) {
        write(&out.join(sub).join(format!("{name}.{end}")), &one(format, class, shown, full, feedback, student));
    }
    if format == Format::Html {
        let links: Vec<String> = names.iter().map(|name| format!("{sub}/{name}.{end}")).collect();
        write(&out.join("index.html"), &whole(format, seen, &links));
    }
}

/// Whole or not at all.
fn put(path: &Path, text: &str) -> std::io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let mut new = PathBuf::from(path);
    new.as_mut_os_string().push(".tmp");
    fs::write(&new, text)?;
    fs::rename(&new, path)
}
