//! JUnit XML: a suite per file, a case per finding.

use std::io::{self, Write};

use super::fixes::fix_note;
use super::xml::{XmlElement, XmlWriter, write_document};
use super::{FileReport, Report, TOOL, level_word};
use crate::finding::{Diagnostic, Level};

pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let sum = |count: fn(&FileReport) -> usize| report.files.iter().map(count).sum::<usize>();
    write_document(out, |xml| {
        let root = XmlElement::new("testsuites").attribute("name", TOOL).attribute("tests", sum(tests));
        let root = root.attribute("failures", sum(failures)).attribute("errors", sum(errors));
        xml.element(root, |xml| report.files.iter().try_for_each(|file| suite(xml, file)))
    })
}

fn suite(xml: &mut XmlWriter<'_>, file: &FileReport) -> io::Result<()> {
    let suite = XmlElement::new("testsuite").attribute("name", file.source.name());
    let suite = suite.attribute("tests", tests(file)).attribute("failures", failures(file));
    let suite = suite.attribute("errors", errors(file)).attribute("skipped", file.diagnostics.len() - failures(file));
    xml.element(suite, |xml| {
        match &file.error {
            Some(error) => {
                let error = XmlElement::new("error").attribute("type", "unreadable").attribute("message", error);
                xml.element(case(file, "readable"), |xml| xml.empty(error))?;
            }
            // A suite without a case looks like a run that did not happen.
            None if file.diagnostics.is_empty() => xml.empty(case(file, "no findings"))?,
            None => {}
        }
        file.diagnostics.iter().try_for_each(|found| finding(xml, file, found))
    })
}

fn case(file: &FileReport, name: &str) -> XmlElement {
    XmlElement::new("testcase").attribute("name", name).attribute("classname", file.source.name())
}

fn finding(xml: &mut XmlWriter<'_>, file: &FileReport, found: &Diagnostic) -> io::Result<()> {
    let (line, column) = file.source.line_column(found.span.start());
    xml.element(case(file, &format!("{} ({line}:{column})", found.rule.name)), |xml| {
        if !fails(found.level) {
            return xml.empty(XmlElement::new("skipped").attribute("message", &found.message));
        }
        let mut text = format!("{}:{line}:{column}: {}", file.source.name(), found.message);
        found.help.iter().for_each(|help| text += &format!("\nhelp: {help}"));
        fix_note(found).into_iter().for_each(|note| text += &format!("\n{note}"));
        let failure = XmlElement::new("failure").attribute("type", level_word(found.level));
        xml.text(failure.attribute("message", &found.message), &text)
    })
}

/// A note does not fail a run; it is shown as a skipped case.
fn fails(level: Level) -> bool {
    level >= Level::Warn
}

fn tests(file: &FileReport) -> usize {
    (file.diagnostics.len() + errors(file)).max(1)
}

fn failures(file: &FileReport) -> usize {
    file.diagnostics.iter().filter(|found| fails(found.level)).count()
}

fn errors(file: &FileReport) -> usize {
    usize::from(file.error.is_some())
}
