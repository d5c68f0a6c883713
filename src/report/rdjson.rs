//! Reviewdog Diagnostic Format: findings, and fixes as suggested changes.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::fixes::fix_note;
use super::position::trim;
use super::{FileReport, Report};
use crate::finding::{Diagnostic, Level};
use crate::finding::{Fix, Safety};
use crate::text::escape::{JsonWriter, forward};
use crate::text::{Source, Span};

/// The longest suggestion, in bytes.
const MAX_SUGGESTION: usize = 16 << 10;

pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let mut diagnostics = Vec::new();
    for file in &report.files {
        if let Some(error) = &file.error {
            let location = json!({ "path": forward(file.source.name()) });
            diagnostics.push(json!({ "message": error, "location": location, "severity": "ERROR" }));
        }
        diagnostics.extend(file.diagnostics.iter().map(|found| diagnostic(file, found)));
    }
    let mut source = json!({ "name": super::TOOL });
    if let Some(url) = super::tool_url() {
        source["url"] = url.into();
    }
    serde_json::to_writer_pretty(JsonWriter(&mut *out), &json!({ "source": source, "diagnostics": diagnostics }))?;
    writeln!(out)
}

fn diagnostic(file: &FileReport, found: &Diagnostic) -> Value {
    let source = &*file.source;
    let severity = match found.level {
        Level::Error => "ERROR",
        Level::Warn => "WARNING",
        Level::Note | Level::Off => "INFO",
    };
    let mut code = json!({ "value": found.rule.name });
    if let Some(url) = super::rule_url(found.rule) {
        code["url"] = url.into();
    }
    let text = std::iter::once(&found.message).chain(&found.help).map(|text| &**text);
    let lines: Vec<&str> = text.chain(fix_note(found)).collect();
    let location = |span| json!({ "path": forward(source.name()), "range": range(source, trim(source, span)) });
    let mut value = json!({
        "message": lines.join("\n"),
        "location": location(found.span),
        "severity": severity,
        "code": code,
    });
    if !found.labels.is_empty() {
        let labels = found.labels.iter();
        let related = labels.map(|label| json!({ "message": label.message, "location": location(label.span) }));
        value["related_locations"] = related.collect();
    }
    if let Some(suggestion) = found.fix.as_ref().and_then(|fix| suggestion(source, fix)) {
        value["suggestions"] = json!([suggestion]);
    }
    value
}

/// The whole fix as one replacement, because each suggestion can be applied on its own, unlike the edits of a fix.
fn suggestion(source: &Source, fix: &Fix) -> Option<Value> {
    let (first, last) = (fix.edits().first()?, fix.edits().last()?);
    let span = first.span.cover(last.span);
    if fix.safety == Safety::Display || span.len() > MAX_SUGGESTION {
        return None;
    }
    let mut text = String::new();
    let mut at = span.start();
    for edit in fix.edits() {
        text.push_str(source.text().get(at..edit.span.start())?);
        text.push_str(&edit.text);
        at = edit.span.end();
    }
    Some(json!({ "range": range(source, span), "text": text }))
}

/// Lines and columns from 1, columns in bytes.
fn range(source: &Source, span: Span) -> Value {
    let point = |at| {
        let line = source.line_index(at);
        json!({ "line": line + 1, "column": at - source.line_span(line).start() + 1 })
    };
    json!({ "start": point(span.start()), "end": point(span.end()) })
}
