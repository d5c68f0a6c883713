//! GitLab's Code Quality report.

use std::collections::HashSet;
use std::io::{self, Write};

use serde_json::{Value, json};

use super::Report;
use super::fixes::with_fix_note;
use super::position::PositionRange;
use crate::finding::Level;
use crate::report::fingerprint::Fingerprints;
use crate::text::escape::{JsonWriter, forward};
use crate::text::hash::hash;

pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let mut issues = Vec::new();
    // GitLab treats issues with the same fingerprint as one.
    let mut used = HashSet::new();
    let mut unique = |path: &str, name: &str| {
        let mut hash = hash(&[path.as_bytes(), name.as_bytes()]);
        while !used.insert(hash) {
            hash = hash.wrapping_add(1);
        }
        format!("{hash:016x}")
    };
    for file in &report.files {
        let path = forward(file.source.name());
        if let Some(error) = &file.error {
            issues.push(issue("unreadable", error, "critical", &path, (1, 1), unique(&path, "unreadable")));
        }
        let mut fingerprints = Fingerprints::default();
        for found in &file.diagnostics {
            let severity = match found.level {
                Level::Error => "major",
                Level::Warn => "minor",
                Level::Note | Level::Off => "info",
            };
            let place = PositionRange::shown(&file.source, found.span);
            let lines = (place.start.line, place.end.line);
            let fingerprint = unique(&path, &fingerprints.next(&file.source, found));
            issues.push(issue(found.rule.name, &with_fix_note(found), severity, &path, lines, fingerprint));
        }
    }
    serde_json::to_writer_pretty(JsonWriter(&mut *out), &issues)?;
    writeln!(out)
}

fn issue(rule: &str, message: &str, severity: &str, path: &str, lines: (usize, usize), fingerprint: String) -> Value {
    json!({
        // GitLab does not show `check_name`.
        "description": format!("{rule}: {message}"),
        "check_name": rule,
        "fingerprint": fingerprint,
        "severity": severity,
        "location": { "path": path, "lines": { "begin": lines.0, "end": lines.1 } },
    })
}
