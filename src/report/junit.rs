//! JUnit's XML: a suite a file, a case a finding.

use std::io::{self, Write};

use super::{FileReport, Report};
use crate::finding::Level;
use crate::text::escape::xml;

pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let sum = |count: fn(&FileReport) -> usize| report.files.iter().map(count).sum::<usize>();
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    writeln!(
        out,
        "<testsuites name=\"plimsoll\" tests=\"{}\" failures=\"{}\" errors=\"{}\">",
        sum(tests),
        sum(failures),
        sum(errors)
    )?;
    report.files.iter().try_for_each(|file| suite(file, out))?;
    writeln!(out, "</testsuites>")
}

fn suite(file: &FileReport, out: &mut dyn Write) -> io::Result<()> {
    let path = xml(file.source.name());
    writeln!(
        out,
        "  <testsuite name=\"{path}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\">",
        tests(file),
        failures(file),
        errors(file),
        file.diagnostics.len() - failures(file)
    )?;
    match &file.error {
        Some(error) => {
            writeln!(out, "    <testcase name=\"readable\" classname=\"{path}\">")?;
            writeln!(out, "      <error type=\"unreadable\" message=\"{}\"/>", xml(error))?;
            writeln!(out, "    </testcase>")?;
        }
        // a suite without a case looks like a run that did not happen
        None if file.diagnostics.is_empty() => {
            writeln!(out, "    <testcase name=\"no findings\" classname=\"{path}\"/>")?;
        }
        None => {}
    }
    for found in &file.diagnostics {
        let (line, column) = file.source.line_column(found.span.start());
        let (rule, message) = (found.rule.name, xml(&found.message));
        writeln!(out, "    <testcase name=\"{rule} ({line}:{column})\" classname=\"{path}\">")?;
        if fails(found.level) {
            write!(out, "      <failure type=\"{}\" message=\"{message}\">", super::word(found.level))?;
            write!(out, "{path}:{line}:{column}: {message}")?;
            for help in &found.help {
                write!(out, "\nhelp: {}", xml(help))?;
            }
            writeln!(out, "</failure>")?;
        } else {
            writeln!(out, "      <skipped message=\"{message}\"/>")?;
        }
        writeln!(out, "    </testcase>")?;
    }
    writeln!(out, "  </testsuite>")
}

/// A note fails no run; it is shown as a skipped case.
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
