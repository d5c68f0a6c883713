//! SARIF 2.1.0, for code scanning services.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::{self, Write};

use serde_json::{Value, json};

use super::fingerprint::Fingerprints;
use super::position::PositionRange;
use super::{FileReport, Report};
use crate::finding::Meta;
use crate::finding::{Diagnostic, Level};
use crate::finding::{Fix, Safety};
use crate::text::escape::{JsonWriter, uri};

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";
/// The base of paths: the name that services use for the checkout.
const ROOT: &str = "%SRCROOT%";

pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let rules: BTreeMap<&str, &'static Meta> =
        report.findings().map(|(_, found)| (found.rule.name, found.rule)).collect();
    let index: BTreeMap<&str, usize> = rules.keys().enumerate().map(|(at, name)| (*name, at)).collect();

    let mut results = Vec::new();
    for file in &report.files {
        let mut fingerprints = Fingerprints::default();
        for found in &file.diagnostics {
            results.push(result(file, found, index[found.rule.name], &mut fingerprints));
        }
    }
    let failed: Vec<Value> = report.files.iter().filter_map(notification).collect();
    let mut driver = json!({
        "name": super::TOOL,
        "semanticVersion": super::TOOL_VERSION,
        "rules": rules.values().map(|entry| rule(entry)).collect::<Vec<_>>(),
    });
    if let Some(url) = super::tool_url() {
        driver["informationUri"] = url.into();
    }
    let log = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": driver },
            "invocations": [{ "executionSuccessful": failed.is_empty(), "toolExecutionNotifications": failed }],
            "originalUriBaseIds": { ROOT: { "description": { "text": "the root of the repository" } } },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    serde_json::to_writer_pretty(JsonWriter(&mut *out), &log)?;
    writeln!(out)
}

fn rule(entry: &Meta) -> Value {
    let summary = entry.summary();
    let (level, problem) = match entry.level {
        Level::Error => ("error", "error"),
        Level::Warn => ("warning", "warning"),
        Level::Note => ("note", "recommendation"),
        Level::Off => ("none", "recommendation"),
    };
    let tags: Vec<&str> = std::iter::once(entry.practice).chain(entry.aka.iter().copied()).collect();
    let mut rule = json!({
        "id": entry.name,
        "name": pascal(entry.name),
        "shortDescription": { "text": summary },
        "fullDescription": { "text": introduction(entry.page) },
        "help": { "text": entry.page, "markdown": entry.page },
        "defaultConfiguration": { "level": level },
        "properties": { "tags": tags, "precision": "high", "problem.severity": problem },
    });
    if let Some(score) = security_severity(entry) {
        rule["properties"]["security-severity"] = score.into();
        rule["properties"]["tags"] = tags.iter().copied().chain(["security"]).collect();
    }
    if let Some(url) = super::rule_url(entry) {
        rule["helpUri"] = url.into();
    }
    rule
}

/// What GitHub ranks security findings by, on the scale of CVSS: above 9 is critical, 7 high, 4 medium. `None` for rules
/// that are not about security.
fn security_severity(entry: &Meta) -> Option<&'static str> {
    let scores = match entry.practice {
        "secrets" => ["8.5", "7.0", "3.5"],
        "downloads" => ["7.5", "6.0", "3.0"],
        "nonroot" => ["7.0", "5.0", "2.5"],
        _ => return None,
    };
    Some(match entry.level {
        Level::Error => scores[0],
        Level::Warn => scores[1],
        Level::Note | Level::Off => scores[2],
    })
}

/// `untagged-base` as `UntaggedBase`.
fn pascal(name: &str) -> String {
    let word = |word: &str| {
        let mut chars = word.chars();
        chars.next().map(|first| first.to_ascii_uppercase().to_string() + chars.as_str()).unwrap_or_default()
    };
    name.split('-').map(word).collect()
}

/// The page before its examples, without headings.
fn introduction(page: &str) -> String {
    let before = page.split("\n## Example").next().unwrap_or_default();
    let paragraphs = before.split("\n\n").map(str::trim).filter(|text| !text.is_empty() && !text.starts_with('#'));
    let paragraphs: Vec<String> =
        paragraphs.map(|text| text.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    paragraphs.join("\n\n")
}

fn result(file: &FileReport, found: &Diagnostic, index: usize, fingerprints: &mut Fingerprints) -> Value {
    let level = match found.level {
        Level::Error => "error",
        Level::Warn => "warning",
        Level::Note => "note",
        Level::Off => "none",
    };
    let lines: Vec<&str> = std::iter::once(&found.message).chain(&found.help).map(|text| &**text).collect();
    let place = |span| PositionRange::shown(&file.source, span);
    let mut result = json!({
        "ruleId": found.rule.name,
        "ruleIndex": index,
        "level": level,
        "message": { "text": text(&lines.join("\n")) },
        "locations": [{ "physicalLocation": location(file, place(found.span)) }],
        "partialFingerprints": { "primaryLocationLineHash": fingerprints.next(&file.source, found) },
    });
    if !found.labels.is_empty() {
        let related = found.labels.iter().enumerate().map(|(id, label)| {
            json!({
                "id": id,
                "message": { "text": text(&label.message) },
                "physicalLocation": location(file, place(label.span)),
            })
        });
        result["relatedLocations"] = related.collect();
    }
    // A fix that is for display only must not be offered for applying.
    if let Some(fix) = found.fix.as_ref().filter(|fix| fix.safety != Safety::Display && fix.new_file().is_none()) {
        result["fixes"] = json!([sarif_fix(file, fix)]);
    }
    result
}

fn sarif_fix(file: &FileReport, fix: &Fix) -> Value {
    let replacements = fix.edits().iter().map(|edit| {
        let mut replacement = json!({ "deletedRegion": region(PositionRange::of(&file.source, edit.span)) });
        if !edit.text.is_empty() {
            replacement["insertedContent"] = json!({ "text": edit.text });
        }
        replacement
    });
    json!({
        "description": { "text": text(&fix.title) },
        "artifactChanges": [{
            "artifactLocation": artifact(file),
            "replacements": replacements.collect::<Vec<_>>(),
        }],
        "properties": { "safety": fix.safety },
    })
}

fn notification(file: &FileReport) -> Option<Value> {
    let error = file.error.as_ref()?;
    Some(json!({
        "level": "error",
        "message": { "text": text(error) },
        "locations": [{ "physicalLocation": { "artifactLocation": artifact(file) } }],
    }))
}

fn location(file: &FileReport, place: PositionRange) -> Value {
    json!({ "artifactLocation": artifact(file), "region": region(place) })
}

fn region(place: PositionRange) -> Value {
    json!({
        "startLine": place.start.line,
        "startColumn": place.start.column,
        "endLine": place.end.line,
        "endColumn": place.end.column,
    })
}

fn artifact(file: &FileReport) -> Value {
    let uri = uri(file.source.name());
    if uri.starts_with("file:") { json!({ "uri": uri }) } else { json!({ "uri": uri, "uriBaseId": ROOT }) }
}

/// A message without links: `[text](target)` is one in SARIF.
fn text(message: &str) -> Cow<'_, str> {
    if message.contains("](") { message.replace('[', "\\[").replace(']', "\\]").into() } else { message.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_a_rule() {
        assert_eq!(pascal("untagged-base"), "UntaggedBase");
        let page = "# untagged-base\n\nA base\nimage.\n\n## Why\n\nBecause.\n\n## Examples\n\nx\n";
        assert_eq!(introduction(page), "A base image.\n\nBecause.");
        assert_eq!(text("see [here](http://x)"), "see \\[here\\](http://x)");
        assert_eq!(text("CMD [\"a\"]"), "CMD [\"a\"]");
    }
}
