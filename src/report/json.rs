//! The report as data. What is here only grows; a change that breaks readers raises `version`.

use std::io::{self, Write};

use serde::Serialize;

use super::place::{Place, Point};
use super::{Counts, FileReport, Report};
use crate::finding::Safety;
use crate::finding::{Diagnostic, Level};
use crate::text::{Source, Span};

const VERSION: u32 = 1;

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    tool: Tool,
    summary: Counts,
    files: Vec<File<'a>>,
}

#[derive(Serialize)]
struct Tool {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
struct File<'a> {
    path: &'a str,
    /// Why the file could not be read or repaired.
    error: Option<&'a str>,
    /// How many findings were repaired in this run.
    fixed: usize,
    findings: Vec<Finding<'a>>,
}

#[derive(Serialize)]
struct Finding<'a> {
    rule: &'static str,
    practice: &'static str,
    aliases: &'static [&'static str],
    level: Level,
    message: &'a str,
    help: &'a [String],
    range: Range,
    labels: Vec<Label<'a>>,
    fix: Option<Fix<'a>>,
}

#[derive(Serialize)]
struct Range {
    /// From 0, the end exclusive.
    bytes: Bytes,
    start: Point,
    end: Point,
}

#[derive(Serialize)]
struct Bytes {
    start: usize,
    end: usize,
}

#[derive(Serialize)]
struct Label<'a> {
    message: &'a str,
    range: Range,
}

#[derive(Serialize)]
struct Fix<'a> {
    title: &'a str,
    safety: Safety,
    /// Ascending and disjoint; all or none are to be applied.
    edits: Vec<Edit<'a>>,
    /// In the build context's folder.
    #[serde(skip_serializing_if = "Option::is_none")]
    new_file: Option<&'a crate::finding::NewFile>,
}

#[derive(Serialize)]
struct Edit<'a> {
    range: Range,
    text: &'a str,
}

/// A line of `jsonl`.
#[derive(Serialize)]
#[serde(untagged)]
enum Line<'a> {
    Finding {
        version: u32,
        path: &'a str,
        #[serde(flatten)]
        finding: Finding<'a>,
    },
    Error {
        version: u32,
        path: &'a str,
        error: &'a str,
    },
}

/// One document.
pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let document = Document {
        version: VERSION,
        tool: Tool { name: super::TOOL, version: super::TOOL_VERSION },
        summary: report.counts(),
        files: report.files.iter().map(file).collect(),
    };
    document.serialize(&mut serde_json::Serializer::with_formatter(&mut *out, FindingALine::default()))?;
    writeln!(out)
}

/// Spreads the document and its files over lines, and gives each finding one: shorter by half, and as easy to compare.
#[derive(Default)]
struct FindingALine {
    /// How many arrays and objects are open.
    open: usize,
    /// Whether the innermost of them holds anything.
    filled: bool,
}

impl FindingALine {
    /// A finding's own parts are deeper.
    const SPREAD: usize = 4;

    fn begin<W: ?Sized + Write>(&mut self, out: &mut W, sign: &[u8]) -> io::Result<()> {
        self.open += 1;
        self.filled = false;
        out.write_all(sign)
    }

    fn end<W: ?Sized + Write>(&mut self, out: &mut W, sign: &[u8]) -> io::Result<()> {
        self.open -= 1;
        if self.filled && self.open < Self::SPREAD {
            self.line(out)?;
        }
        self.filled = true;
        out.write_all(sign)
    }

    fn next<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        if !first {
            out.write_all(b",")?;
        }
        if self.open <= Self::SPREAD { self.line(out) } else { Ok(()) }
    }

    fn line<W: ?Sized + Write>(&self, out: &mut W) -> io::Result<()> {
        out.write_all(&b"\n        "[..=2 * self.open])
    }
}

impl serde_json::ser::Formatter for FindingALine {
    fn begin_array<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.begin(out, b"[")
    }

    fn end_array<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.end(out, b"]")
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.next(out, first)
    }

    fn end_array_value<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.filled = true;
        Ok(())
    }

    fn begin_object<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.begin(out, b"{")
    }

    fn end_object<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.end(out, b"}")
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.next(out, first)
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        out.write_all(if self.open <= Self::SPREAD { b": " } else { b":" })
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.filled = true;
        Ok(())
    }
}

/// One finding, or one file that could not be read, a line.
pub(super) fn write_lines(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    for file in &report.files {
        let path = file.source.name();
        let error = file.error.iter().map(|error| Line::Error { version: VERSION, path, error });
        let findings = file.diagnostics.iter().map(|found| Line::Finding {
            version: VERSION,
            path,
            finding: finding(&file.source, found),
        });
        for line in error.chain(findings) {
            serde_json::to_writer(&mut *out, &line)?;
            writeln!(out)?;
        }
    }
    Ok(())
}

fn file(file: &FileReport) -> File<'_> {
    File {
        path: file.source.name(),
        error: file.error.as_deref(),
        fixed: file.fixed,
        findings: file.diagnostics.iter().map(|found| finding(&file.source, found)).collect(),
    }
}

fn finding<'a>(source: &Source, found: &'a Diagnostic) -> Finding<'a> {
    let label = |label: &'a crate::finding::Label| Label { message: &label.message, range: range(source, label.span) };
    let edit = |edit: &'a crate::text::Edit| Edit { range: range(source, edit.span), text: &edit.text };
    Finding {
        rule: found.rule.name,
        practice: found.rule.practice,
        aliases: found.rule.aka,
        level: found.level,
        message: &found.message,
        help: &found.help,
        range: range(source, found.span),
        labels: found.labels.iter().map(label).collect(),
        fix: found.fix.as_ref().map(|fix| Fix {
            title: &fix.title,
            safety: fix.safety,
            edits: fix.edits().iter().map(edit).collect(),
            new_file: fix.new_file(),
        }),
    }
}

fn range(source: &Source, span: Span) -> Range {
    let Place { start, end } = Place::of(source, span);
    Range { bytes: Bytes { start: span.start(), end: span.end() }, start, end }
}
