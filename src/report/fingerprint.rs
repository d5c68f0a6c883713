//! Fingerprints of findings that do not change when lines are added or removed above them.

use std::collections::HashMap;

use crate::finding::Diagnostic;
use crate::text::Source;
use crate::text::hash::hash;

/// How much of a line is hashed, in bytes: many findings on one very long line must not each read all of it.
const MAX_LINE: usize = 512;

/// Gives each finding of a file a unique fingerprint: a hash of the rule and the line, and a counter of equal hashes.
#[derive(Default)]
pub struct Fingerprints {
    seen: HashMap<u64, u32>,
}

impl Fingerprints {
    pub fn next(&mut self, source: &Source, found: &Diagnostic) -> String {
        let line = source.line_span(source.line_index(found.span.start()));
        let bytes = &source.text().as_bytes()[line.range()];
        let bytes = bytes[..bytes.len().min(MAX_LINE)].trim_ascii();
        let hash = hash(&[found.rule.name.as_bytes(), bytes]);
        let count = self.seen.entry(hash).or_default();
        *count += 1;
        format!("{hash:016x}:{count}")
    }
}
