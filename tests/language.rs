//! All text that people read, against phrases that are not English of the field: `tests/language/phrases.rs`.

#[path = "rules/example.rs"]
mod example;
#[path = "support/help.rs"]
mod help;
#[path = "language/phrases.rs"]
mod phrases;
#[path = "support/rust.rs"]
mod rust;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use phrases::{Reader, problems};
use plimsoll::rules;
use rust::Kind;

/// A piece of prose, and where it is from.
struct Text {
    /// Under which heading it is reported.
    area: String,
    place: String,
    prose: String,
    reader: Reader,
}

impl Text {
    fn new(area: impl Into<String>, place: impl Into<String>, prose: impl Into<String>) -> Self {
        Self { area: area.into(), place: place.into(), prose: prose.into(), reader: Reader::User }
    }
}

#[test]
fn text_is_idiomatic() {
    let texts = [messages(), pages(), command_line(), documents(), sources()].concat_all();
    let mut found = BTreeMap::<String, BTreeSet<String>>::new();
    for text in &texts {
        let problems = problems(&text.prose, text.reader);
        found
            .entry(text.area.clone())
            .or_default()
            .extend(problems.into_iter().map(|it| format!("{}: {it}", text.place)));
    }
    let mut report = String::new();
    for (area, problems) in found.iter().filter(|(_, problems)| !problems.is_empty()) {
        writeln!(report, "{area}:").expect("it is a string");
        problems.iter().for_each(|problem| report.push_str(&format!("    {problem}\n")));
    }
    assert!(report.is_empty(), "\n{report}");
}

trait ConcatAll {
    fn concat_all(self) -> Vec<Text>;
}

impl<const N: usize> ConcatAll for [Vec<Text>; N] {
    fn concat_all(self) -> Vec<Text> {
        self.into_iter().flatten().collect()
    }
}

/// Messages, labels, help and titles of fixes, of every bad example.
fn messages() -> Vec<Text> {
    let mut texts = Vec::new();
    for entry in rules::ALL {
        for (name, example) in example::of(entry).into_iter().filter(|(_, example)| example.bad) {
            for found in example.findings(entry) {
                let labels = found.labels.iter().map(|label| &label.message);
                let title = found.fix.iter().map(|fix| &fix.title);
                let all = std::iter::once(&found.message).chain(&found.help).chain(labels).chain(title);
                let place = format!("{}, {name}", entry.meta.name);
                texts.extend(all.map(|text| Text::new("messages", place.as_str(), code_left_out(text))));
            }
        }
    }
    texts
}

/// The rules' pages and the practices' chapters.
fn pages() -> Vec<Text> {
    let files = files(Path::new("rules"), "md");
    files.iter().flat_map(|path| markdown("rules", path)).collect()
}

/// Help of every command, and the files that the program writes for the user to edit.
fn command_line() -> Vec<Text> {
    let mut texts = Vec::new();
    for (command, text) in help::pages() {
        let paragraphs = text.split("\n\n").map(str::to_owned);
        // An option's text begins after two spaces, and goes on below.
        let place = format!("{command} --help");
        texts.extend(paragraphs.map(|text| Text::new("help", place.as_str(), code_left_out(&text))));
    }
    let directory = tempfile::tempdir().expect("a directory can be made");
    let init = Command::new(env!("CARGO_BIN_EXE_plimsoll")).arg("init").current_dir(directory.path()).output();
    assert!(init.is_ok_and(|output| output.status.success()));
    let config = fs::read_to_string(directory.path().join("plimsoll.toml")).expect("`init` wrote the file");
    for (place, text) in [("plimsoll.toml", config.as_str()), ("rubric.toml", plimsoll::grade::rubric::TEMPLATE)] {
        let paragraphs = text.split("\n\n").map(|paragraph| paragraph.replace("\n# ", " "));
        texts.extend(paragraphs.map(|text| Text::new("help", place, code_left_out(&text))));
    }
    texts
}

fn documents() -> Vec<Text> {
    let mut paths = files(Path::new("examples"), "md");
    for directory in ["src", "docs", "packaging"] {
        paths.extend(files(Path::new(directory), "md"));
    }
    paths.extend(["editors/README.md", "editors/vscode/README.md", "tests/oracle/README.md"].map(PathBuf::from));
    let top = fs::read_dir(".").expect("it can be listed").map(|entry| entry.expect("it can be listed").path());
    paths.extend(top.filter(|path| path.extension().is_some_and(|extension| extension == "md")));
    paths.iter().flat_map(|path| markdown(&name(path), path)).collect()
}

/// Comments of `src` and `rules`, and the strings of `src` that look like prose.
fn sources() -> Vec<Text> {
    let mut texts = Vec::new();
    for path in files(Path::new("src"), "rs").into_iter().chain(files(Path::new("rules"), "rs")) {
        let name = name(&path);
        let area = name.split('/').take(2).collect::<Vec<_>>().join("/");
        let text = fs::read_to_string(&path).expect("the file can be read");
        // Unit tests are at the end.
        let text = text.split("\n#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        let is_test = name.ends_with("tests.rs");
        let tokens = rust::tokens(text);
        let mut tokens = tokens.iter().peekable();
        while let Some(token) = tokens.next() {
            let place = format!("{name}:{}", token.line);
            match token.kind {
                Kind::Comment => {
                    let (mut prose, mut line) = (token.text.clone(), token.line);
                    while let Some(next) = tokens.next_if(|it| it.kind == Kind::Comment && it.line == line + 1) {
                        prose.push('\n');
                        prose.push_str(&next.text);
                        line = next.line;
                    }
                    for prose in paragraphs(&prose) {
                        let area = format!("comments of {area}");
                        texts.push(Text { area, place: place.clone(), prose, reader: Reader::Maintainer });
                    }
                }
                // One line of a table, a command or a file's text is not prose.
                Kind::Str if !is_test && area.starts_with("src/") && token.text.matches(' ').count() > 2 => {
                    let prose = code_left_out(&token.text.replace("\\n", " "));
                    texts.push(Text::new(format!("strings of {area}"), place, prose));
                }
                _ => {}
            }
        }
    }
    texts
}

/// Files below `directory` with this extension.
fn files(directory: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).expect("it can be listed") {
        let path = entry.expect("it can be listed").path();
        if path.is_dir() {
            found.extend(files(&path, extension));
        } else if path.extension().is_some_and(|found| found == extension) {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn name(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/").trim_start_matches("./").to_owned()
}

fn markdown(area: &str, path: &Path) -> Vec<Text> {
    let text = fs::read_to_string(path).expect("the file can be read");
    paragraphs(&text).into_iter().map(|prose| Text::new(area, name(path), prose)).collect()
}

/// The prose of Markdown: without code, each paragraph, item, heading and row of a table by itself.
fn paragraphs(text: &str) -> Vec<String> {
    let (mut found, mut paragraph, mut in_code) = (Vec::new(), String::new(), false);
    for line in text.lines().map(str::trim) {
        let is_fence = line.starts_with("```");
        in_code ^= is_fence;
        if is_fence || line.is_empty() || line.starts_with(['#', '|', '-', '*']) {
            found.push(std::mem::take(&mut paragraph));
        }
        if !in_code && !is_fence {
            paragraph.push_str(line);
            paragraph.push(' ');
        }
    }
    found.push(paragraph);
    found.iter().map(|paragraph| code_left_out(paragraph)).collect()
}

/// The text without what is in backticks, and without the targets of links.
fn code_left_out(text: &str) -> String {
    let prose: Vec<_> = text.split('`').step_by(2).collect();
    let prose = prose.join("`…`");
    let mut parts = prose.split("](");
    let mut shown = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        shown.push(']');
        shown.push_str(part.split_once(')').map_or("", |(_, rest)| rest));
    }
    shown
}
