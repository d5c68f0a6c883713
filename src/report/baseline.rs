//! A baseline: the findings that existed when a project started to be checked. They are left out of reports, so that only new
//! ones count.
//!
//! A finding is identified by its file, its rule and the text of its line, not by the line number: it stays known when lines
//! are added or removed above it, and is new when its own line changes.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{self, ErrorKind, Read, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::report::{FileReport, Fingerprints, Report};

/// The largest baseline, in bytes.
const MAX_LEN: u64 = 64 << 20;
const VERSION: u32 = 1;

/// Findings by file, each by rule and fingerprint.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Baseline {
    version: u32,
    files: BTreeMap<String, BTreeSet<String>>,
}

impl Baseline {
    /// The baseline of all findings in a report.
    pub fn of(report: &Report) -> Self {
        let files = report.files.iter().filter(|file| !file.diagnostics.is_empty());
        Self { version: VERSION, files: files.map(|file| (key(file), names(file).into_iter().collect())).collect() }
    }

    /// # Errors
    /// The file cannot be read, is not a baseline, or has an unknown version.
    pub fn read(path: &Path) -> io::Result<Self> {
        let mut text = String::new();
        fs::File::open(path)?.take(MAX_LEN).read_to_string(&mut text)?;
        let wrong = |text: String| io::Error::new(ErrorKind::InvalidData, text);
        let baseline: Baseline =
            serde_json::from_str(&text).map_err(|error| wrong(format!("not a baseline: {error}")))?;
        match baseline.version {
            VERSION => Ok(baseline),
            other => Err(wrong(format!("unsupported version {other}; this plimsoll supports version {VERSION}"))),
        }
    }

    /// # Errors
    /// The file cannot be written. An existing file then stays unchanged.
    pub fn write(&self, path: &Path) -> io::Result<()> {
        let mut text = serde_json::to_string_pretty(self)?;
        text.push('\n');
        let mut name = path.as_os_str().to_owned();
        name.push(".new");
        let new = Path::new(&name);
        let written = fs::File::create(new).and_then(|mut file| {
            file.write_all(text.as_bytes())?;
            file.sync_all()
        });
        written.and_then(|()| fs::rename(new, path)).inspect_err(|_| _ = fs::remove_file(new))
    }

    /// Removes known findings from a report; returns how many.
    pub fn apply(&self, report: &mut Report) -> usize {
        let mut known = 0;
        for file in &mut report.files {
            let Some(old) = self.files.get(&key(file)) else { continue };
            let names = names(file);
            let before = file.diagnostics.len();
            let mut names = names.iter();
            file.diagnostics.retain(|_| names.next().is_some_and(|name| !old.contains(name)));
            known += before - file.diagnostics.len();
        }
        known
    }

    /// How many findings it records.
    pub fn count(&self) -> usize {
        self.files.values().map(BTreeSet::len).sum()
    }
}

/// The file's name, without a leading `./`.
fn key(file: &FileReport) -> String {
    let name = file.source.name().replace('\\', "/");
    name.trim_start_matches("./").to_owned()
}

/// `root-user 5f0c…:1` for each finding.
fn names(file: &FileReport) -> Vec<String> {
    let mut prints = Fingerprints::default();
    let each = file.diagnostics.iter();
    each.map(|found| format!("{} {}", found.rule.name, prints.next(&file.source, found))).collect()
}
