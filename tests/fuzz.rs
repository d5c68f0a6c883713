//! The fuzz targets on their seeds, on small changes of them, and on generated scripts.

#[path = "fuzz/script.rs"]
mod script;
#[path = "support/skip.rs"]
mod skip;
#[path = "fuzz/targets.rs"]
mod targets;

use std::fs;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use targets::TARGETS;

fn files(folder: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(folder);
    let entries = fs::read_dir(folder).expect("the folder is there").flatten();
    let mut files: Vec<_> = entries.map(|entry| entry.path()).filter(|path| path.is_file()).collect();
    files.sort();
    files.into_iter().map(|path| (path.clone(), fs::read(path).expect("it can be read"))).collect()
}

/// The seeds of a target.
fn seeds(target: &str) -> Vec<(PathBuf, Vec<u8>)> {
    match target {
        "reader" => files("fuzz/seeds/shell"),
        "ignore_file" => files("fuzz/seeds/ignore_file"),
        "rubric" => files("fuzz/seeds/rubric"),
        "compose" => files("fuzz/seeds/compose"),
        "archive" => ["a.tar", "a.zip"].iter().map(|name| (PathBuf::from(name), archive(name))).collect(),
        _ => [files("fuzz/seeds/dockerfile"), files("syntax")].concat(),
    }
}

/// A small archive, made here because a repository is no place for binary files.
fn archive(name: &str) -> Vec<u8> {
    if name.ends_with("zip") {
        let mut file = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        for name in ["a/Dockerfile", "a/../b"] {
            file.start_file(name, zip::write::SimpleFileOptions::default()).expect("an entry");
            std::io::Write::write_all(&mut file, b"FROM a\n").expect("it is written");
        }
        return file.finish().expect("it is written").into_inner();
    }
    let mut file = tar::Builder::new(Vec::new());
    let mut header = tar::Header::new_gnu();
    header.set_size(7);
    header.set_mode(0o644);
    header.set_cksum();
    file.append_data(&mut header, "a/Dockerfile", &b"FROM a\n"[..]).expect("it is written");
    file.into_inner().expect("it is written")
}

#[test]
fn seeds_hold() {
    for (name, target) in TARGETS {
        for (path, bytes) in seeds(name) {
            eprintln!("{name}: {}", path.display());
            target(&bytes);
        }
    }
}

#[test]
fn changed_seeds_hold() {
    for (name, target) in TARGETS {
        // Every rule on every change takes its time without optimisation.
        let most = if matches!(*name, "rules" | "fix_loop") { 2 } else { 12 };
        for (at, (path, bytes)) in seeds(name).into_iter().enumerate() {
            for change in 0..most {
                let changed = changed(&bytes, (at * most + change) as u64);
                eprintln!("{name}: {} changed: {:?}", path.display(), String::from_utf8_lossy(&changed));
                target(&changed);
            }
        }
    }
}

/// What shells and builders give a meaning to.
const PIECES: &[&str] = &[
    "\n", "\\\n", " ", "\\", "'", "\"", "`", "$", "${", "$(", "((", "<<E", "<", ">", "|", "&", ";", "#", "[", "]", "{",
    "}", "(", ")", "=", "\r", "\0", "\u{feff}", "\u{202e}", "é", "FROM ", "RUN ", "ARG ", "COPY ", "USER ", "ENV ",
    "--from=", "-", "/", "*", "!", "\t",
];

/// A few bytes deleted, doubled, moved or put in.
fn changed(bytes: &[u8], seed: u64) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut next = |below: usize| {
        // xorshift
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % below.max(1) as u64) as usize
    };
    let mut bytes = bytes.to_vec();
    for _ in 0..=next(3) {
        let from = next(bytes.len());
        let to = (from + next(24)).min(bytes.len());
        match next(4) {
            0 => _ = bytes.drain(from..to),
            1 => {
                let copy = bytes[from..to].to_vec();
                let at = next(bytes.len());
                bytes.splice(at..at, copy);
            }
            _ => _ = bytes.splice(from..from, PIECES[next(PIECES.len())].bytes()),
        }
    }
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Scripts that bash accepts, by its grammar.
    #[test]
    fn generated_scripts_are_accepted(script in script::script()) {
        use plimsoll::shell::{Dialect, reader};
        targets::reader(script.as_bytes());
        prop_assert!(reader::accepts(&script, Dialect::Bash), "{:?}", reader::read(&script).errors);
    }
}

/// Whether the generator keeps its word, as bash sees it.
#[test]
fn bash_accepts_generated_scripts() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;
    let bash = |script: &str| std::process::Command::new("bash").args(["-n", "-c", script]).output();
    if bash(":").is_err() {
        return skip::missing("bash is not there");
    }
    let mut runner = TestRunner::deterministic();
    for _ in 0..150 {
        let script = script::script().new_tree(&mut runner).expect("a script").current();
        let output = bash(&script).expect("it starts");
        assert!(output.status.success(), "{script}\n{}", String::from_utf8_lossy(&output.stderr));
    }
}
