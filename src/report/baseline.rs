//! A baseline: the findings that existed when a project started to be checked. They are left out of reports, so that only new
//! ones count.
//!
//! A finding is known by its file, its rule and the instruction it is in, and the file says how many there may be. If there are
//! more, those whose line has changed are new. So a finding stays known when lines are added above it, when its value is
//! edited, and when another one is fixed; one more of the same kind is new.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Component, Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::report::{FileReport, Fingerprints};

/// The largest baseline, in bytes.
const MAX_LEN: u64 = 64 << 20;
const VERSION: u32 = 2;

/// Findings by file. Paths are relative to the directory of the baseline.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Baseline {
    version: u32,
    files: BTreeMap<String, Vec<Known>>,
}

/// Findings of one rule in instructions of one kind.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Known {
    rule: String,
    /// The keyword of the instruction.
    instruction: String,
    count: usize,
    /// Hashes of the lines: which findings are new if there are more than `count`.
    lines: Vec<String>,
}

/// What a baseline says about the findings of a file.
#[derive(Clone, Debug, Default)]
pub struct Match {
    /// Whether each finding is known, in order.
    pub known: Vec<bool>,
    /// How many recorded findings no longer exist.
    pub stale: usize,
}

impl Baseline {
    pub fn new() -> Self {
        Self { version: VERSION, files: BTreeMap::new() }
    }

    /// # Errors
    /// The file cannot be read, is not a baseline, or has an unknown version.
    pub fn read(path: &Path) -> io::Result<Self> {
        let mut text = String::new();
        fs::File::open(path)?.take(MAX_LEN).read_to_string(&mut text)?;
        let wrong = |text: String| io::Error::new(ErrorKind::InvalidData, text);
        let version = serde_json::from_str::<serde_json::Value>(&text).ok().and_then(|value| value["version"].as_u64());
        if let Some(other) = version.filter(|version| *version != u64::from(VERSION)) {
            return Err(wrong(format!("unsupported version {other}; this plimsoll supports version {VERSION}")));
        }
        serde_json::from_str(&text).map_err(|error| wrong(format!("not a baseline: {error}")))
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

    /// Records the findings of a file. `instructions` has the keyword that each of them is in.
    pub fn record(&mut self, key: String, file: &FileReport, instructions: &[String]) {
        let mut groups: BTreeMap<(&str, &str), Vec<String>> = BTreeMap::new();
        for (rule, instruction, line) in places(file, instructions) {
            groups.entry((rule, instruction)).or_default().push(line);
        }
        let known = groups.into_iter().map(|((rule, instruction), lines)| Known {
            rule: rule.to_owned(),
            instruction: instruction.to_owned(),
            count: lines.len(),
            lines,
        });
        let known: Vec<_> = known.collect();
        if !known.is_empty() {
            self.files.insert(key, known);
        }
    }

    /// Which findings of a file are known. A rule that did not run, for which `runs` is false, is not stale.
    pub fn find(&self, key: &str, file: &FileReport, instructions: &[String], runs: impl Fn(&str) -> bool) -> Match {
        let places = places(file, instructions);
        let mut known = vec![false; places.len()];
        let mut stale = 0;
        for group in self.files.get(key).into_iter().flatten() {
            let lines: BTreeSet<&str> = group.lines.iter().map(String::as_str).collect();
            let fits = |at: &usize| places[*at].0 == group.rule && places[*at].1 == group.instruction;
            let (same, other): (Vec<_>, Vec<_>) =
                (0..places.len()).filter(fits).partition(|at| lines.contains(places[*at].2.as_str()));
            let mut left = group.count;
            for at in same.into_iter().chain(other).take(group.count) {
                known[at] = true;
                left -= 1;
            }
            stale += if runs(&group.rule) { left } else { 0 };
        }
        Match { known, stale }
    }

    /// Drops what no longer exists in a file from the record; returns how much that was.
    pub fn prune(&mut self, key: &str, file: &FileReport, instructions: &[String], runs: impl Fn(&str) -> bool) -> usize {
        let Some(groups) = self.files.remove(key) else { return 0 };
        let places = places(file, instructions);
        let (mut kept, mut dropped) = (Vec::new(), 0);
        for mut group in groups {
            if runs(&group.rule) {
                let fits = |place: &&(&str, &str, String)| place.0 == group.rule && place.1 == group.instruction;
                let lines: Vec<_> = places.iter().filter(fits).map(|place| place.2.clone()).collect();
                dropped += group.count.saturating_sub(lines.len());
                if lines.len() < group.count {
                    group.count = lines.len();
                    group.lines = lines;
                }
            }
            if group.count > 0 {
                kept.push(group);
            }
        }
        if !kept.is_empty() {
            self.files.insert(key.to_owned(), kept);
        }
        dropped
    }

    /// Drops the files of the record that `exists` does not know; returns how many findings that were.
    pub fn drop_files(&mut self, exists: impl Fn(&str) -> bool) -> usize {
        let before = self.count();
        self.files.retain(|key, _| exists(key));
        before - self.count()
    }

    /// The files of the record.
    pub fn files(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }

    /// How many findings it records of a file.
    pub fn count_of(&self, key: &str) -> usize {
        self.files.get(key).into_iter().flatten().map(|known| known.count).sum()
    }

    /// How many findings it records.
    pub fn count(&self) -> usize {
        self.files.values().flatten().map(|known| known.count).sum()
    }
}

/// What a baseline calls a file: its path relative to the directory of the baseline, with forward slashes. Both without links.
pub fn key(directory: &Path, file: &Path) -> String {
    let parts = |path: &Path| -> Vec<String> {
        let names = path.components().filter_map(|part| match part {
            Component::Normal(name) => Some(name.to_string_lossy().into_owned()),
            Component::Prefix(prefix) => Some(prefix.as_os_str().to_string_lossy().into_owned()),
            _ => None,
        });
        names.collect()
    };
    let (directory, file) = (parts(directory), parts(file));
    let common = directory.iter().zip(&file).take_while(|(a, b)| a == b).count();
    let up = std::iter::repeat_n("..", directory.len() - common);
    up.chain(file[common..].iter().map(String::as_str)).collect::<Vec<_>>().join("/")
}

/// The file that a key stands for.
pub fn path_of(directory: &Path, key: &str) -> PathBuf {
    directory.join(key)
}

/// The rule, the instruction and the hash of the line of each finding.
fn places<'f>(file: &'f FileReport, instructions: &'f [String]) -> Vec<(&'static str, &'f str, String)> {
    let mut prints = Fingerprints::default();
    let mut seen: HashMap<String, usize> = HashMap::new();
    let place = |(at, found): (usize, &'f crate::finding::Diagnostic)| {
        let print = prints.next(&file.source, found);
        let hash = print.split(':').next().unwrap_or_default().to_owned();
        let count = seen.entry(hash.clone()).or_default();
        *count += 1;
        let hash = if *count == 1 { hash } else { format!("{hash}:{count}") };
        (found.rule.name, instructions.get(at).map_or("", String::as_str), hash)
    };
    file.diagnostics.iter().enumerate().map(place).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_relative_to_the_baseline() {
        for (directory, file, expected) in [
            ("/repo", "/repo/web/Dockerfile", "web/Dockerfile"),
            ("/repo/.ci", "/repo/web/Dockerfile", "../web/Dockerfile"),
            ("/repo/web", "/repo/web/Dockerfile", "Dockerfile"),
            ("/", "/Dockerfile", "Dockerfile"),
        ] {
            assert_eq!(key(Path::new(directory), Path::new(file)), expected);
        }
    }
}
