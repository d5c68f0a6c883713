//! The parser against files: our own small ones, one quirk each (`tests/syntax`), their mutants, hostile sizes, and, where
//! the environment names them, BuildKit's own parser and any folder of Dockerfiles:
//!
//! - `PLIMSOLL_ORACLE_PYTHON`: a Python that has the package `dockerfile` 3.4.0 (see `tests/oracle/buildkit_lines.py`);
//! - `PLIMSOLL_CORPUS`: a folder of Dockerfiles to use as well.

// What was skipped is said on the tests' output.
#![allow(clippy::print_stdout)]

mod support;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use plimsoll::syntax::{dump, parse};
use plimsoll::text::Source;
use proptest::prelude::*;
use rayon::prelude::*;
use support::skip::oracle_python;
use support::{check_tree, corpus, fixtures, read};

/// Where BuildKit of today and the version in the oracle differ, and we are with today's.
const NEWER_THAN_ORACLE: [(&str, &str); 1] =
    [("heredoc-spaced.Dockerfile", "blanks between `<<` and the name are allowed since BuildKit 0.13")];

/// Keyword, first line, last line of each instruction; `error` for a file that is refused.
type Table = BTreeMap<String, Vec<(String, usize, usize)>>;

/// Reads a table as the oracle prints it, by name of file without its folder.
fn table(text: &str) -> Table {
    let mut table = Table::new();
    for row in text.lines() {
        let mut cells = row.split('\t');
        let mut cell = || cells.next().expect("a row has four cells");
        let (path, keyword) = (cell(), cell());
        let mut line = || cell().parse().expect("lines are numbers");
        let row = (keyword.to_owned(), line(), line());
        table.entry(file_name(Path::new(path))).or_default().push(row);
    }
    table
}

fn file_name(path: &Path) -> String {
    path.file_name().expect("a file has a name").to_string_lossy().into_owned()
}

/// Our table for one file, and whether there are errors. Of an ONBUILD the oracle knows the outer keyword only.
fn ours(path: &Path) -> (Vec<(String, usize, usize)>, bool) {
    let rows = table(&dump(&read(path))).into_values().flatten();
    let (errors, rows): (Vec<_>, Vec<_>) = rows.partition(|row| row.0 == "error");
    let outer = |keyword: &str| keyword.split(' ').next().unwrap_or_default().to_owned();
    (rows.into_iter().map(|(keyword, first, last)| (outer(&keyword), first, last)).collect(), !errors.is_empty())
}

/// What differs from the oracle.
fn differences(paths: &[PathBuf], expected: &Table) -> Vec<String> {
    let mut out = Vec::new();
    for path in paths {
        let name = file_name(path);
        if NEWER_THAN_ORACLE.iter().any(|(known, _)| *known == name) {
            continue;
        }
        let (rows, errors) = ours(path);
        let expected = expected.get(&name).map_or(&[][..], Vec::as_slice);
        match expected.first() {
            Some((keyword, ..)) if keyword == "error" && errors => {}
            Some((keyword, ..)) if keyword == "error" => out.push(format!("{name}: the oracle refuses it, we do not")),
            _ if rows != expected => {
                let first = rows.iter().zip(expected).find(|(ours, theirs)| ours != theirs);
                out.push(format!("{name}: {first:?}, {} and {} rows", rows.len(), expected.len()));
            }
            _ => {}
        }
    }
    out
}

#[test]
fn lines_are_those_of_buildkit() {
    let expected = table(include_str!("syntax/expected.tsv"));
    let paths = fixtures();
    assert!(paths.len() > 80);
    assert_eq!(differences(&paths, &expected), [""; 0]);
    let names: Vec<_> = paths.iter().map(|path| file_name(path)).collect();
    assert!(expected.keys().all(|name| names.contains(name)), "a row of a file that is gone");
}

#[test]
fn newer_than_the_oracle() {
    let spaced = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/syntax/heredoc-spaced.Dockerfile");
    let rows =
        [("FROM", 1, 1), ("RUN", 2, 4), ("RUN", 5, 5)].map(|(keyword, first, last)| (keyword.to_owned(), first, last));
    assert_eq!(ours(&spaced), (rows.to_vec(), false));
}

#[test]
fn lines_are_those_of_the_live_oracle() {
    let Some(python) = oracle_python() else { return };
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oracle/buildkit_lines.py");
    let paths: Vec<_> = fixtures().into_iter().chain(corpus()).collect();
    let mut found = Vec::new();
    for paths in paths.chunks(500) {
        let output = Command::new(&python).arg(&script).arg("--print").args(paths).output().expect("the oracle starts");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        found.extend(differences(paths, &table(&String::from_utf8(output.stdout).expect("the oracle prints UTF-8"))));
    }
    println!("{} files compared", paths.len());
    assert_eq!(found, [""; 0]);
}

#[test]
fn every_byte_is_covered_once() {
    for path in fixtures().into_iter().chain(corpus()) {
        check_tree(&read(&path));
    }
}

/// A generator that gives the same numbers on every run (xorshift).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit.max(1) as u64) as usize
    }
}

const PIECES: [&[u8]; 40] = [
    b"\\\n",
    b"`\n",
    b"\n",
    b"\r\n",
    b"\r",
    b" ",
    b"\t",
    b"#",
    b"'",
    b"\"",
    b"$",
    b"${",
    b"}",
    b"${a:-",
    b"<<EOF",
    b"<<-'E F'",
    b"EOF\n",
    b"\nEOF\n",
    b"[",
    b"]",
    b"[\"a\"]",
    b",",
    b"=",
    b"--",
    b"--mount=type=",
    b"RUN ",
    b"ONBUILD ",
    b"COPY ",
    b"ENV ",
    b"HEALTHCHECK CMD ",
    b"# escape=`\n",
    b"\xef\xbb\xbf",
    b"\xff",
    b"\xc3",
    b"\0",
    "\u{2028}".as_bytes(),
    "\u{a0}".as_bytes(),
    "é".as_bytes(),
    b"\\",
    b"/",
];

fn mutate(bytes: &mut Vec<u8>, others: &[Vec<u8>], numbers: &mut Numbers) {
    for _ in 0..=numbers.below(4) {
        let at = numbers.below(bytes.len() + 1);
        let end = (at + numbers.below(24)).min(bytes.len());
        match numbers.below(6) {
            0 => drop(bytes.drain(at..end)),
            1 => bytes.truncate(at.max(bytes.len() / 2)),
            2 => {
                let copy = bytes[at..end].to_vec();
                let to = numbers.below(bytes.len() + 1);
                bytes.splice(to..to, copy);
            }
            3 => {
                let other = &others[numbers.below(others.len())];
                let from = numbers.below(other.len() + 1);
                let to = (from + numbers.below(80)).min(other.len());
                bytes.splice(at..at, other[from..to].iter().copied());
            }
            _ => drop(bytes.splice(at..at, PIECES[numbers.below(PIECES.len())].iter().copied())),
        }
    }
}

#[test]
fn mutants_do_no_harm() {
    let seeds = fixtures().into_iter().chain(corpus()).map(|path| read(&path).bytes().to_vec());
    // Large ones would only cost time.
    let seeds: Vec<_> = seeds.filter(|bytes| bytes.len() < 20_000).collect();
    let mut numbers = Numbers(0x5eed_0f91_1501_15aa);
    for round in 0..60_000 {
        let mut bytes = seeds[round % seeds.len()].clone();
        mutate(&mut bytes, &seeds, &mut numbers);
        check_tree(&Source::new("mutant", bytes));
    }
}

#[test]
fn hostile_sizes_finish() {
    const SIZE: usize = 10 << 20;
    let line = |start: &str, piece: &str, end: &str| format!("{start}{}{end}", piece.repeat(SIZE / piece.len()));
    let many = |piece: &str, count: usize| piece.repeat(count);
    let texts = [
        format!("FROM a\nRUN a{}\n", many(" \\\n && b", 20_000)),
        format!("FROM a\nRUN a{}\n", many(" \\\n# c\n\n 'b", 200_000)),
        many("RUN a && b\n", 100_000),
        many("FORM a\n", 100_000),
        many("RUN <<A\na\nA\n", 100_000),
        many("RUN <<A <<B\n", 100_000),
        line("RUN ", "x", ""),
        line("RUN ", " ", "x"),
        line("", "\n", ""),
        line("", "\r", ""),
        line("", "#\n", ""),
        line("", "\\\n", ""),
        line("", "\u{3000}", "x"),
        line("ENV ", "a=b ", ""),
        line("ENV a=", "\"", ""),
        line("ENV a=", "${a:-", ""),
        line("ENV a=\"", "${a:-\"", ""),
        line("LABEL a=", "$", "'"),
        line("RUN ", "<<a ", ""),
        line("RUN ", "<", ""),
        line("RUN <<a ", "\"$(", ""),
        line("RUN ", "'\\\n", ""),
        line("RUN \"", "$(", ""),
        line("RUN ", "--mount=type=cache,target=/a ", ""),
        line("COPY ", "--exclude=a ", &"--link ".repeat(1000)),
        line("RUN --mount=type=bind", ",target=/a", " x"),
        line("RUN --mount=", "\"\"", ""),
        line("CMD ", "[", ""),
        line("CMD [", "\"a\",", "\"b\"]"),
        line("CMD [", "[\"a\",{\"b\":", ""),
        line("COPY [\"", "\\\"", "\"]"),
        line("COPY ", "a ", "<<E"),
        line("", "ONBUILD ", "RUN a"),
        line("EXPOSE ", "1-2/tcp ", ""),
        line("STOPSIGNAL ", "x", ""),
        line("ADD --chmod=", "u+x,", "u a b"),
        line("HEALTHCHECK --interval=", "1s", " CMD a"),
        line("# check=skip=", "a;", "\nFROM a"),
    ];
    texts.into_par_iter().for_each(|text| check_tree(&Source::new("hostile", text)));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        check_tree(&Source::new("any", bytes));
    }

    #[test]
    fn anything_like_a_dockerfile(pieces in prop::collection::vec(prop::sample::select(&PIECES[..]), 0..60), text in "(?s).{0,40}") {
        let mut bytes = pieces.concat();
        bytes.extend(text.bytes());
        check_tree(&Source::new("like", bytes));
    }

    /// What stands behind an instruction that has no heredoc and is not continued changes nothing in it.
    #[test]
    fn instructions_do_not_leak(start in "(RUN|CMD|COPY|ENV|LABEL) [a-z =$\"']{0,20}[a-z]", end in "(?s).{0,40}") {
        let alone = parse(&format!("{start}\n"));
        let followed = parse(&format!("{start}\n{end}"));
        let logical = |file: &plimsoll::syntax::Dockerfile| file.instructions().next().map(|first| first.logical.text.clone());
        prop_assert_eq!(logical(&alone), logical(&followed));
    }
}
