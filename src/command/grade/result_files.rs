//! Writes results to files.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::command::options::grade::{GradeFormat, ResultOptions};
use crate::grade::class;
use crate::grade::export::{self, ExportFormat};
use crate::grade::rubric::{Feedback, Rubric};
use crate::grade::sheet::Sheet;
use crate::grade::summary::Class;
use crate::grade::submissions;
use crate::text::{Problem, Variants};

/// The formats that are written by default.
const DEFAULT_FORMATS: [ExportFormat; 4] =
    [ExportFormat::Jsonl, ExportFormat::Csv, ExportFormat::Markdown, ExportFormat::Html];

/// The directories and extensions of the files of single students.
const STUDENT_FILES: [(&str, &str); 5] = [
    ("students", "md"),
    ("students", "html"),
    ("gradescope", "json"),
    ("classroom", "json"),
    ("prairielearn", "json"),
];

pub(super) const JSONL: &str = "grades.jsonl";

/// Who is who, if names are hidden.
pub(super) const IDENTITIES: &str = "identities.csv";

/// What is filled in for Moodle and Canvas.
pub(super) const FILLED_IN: [&str; 2] = ["moodle.csv", "canvas.csv"];

/// The formats to write, and where to.
pub(super) fn formats(results: &ResultOptions) -> Vec<GradeFormat> {
    match results.format.is_empty() && results.out.is_some() {
        true => DEFAULT_FORMATS.map(|format| GradeFormat { format, file: None }).to_vec(),
        false => results.format.clone(),
    }
}

/// The formats that a directory has results in.
pub(super) fn existing(out: &Path) -> Vec<GradeFormat> {
    let is_there = |format: &&ExportFormat| match format {
        ExportFormat::Jsonl => out.join(JSONL).exists(),
        ExportFormat::Csv => out.join("grades.csv").exists(),
        ExportFormat::Junit => out.join("grades.xml").exists(),
        ExportFormat::Html => out.join("index.html").exists(),
        ExportFormat::Markdown => out.join("students").exists(),
        format => out.join(format.as_str()).exists(),
    };
    ExportFormat::ALL.iter().filter(is_there).map(|format| GradeFormat { format: *format, file: None }).collect()
}

/// # Errors
/// When an output has no file or directory to be written to.
pub(super) fn check(results: &ResultOptions) -> Result<(), Problem> {
    let needs =
        results.moodle.is_some() || results.canvas.is_some() || results.format.iter().any(|to| to.file.is_none());
    if needs && results.out.is_none() {
        let problem = Problem::error("no directory to write results to");
        return Err(problem.help("add `--out DIR`, or name a file with `--format FORMAT=FILE`"));
    }
    Ok(())
}

/// Writes all outputs. Returns the errors; one failed output does not prevent the others.
pub(super) fn write_all(results: &ResultOptions, rubric: &Rubric, class: &Class) -> Vec<Problem> {
    let problems = RefCell::new(Vec::new());
    let fail = |message: String| problems.borrow_mut().push(Problem::error(message));
    let write = |path: &Path, content: Content<'_>| {
        if let Err(error) = write_content(path, content) {
            fail(format!("cannot write `{}`: {error}", path.display()));
        }
    };
    let seen = match results.student {
        true => Cow::Owned(class.for_students(rubric.feedback)),
        false => Cow::Borrowed(class),
    };
    let out = results.out.clone().unwrap_or_default();
    let stale = stale_names(&out, class);
    for to in formats(results) {
        match &to.file {
            Some(path) if class.sheets.len() == 1 || is_whole(to.format) => {
                let content = match is_whole(to.format) {
                    true => whole(to.format, &seen, &[]),
                    false => one(to.format, class, &class.sheets[0], rubric.feedback, results.student),
                };
                write(path, content);
            }
            Some(path) => {
                let (format, path) = (to.format.as_str(), path.display());
                fail(format!(
                    "`--format {format}={path}`: this format writes one student per file, and there are {} students",
                    class.sheets.len()
                ));
            }
            None => write_directory(to.format, &out, &seen, class, rubric.feedback, results.student, &write),
        }
    }
    for (given, name, filled) in [
        (&results.moodle, FILLED_IN[0], &(|text: &str| export::moodle(class, text, rubric.feedback)) as &Fill<'_>),
        (&results.canvas, FILLED_IN[1], &(|text: &str| export::canvas(class, text)) as &Fill<'_>),
    ] {
        let Some(given) = given else { continue };
        let bytes = fs::read(given).map_err(|error| error.to_string());
        match bytes.and_then(|bytes| filled(&submissions::decode(&bytes))) {
            Ok(text) => write(&out.join(name), ready(text)),
            Err(why) => fail(format!("cannot fill in `{}`: {why}", given.display())),
        }
    }
    remove_stale(&out, &stale);
    problems.into_inner()
}

/// The names of files of students who were in the results before and are not any more.
fn stale_names(out: &Path, class: &Class) -> Vec<String> {
    // Results that cannot be read have no files that we know of.
    let Ok(old) = class::read_ids(&out.join(JSONL)) else { return Vec::new() };
    let names: BTreeSet<String> = export::file_names(&class.sheets).into_iter().collect();
    let old = export::file_names_of(old.iter().map(String::as_str));
    old.into_iter().filter(|name| !names.contains(name)).collect()
}

fn remove_stale(out: &Path, names: &[String]) {
    for (directory, end) in STUDENT_FILES {
        for name in names {
            let _ = fs::remove_file(out.join(directory).join(format!("{name}.{end}")));
        }
    }
}

type Fill<'a> = dyn Fn(&str) -> Result<String, String> + 'a;

/// Whether one file of the format holds the whole class.
fn is_whole(format: ExportFormat) -> bool {
    matches!(format, ExportFormat::Jsonl | ExportFormat::Csv | ExportFormat::Junit)
}

/// Writes the content of a file, so that a whole class need not be in memory as text.
type Content<'a> = Box<dyn FnOnce(&mut dyn Write) -> io::Result<()> + 'a>;

fn ready<'a>(text: String) -> Content<'a> {
    Box::new(move |out| out.write_all(text.as_bytes()))
}

fn whole<'c>(format: ExportFormat, class: &'c Class, links: &'c [String]) -> Content<'c> {
    match format {
        ExportFormat::Jsonl => Box::new(|out| export::jsonl(class, out)),
        ExportFormat::Csv => Box::new(|out| export::write_table(class, out)),
        ExportFormat::Junit => Box::new(|out| export::junit(class, out)),
        _ => Box::new(|out| export::class_page(class, links, out)),
    }
}

/// One student's file.
fn one<'c>(format: ExportFormat, class: &'c Class, sheet: &'c Sheet, feedback: Feedback, student: bool) -> Content<'c> {
    Box::new(move |out| {
        let full = class.whole(sheet)?;
        // Files that are named after a student are for the student.
        let shown = full.for_student(feedback);
        let text = match format {
            ExportFormat::Markdown => export::markdown(&class.title, &shown),
            ExportFormat::Html => export::student_page(&class.title, &shown),
            ExportFormat::Gradescope => export::gradescope(&class.title, if student { &shown } else { &full }, feedback),
            ExportFormat::Classroom => export::classroom(&shown),
            ExportFormat::Prairielearn => export::prairielearn(&class.title, &shown),
            ExportFormat::Jsonl | ExportFormat::Csv | ExportFormat::Junit => String::new(),
        };
        out.write_all(text.as_bytes())
    })
}

fn write_directory(
    format: ExportFormat,
    out: &Path,
    seen: &Class,
    class: &Class,
    feedback: Feedback,
    student: bool,
    write: &dyn Fn(&Path, Content<'_>),
) {
    let names = export::file_names(&class.sheets);
    let (sub, end) = match format {
        ExportFormat::Jsonl => return write(&out.join(JSONL), whole(format, seen, &[])),
        ExportFormat::Csv => return write(&out.join("grades.csv"), whole(format, seen, &[])),
        ExportFormat::Junit => return write(&out.join("grades.xml"), whole(format, seen, &[])),
        ExportFormat::Markdown => ("students", "md"),
        ExportFormat::Html => ("students", "html"),
        ExportFormat::Gradescope => ("gradescope", "json"),
        ExportFormat::Classroom => ("classroom", "json"),
        ExportFormat::Prairielearn => ("prairielearn", "json"),
    };
    for (name, sheet) in names.iter().zip(&class.sheets) {
        write(&out.join(sub).join(format!("{name}.{end}")), one(format, class, sheet, feedback, student));
    }
    if format == ExportFormat::Html {
        let links: Vec<String> = names.iter().map(|name| format!("{sub}/{name}.{end}")).collect();
        write(&out.join("index.html"), whole(format, seen, &links));
    }
}

/// Writes a file atomically.
pub(super) fn write_atomically(path: &Path, text: &str) -> io::Result<()> {
    write_content(path, Box::new(|out| out.write_all(text.as_bytes())))
}

fn write_content(path: &Path, content: Content<'_>) -> io::Result<()> {
    let directory = path.parent().filter(|directory| !directory.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(directory)?;
    let mut new = PathBuf::from(path);
    new.as_mut_os_string().push(".tmp");
    let mut file = BufWriter::new(fs::File::create(&new)?);
    content(&mut file)?;
    file.into_inner().map_err(io::IntoInnerError::into_error)?;
    fs::rename(&new, path)
}
