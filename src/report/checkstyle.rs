//! Checkstyle XML, which many services read.

use std::io::{self, Write};

use super::fixes::with_fix_note;
use super::xml::{XmlElement, XmlWriter, write_document};
use super::{FileReport, Report, TOOL};
use crate::finding::Level;

pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    write_document(out, |xml| {
        let root = XmlElement::new("checkstyle").attribute("version", "4.3");
        xml.element(root, |xml| report.files.iter().try_for_each(|file| write_file(xml, file)))
    })
}

fn write_file(xml: &mut XmlWriter<'_>, file: &FileReport) -> io::Result<()> {
    xml.element(XmlElement::new("file").attribute("name", file.source.name()), |xml| {
        if let Some(error) = &file.error {
            let element = XmlElement::new("error").attribute("line", 1).attribute("severity", "error");
            xml.empty(element.attribute("message", error).attribute("source", TOOL))?;
        }
        file.diagnostics.iter().try_for_each(|found| {
            let (line, column) = file.source.line_column(found.span.start());
            let severity = match found.level {
                Level::Error => "error",
                Level::Warn => "warning",
                Level::Note | Level::Off => "info",
            };
            let element = XmlElement::new("error").attribute("line", line).attribute("column", column);
            let element = element.attribute("severity", severity).attribute("message", with_fix_note(found));
            xml.empty(element.attribute("source", format_args!("{TOOL}.{}", found.rule.name)))
        })
    })
}
