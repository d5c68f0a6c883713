//! JUnit XML: a suite per student, a case per criterion.

use std::io::{self, Write};

use super::{loss_line, points_of, skip_reason};
use crate::grade::sheet::{Mark, MarkStatus, Sheet};
use crate::grade::summary::Class;
use crate::report::xml::{XmlElement, XmlWriter, write_document};

/// The report of a whole class.
///
/// # Errors
/// When the details of a sheet cannot be read, or `out` cannot be written.
pub fn junit(class: &Class, out: &mut dyn Write) -> io::Result<()> {
    write_document(out, |xml| {
        let all = CaseCounts::of(&class.sheets);
        let root = XmlElement::new("testsuites").attribute("name", &class.title);
        let root =
            root.attribute("tests", all.tests).attribute("failures", all.failures).attribute("errors", all.errors);
        xml.element(root, |xml| class.sheets.iter().try_for_each(|sheet| suite(xml, &class.whole(sheet)?)))
    })
}

fn suite(xml: &mut XmlWriter<'_>, sheet: &Sheet) -> std::io::Result<()> {
    let counts = CaseCounts::of(std::slice::from_ref(sheet));
    let suite = XmlElement::new("testsuite").attribute("name", &sheet.student.id);
    let suite = suite.attribute("tests", counts.tests).attribute("failures", counts.failures);
    let suite = suite.attribute("errors", counts.errors).attribute("skipped", counts.skipped);
    xml.element(suite, |xml| sheet.marks.iter().try_for_each(|mark| case(xml, sheet, mark)))
}

fn case(xml: &mut XmlWriter<'_>, sheet: &Sheet, mark: &Mark) -> std::io::Result<()> {
    let case = XmlElement::new("testcase").attribute("classname", &sheet.student.id).attribute("name", &mark.title);
    let reason = skip_reason(mark, sheet).unwrap_or_default();
    match &mark.status {
        MarkStatus::Met => xml.empty(case),
        MarkStatus::Skipped { .. } => {
            xml.element(case, |xml| xml.empty(XmlElement::new("skipped").attribute("message", reason)))
        }
        MarkStatus::NotGraded { .. } => {
            let error = XmlElement::new("error").attribute("type", "not graded").attribute("message", reason);
            xml.element(case, |xml| xml.empty(error))
        }
        MarkStatus::Partly | MarkStatus::Missed => {
            let message = format!("{} points", points_of(mark.points, mark.max));
            let failure = XmlElement::new("failure").attribute("type", &mark.id).attribute("message", message);
            let lines: Vec<String> = mark.losses.iter().map(loss_line).collect();
            xml.element(case, |xml| xml.text(failure, &lines.join("\n")))
        }
    }
}

/// How many criteria have which status.
#[derive(Default)]
struct CaseCounts {
    tests: usize,
    failures: usize,
    errors: usize,
    skipped: usize,
}

impl CaseCounts {
    fn of(sheets: &[Sheet]) -> Self {
        let mut counts = Self::default();
        for mark in sheets.iter().flat_map(|sheet| &sheet.marks) {
            counts.tests += 1;
            match mark.status {
                MarkStatus::Met => {}
                MarkStatus::Partly | MarkStatus::Missed => counts.failures += 1,
                MarkStatus::Skipped { .. } => counts.skipped += 1,
                MarkStatus::NotGraded { .. } => counts.errors += 1,
            }
        }
        counts
    }
}
