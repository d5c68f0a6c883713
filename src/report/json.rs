//! JSON and JSON Lines. New properties may be added at any time; a change that breaks readers raises `version`.

use std::io::{self, Write};

#[cfg(feature = "schemas")]
use schemars::JsonSchema;
use serde::Serialize;

use super::fingerprint::Fingerprints;
use super::position::{Position, PositionRange};
use super::{Counts, FileReport, Report};
use crate::finding::{self, Diagnostic, Fix, Level, NewFile, Safety, Text};
use crate::text::escape::JsonWriter;
use crate::text::{Source, Span};

const VERSION: u32 = 1;

/// The document of `--format json`.
#[derive(Serialize)]
#[cfg_attr(feature = "schemas", derive(JsonSchema), schemars(rename = "Document"))]
struct JsonDocument<'a> {
    /// The version of this format.
    version: u32,
    tool: JsonTool,
    summary: Counts,
    files: Vec<JsonFile<'a>>,
}

/// The program that wrote the report.
#[derive(Serialize)]
#[cfg_attr(feature = "schemas", derive(JsonSchema), schemars(rename = "Tool"))]
struct JsonTool {
    name: &'static str,
    version: &'static str,
}

/// The results for one file.
#[derive(Serialize)]
#[cfg_attr(feature = "schemas", derive(JsonSchema), schemars(rename = "File"))]
struct JsonFile<'a> {
    path: &'a str,
    /// Why the file could not be read or fixed.
    error: Option<&'a str>,
    /// How many findings were fixed in this run.
    fixed: usize,
    findings: Vec<JsonFinding<'a>>,
}

/// A finding that was not fixed.
#[derive(Serialize)]
#[cfg_attr(feature = "schemas", derive(JsonSchema), schemars(rename = "Finding"))]
struct JsonFinding<'a> {
    /// The rule's name.
    rule: &'static str,
    practice: &'static str,
    /// The rule's codes in other tools.
    aliases: Vec<&'static str>,
    #[cfg_attr(feature = "schemas", schemars(with = "LevelName"))]
    level: Level,
    message: &'a str,
    help: &'a [Text],
    range: JsonRange,
    labels: Vec<JsonLabel<'a>>,
    /// Stays the same when lines are added or removed above, for `--fix-finding`.
    fingerprint: String,
    fix: Option<JsonFix<'a>>,
}

/// A part of the file.
#[derive(Serialize)]
#[cfg_attr(feature = "schemas", derive(JsonSchema), schemars(rename = "Range"))]
struct JsonRange {
    bytes: ByteRange,
    start: Position,
    /// Exclusive.
    end: Position,
}

/// Offsets in bytes, from 0.
#[derive(Serialize)]
#[cfg_attr(feature = "schemas", derive(JsonSchema))]
struct ByteRange {
    start: usize,
    /// Exclusive.
    end: usize,
}

/// Another part of the file that the finding is about.
#[derive(Serialize)]
#[cfg_attr(feature = "schemas", derive(JsonSchema), schemars(rename = "Label"))]
struct JsonLabel<'a> {
    message: &'a str,
    range: JsonRange,
}

/// A fix. Either all of its edits are applied or none.
#[derive(Serialize)]
#[cfg_attr(feature = "schemas", derive(JsonSchema), schemars(rename = "Fix"))]
struct JsonFix<'a> {
    title: &'a str,
    #[cfg_attr(feature = "schemas", schemars(with = "SafetyName"))]
    safety: Safety,
    /// It is only displayed, but applied by `--verify` where the image does its job before and after.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(feature = "schemas", schemars(with = "Option<bool>"))]
    when_verified: bool,
    /// Whether its edits can be applied together with those of all other fixes of this file that say so: none of these
    /// overlap or touch. Fixes for which it is false may apply after the file has been checked again.
    disjoint: bool,
    /// Ascending and disjoint.
    edits: Vec<JsonEdit<'a>>,
    /// A file to create in the directory of the build context.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schemas", schemars(with = "Option<CreatedFile>"))]
    new_file: Option<&'a NewFile>,
}

/// The replacement of a part of the file.
#[derive(Serialize)]
#[cfg_attr(feature = "schemas", derive(JsonSchema), schemars(rename = "Edit"))]
struct JsonEdit<'a> {
    range: JsonRange,
    text: &'a str,
}

/// A line of `--format jsonl`: a finding, or a file that could not be read or fixed.
#[derive(Serialize)]
#[cfg_attr(feature = "schemas", derive(JsonSchema), schemars(rename = "Line"))]
#[serde(untagged)]
#[expect(clippy::large_enum_variant, reason = "it is written at once, and never kept")]
enum JsonLine<'a> {
    Finding {
        /// The version of this format.
        version: u32,
        path: &'a str,
        #[serde(flatten)]
        finding: JsonFinding<'a>,
    },
    Error {
        /// The version of this format.
        version: u32,
        path: &'a str,
        error: &'a str,
    },
}

#[cfg(feature = "schemas")]
#[derive(JsonSchema)]
#[schemars(rename = "Level", rename_all = "lowercase")]
#[allow(dead_code, reason = "only used for the schema")]
enum LevelName {
    Note,
    Warn,
    Error,
}

/// `safe` keeps the behaviour of the image, `unsafe` may change it, `display` is not meant to be applied.
#[cfg(feature = "schemas")]
#[derive(JsonSchema)]
#[schemars(rename = "Safety", rename_all = "lowercase")]
#[allow(dead_code, reason = "only used for the schema")]
enum SafetyName {
    Safe,
    Unsafe,
    Display,
}

#[cfg(feature = "schemas")]
#[derive(JsonSchema)]
#[schemars(rename = "NewFile")]
#[allow(dead_code, reason = "only used for the schema")]
struct CreatedFile {
    name: String,
    text: String,
}

/// The JSON Schema of both formats. `report.schema.json` is a copy of it; a test compares them.
#[cfg(feature = "internals")]
pub fn derived_schema() -> serde_json::Value {
    let mut generator = schemars::generate::SchemaSettings::draft2020_12().into_generator();
    let (document, line) = (generator.subschema_for::<JsonDocument<'_>>(), generator.subschema_for::<JsonLine<'_>>());
    serde_json::json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Plimsoll report",
        "description": "`plimsoll check --format json` writes one Document, `--format jsonl` one Line per finding. New properties may be added at any time; a change that breaks readers raises `version`.",
        "anyOf": [document, line],
        "$defs": generator.take_definitions(true),
    })
}

/// Writes one document.
pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let document = JsonDocument {
        version: VERSION,
        tool: JsonTool { name: super::TOOL, version: super::TOOL_VERSION },
        summary: report.counts(),
        files: report.files.iter().map(file).collect(),
    };
    document
        .serialize(&mut serde_json::Serializer::with_formatter(JsonWriter(&mut *out), FindingPerLine::default()))?;
    writeln!(out)
}

/// Indents the document and its files, but writes each finding on one line: half the size, and as easy to compare.
#[derive(Default)]
struct FindingPerLine {
    /// How many arrays and objects are open.
    open: usize,
    /// Whether the innermost of them has any items.
    filled: bool,
}

impl FindingPerLine {
    /// The depth of a finding; deeper items stay on its line.
    const FINDING_DEPTH: usize = 4;

    fn begin<W: ?Sized + Write>(&mut self, out: &mut W, sign: &[u8]) -> io::Result<()> {
        self.open += 1;
        self.filled = false;
        out.write_all(sign)
    }

    fn end<W: ?Sized + Write>(&mut self, out: &mut W, sign: &[u8]) -> io::Result<()> {
        self.open -= 1;
        if self.filled && self.open < Self::FINDING_DEPTH {
            self.line(out)?;
        }
        self.filled = true;
        out.write_all(sign)
    }

    fn next<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        if !first {
            out.write_all(b",")?;
        }
        if self.open <= Self::FINDING_DEPTH { self.line(out) } else { Ok(()) }
    }

    fn line<W: ?Sized + Write>(&self, out: &mut W) -> io::Result<()> {
        out.write_all(&b"\n        "[..=2 * self.open])
    }
}

impl serde_json::ser::Formatter for FindingPerLine {
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
        out.write_all(if self.open <= Self::FINDING_DEPTH { b": " } else { b":" })
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.filled = true;
        Ok(())
    }
}

/// One line per finding or unreadable file.
pub(super) fn write_lines(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    for file in &report.files {
        let path = file.source.name();
        let error = file.error.iter().map(|error| JsonLine::Error { version: VERSION, path, error });
        let mut fingerprints = Fingerprints::default();
        let findings = file.diagnostics.iter().zip(disjoint(file)).map(|(found, disjoint)| JsonLine::Finding {
            version: VERSION,
            path,
            finding: finding(&file.source, found, disjoint, &mut fingerprints),
        });
        for line in error.chain(findings) {
            serde_json::to_writer(JsonWriter(&mut *out), &line)?;
            writeln!(out)?;
        }
    }
    Ok(())
}

fn file(file: &FileReport) -> JsonFile<'_> {
    let mut fingerprints = Fingerprints::default();
    JsonFile {
        path: file.source.name(),
        error: file.error.as_deref(),
        fixed: file.fixed,
        findings: file
            .diagnostics
            .iter()
            .zip(disjoint(file))
            .map(|(found, disjoint)| finding(&file.source, found, disjoint, &mut fingerprints))
            .collect(),
    }
}

fn disjoint(file: &FileReport) -> Vec<bool> {
    let fixes: Vec<Option<&Fix>> = file.diagnostics.iter().map(|found| found.fix.as_deref()).collect();
    finding::disjoint(&fixes)
}

fn finding<'a>(
    source: &Source,
    found: &'a Diagnostic,
    disjoint: bool,
    fingerprints: &mut Fingerprints,
) -> JsonFinding<'a> {
    let label =
        |label: &'a crate::finding::Label| JsonLabel { message: &label.message, range: range(source, label.span) };
    let edit = |edit: &'a crate::text::Edit| JsonEdit { range: range(source, edit.span), text: &edit.text };
    JsonFinding {
        rule: found.rule.name,
        practice: found.rule.practice,
        aliases: found.aliases(),
        level: found.level,
        message: &found.message,
        help: &found.help,
        range: range(source, found.span),
        labels: found.labels.iter().map(label).collect(),
        fingerprint: fingerprints.next(source, found),
        fix: found.fix.as_ref().map(|fix| JsonFix {
            title: &fix.title,
            safety: fix.safety,
            when_verified: fix.when_verified,
            disjoint,
            edits: fix.edits().iter().map(edit).collect(),
            new_file: fix.new_file(),
        }),
    }
}

fn range(source: &Source, span: Span) -> JsonRange {
    let PositionRange { start, end } = PositionRange::of(source, span);
    JsonRange { bytes: ByteRange { start: span.start(), end: span.end() }, start, end }
}
