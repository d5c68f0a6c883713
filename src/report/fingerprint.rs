//! Names for findings that stay when lines above them come and go.

use std::collections::HashMap;

use crate::diagnostic::Diagnostic;
use crate::source::Source;

/// How much of a line counts, in bytes: findings on one very long line must not each read all of it.
const MAX_LINE: usize = 512;

/// Gives each finding of one file its own name: the rule, what is written on the line, and how often
/// that occurred before in the file.
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

/// FNV-1a, 64 bits: the same on every machine and in every version, which the standard library's is not.
pub(crate) fn hash(parts: &[&[u8]]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for part in parts {
        for byte in part.iter().chain([&0]) {
            hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    hash
}
