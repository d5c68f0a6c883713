//! Which submissions share code: fingerprints by winnowing (Schleimer, Wilkerson and Aiken, 2003), and the pairs that have many in
//! common. Never a mark by itself.
//!
//! Code is a sequence of words without comments and layout, and a number is as good as another: reformatting changes nothing. A
//! name that is changed changes the fingerprints around it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::Path;

use super::summary::SimilarPair;
use super::submissions::{AssignmentDir, FileListing};
use crate::text::hash::hash;

/// How many words a fingerprint covers.
const WORDS: usize = 12;
/// Of so many neighbouring hashes, one is a fingerprint.
const WINDOW: usize = 6;
/// How much code of a submission is compared, in bytes.
const MAX_CODE: u64 = 1 << 20;
/// The largest file that is compared, in bytes.
const MAX_FILE: u64 = 256 << 10;
/// A fingerprint that more submissions than this have is common knowledge.
const MAX_SHARED: usize = 40;
/// The bits of a fingerprint that tell whose it is, while fingerprints are compared.
const OWNER: u64 = (1 << 24) - 1;
/// How many fingerprints are kept in memory.
const MAX_IN_MEMORY: usize = 1 << 16;
/// How many files they are distributed over.
const PARTS: usize = 16;
/// Submissions with fewer fingerprints are too short to compare.
const MIN_PRINTS: usize = 8;

/// The fingerprints of a submission, without those of the teacher's own code.
pub fn prints_of(assignment: &AssignmentDir, template: &BTreeSet<u64>) -> Vec<u64> {
    let mut prints = prints_of_listing(&assignment.directory, &assignment.listing);
    prints.retain(|print| !template.contains(print));
    prints.into_iter().collect()
}

/// The fingerprints of all code in a directory.
pub fn prints_of_directory(directory: &Path) -> BTreeSet<u64> {
    prints_of_listing(directory, &FileListing::of(directory, super::submissions::MAX_FILES))
}

fn prints_of_listing(root: &Path, listing: &FileListing) -> BTreeSet<u64> {
    let mut left = MAX_CODE;
    let mut prints = BTreeSet::new();
    for entry in listing.entries.iter().filter(|entry| !entry.is_dir && !entry.is_link && is_code(&entry.path)) {
        if entry.size > MAX_FILE || entry.size > left {
            continue;
        }
        left -= entry.size;
        if let Ok(bytes) = std::fs::read(root.join(&entry.path)) {
            prints.extend(winnow(&String::from_utf8_lossy(&bytes)));
        }
    }
    prints
}

/// Whether a file is code that a student writes.
fn is_code(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    let end = name.rsplit_once('.').map_or("", |(_, end)| end);
    let is_lock = name.contains("lock") || name.ends_with(".min.js");
    !is_lock
        && (name.contains("dockerfile")
            || name.contains("compose")
            || matches!(
                end,
                "c" | "cc" | "cpp" | "cs" | "go" | "h" | "hpp" | "java" | "js" | "kt" | "php" | "py" | "rb" | "rs"
                    | "sh" | "ts"
            ))
}

/// The fingerprints of a text.
fn winnow(text: &str) -> BTreeSet<u64> {
    let words = words(text);
    let hashes = words.windows(WORDS).map(|words| {
        let parts: Vec<&[u8]> = words.iter().map(|word| word.as_bytes()).collect();
        hash(&parts)
    });
    let hashes: Vec<u64> = hashes.collect();
    if hashes.len() < WINDOW {
        return hashes.into_iter().collect();
    }
    hashes.windows(WINDOW).filter_map(|window| window.iter().min().copied()).collect()
}

/// The words of code. A comment starts with `#` or `//`, and ends with the line.
fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    for line in text.lines() {
        let line = without_comment(line);
        let mut rest = line.trim_start();
        while let Some(first) = rest.chars().next() {
            let is_word = |ch: char| ch.is_alphanumeric() || matches!(ch, '_' | '.' | '/' | '-' | ':');
            let end = match is_word(first) {
                true => rest.find(|ch: char| !is_word(ch)).unwrap_or(rest.len()),
                false => first.len_utf8(),
            };
            let word = rest[..end].trim_end_matches(':');
            let word = if word.is_empty() { &rest[..end] } else { word };
            words.push(normal(word));
            rest = rest[word.len()..].trim_start();
        }
    }
    words
}

fn without_comment(line: &str) -> &str {
    let trimmed = line.trim_start();
    if trimmed.starts_with('#') || trimmed.starts_with("//") || trimmed.starts_with('*') {
        return "";
    }
    let end = [" #", " //"].iter().filter_map(|mark| line.find(mark)).min();
    &line[..end.unwrap_or(line.len())]
}

/// A word as it is compared: a number is as good as another, and so is a name that the student chooses.
fn normal(word: &str) -> String {
    let lower = word.to_lowercase();
    match () {
        () if lower.bytes().all(|byte| byte.is_ascii_digit()) => "0".to_owned(),
        () if lower.starts_with(['/', '.']) => "/".to_owned(),
        () => lower,
    }
}

/// The pairs that share at least `threshold` percent of the smaller one, the most similar first.
///
/// # Errors
/// When there are too many fingerprints for the memory, and they cannot be written to files.
pub fn pairs(all: impl Iterator<Item = (String, Vec<u64>)>, threshold: usize) -> io::Result<Vec<SimilarPair>> {
    let mut students = Vec::new();
    let mut owned = OwnedPrints::default();
    for (index, (student, prints)) in (0_u64..).zip(all) {
        if prints.len() >= MIN_PRINTS {
            owned.add(prints.iter().map(|print| print & !OWNER | index & OWNER))?;
        }
        students.push(student);
    }
    let mut shared: BTreeMap<(usize, usize), usize> = BTreeMap::new();
    let mut sizes = vec![0; students.len()];
    let common = MAX_SHARED.min((students.len() / 4).max(3));
    let owner = |print: &u64| usize::try_from(print & OWNER).unwrap_or_default();
    for part in owned.parts()? {
        // What everyone has is no sign of copying, and does not count for the size either.
        for owners in part?.chunk_by(|one, other| one & !OWNER == other & !OWNER).filter(|owners| owners.len() <= common) {
            for (index, one) in owners.iter().enumerate() {
                sizes[owner(one)] += 1;
                for other in &owners[index + 1..] {
                    *shared.entry((owner(one), owner(other))).or_default() += 1;
                }
            }
        }
    }
    let pairs = shared.into_iter().filter_map(|((one, other), count)| {
        let size = sizes[one].min(sizes[other]);
        if size < MIN_PRINTS {
            return None;
        }
        let percent = count * 100 / size;
        let pair = SimilarPair { one: students[one].clone(), other: students[other].clone(), percent };
        (percent >= threshold).then_some(pair)
    });
    let mut pairs: Vec<SimilarPair> = pairs.collect();
    pairs.sort_by(|a, b| (b.percent, &a.one, &a.other).cmp(&(a.percent, &b.one, &b.other)));
    Ok(pairs)
}

/// The fingerprints of a class, each with its owner. Those of a large class are in files.
#[derive(Default)]
struct OwnedPrints {
    in_memory: Vec<u64>,
    /// Equal fingerprints are in the same file. No files, or [`PARTS`] of them.
    files: Vec<File>,
}

impl OwnedPrints {
    fn add(&mut self, prints: impl Iterator<Item = u64>) -> io::Result<()> {
        self.in_memory.extend(prints);
        if self.in_memory.len() < MAX_IN_MEMORY { Ok(()) } else { self.move_to_files() }
    }

    fn move_to_files(&mut self) -> io::Result<()> {
        if self.files.is_empty() {
            self.files = (0..PARTS).map(|_| tempfile::tempfile()).collect::<io::Result<_>>()?;
        }
        let mut parts = vec![Vec::new(); self.files.len()];
        for print in self.in_memory.drain(..) {
            // The highest bits are uneven: the smallest hashes are taken.
            let part = usize::try_from((print & !OWNER).rotate_right(OWNER.count_ones())).unwrap_or_default() % PARTS;
            parts[part].extend(print.to_le_bytes());
        }
        self.files.iter_mut().zip(parts).try_for_each(|(file, part)| file.write_all(&part))
    }

    /// All fingerprints, sorted, each once, in parts between which there are no equal ones.
    fn parts(mut self) -> io::Result<impl Iterator<Item = io::Result<Vec<u64>>>> {
        if !self.files.is_empty() {
            self.move_to_files()?;
        }
        let rest = self.files.is_empty().then(|| Ok(std::mem::take(&mut self.in_memory)));
        let of_file = |mut file: File| {
            let mut bytes = Vec::new();
            file.rewind()?;
            file.read_to_end(&mut bytes)?;
            let (prints, _) = bytes.as_chunks();
            Ok(prints.iter().map(|print| u64::from_le_bytes(*print)).collect())
        };
        let parts = rest.into_iter().chain(self.files.into_iter().map(of_file));
        Ok(parts.map(|part: io::Result<Vec<u64>>| {
            let mut part = part?;
            part.sort_unstable();
            part.dedup();
            Ok(part)
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CODE: &str = "import os\n\ndef greet(name):\n    # says hello\n    text = 'Hello, ' + name\n    print(text.upper())\n    return len(text) + 7\n\n\
        def main():\n    for word in os.environ.get('WORDS', 'a b c').split():\n        if greet(word) > 12:\n            print('long', word, 3)\n\nmain()\n";

    #[test]
    fn layout_comments_and_numbers_are_no_difference() {
        let other = CODE.replace("# says hello", "# greets").replace("    ", "\t").replace("12", "99");
        assert_eq!(winnow(CODE), winnow(&other));
        let (own, foreign) = (winnow(CODE), winnow(&CODE.replace("print", "log").replace("word", "item").replace("text", "line")));
        assert!(own.intersection(&foreign).count() * 2 < own.len());
    }

    #[test]
    fn pairs_above_the_threshold() {
        let prints = |text: &str| winnow(text).into_iter().collect::<Vec<_>>();
        let different = "package main\nfunc main() { for i := 0; i < 3; i++ { fmt.Println(i * i, \"squares\", os.Args[1:]) } }\nfunc other(a int, b string) (string, error) { return b + strconv.Itoa(a), nil }\n";
        let mut students = vec![
            ("ada".to_owned(), prints(CODE)),
            ("bob".to_owned(), prints(&format!("{CODE}\nprint('mine')\n"))),
            ("cy".to_owned(), prints(different)),
        ];
        let found = pairs(students.clone().into_iter(), 80).expect("few fit in memory");
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!((found[0].one.as_str(), found[0].other.as_str()), ("ada", "bob"));
        // What the whole class has, such as the teacher's code, is nobody's copy.
        students.extend((0..60).map(|number| (format!("s{number}"), prints(CODE))));
        assert!(pairs(students.into_iter(), 80).expect("few fit in memory").is_empty());
    }

    #[test]
    fn a_large_class_is_compared_in_files() {
        // Everyone has much of their own, and the last two have the same.
        let own = |student: u64| (0..500_u64).map(move |number| hash(&[&student.to_le_bytes(), &number.to_le_bytes()]));
        let mut all: Vec<(String, Vec<u64>)> = (0..300).map(|student| (format!("s{student}"), own(student).collect())).collect();
        all.push(("copy".to_owned(), own(299).take(450).collect()));
        assert!(all.len() * 500 > MAX_IN_MEMORY * 2);
        let found = pairs(all.into_iter(), 80).expect("files can be written");
        assert_eq!(found, [SimilarPair { one: "s299".to_owned(), other: "copy".to_owned(), percent: 100 }]);
    }
}
