//! Reads what Rust files import: enough of the language for that, and no more.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use crate::rust::{Kind, Token};

/// One module that is a file.
#[derive(Debug)]
pub(crate) struct File {
    /// Relative to the repository, with `/`.
    pub(crate) path: String,
    /// Without `crate`: `["report", "full"]`.
    pub(crate) module: Vec<String>,
    /// Modules that are files and are named by a path in this one, with the line of the first.
    pub(crate) imports: BTreeMap<Vec<String>, usize>,
}

/// Reads `src` and `rules`, without what is compiled for tests only.
pub(crate) fn read(root: &Path) -> Vec<File> {
    let mut found = Vec::new();
    walk(root, &root.join("src"), &mut Vec::new(), &mut found);
    walk(root, &root.join("rules"), &mut vec!["rules".to_owned()], &mut found);
    let texts: Vec<_> = found
        .into_iter()
        .map(|(path, module)| {
            let tokens = code(&fs::read_to_string(root.join(&path)).expect("the file can be read"));
            (path, module, tokens)
        })
        .collect();
    let modules: BTreeSet<Vec<String>> = texts.iter().map(|(_, module, _)| module.clone()).collect();
    let mut tests = BTreeSet::new();
    let mut files: Vec<_> = texts
        .into_iter()
        .map(|(path, module, tokens)| {
            let mut reader =
                Reader { tokens: &tokens, at: 0, module: module.clone(), paths: Vec::new(), tests: Vec::new() };
            reader.items();
            tests.extend(reader.tests);
            let mut imports = BTreeMap::new();
            for (line, path) in reader.paths {
                // What follows the last module is an item of it.
                let target = (1..=path.len()).rev().map(|end| path[..end].to_vec()).find(|path| modules.contains(path));
                if let Some(target) = target.filter(|target| *target != module) {
                    imports.entry(target).or_insert(line);
                }
            }
            File { path, module, imports }
        })
        .collect();
    files.retain(|file| !(1..=file.module.len()).any(|end| tests.contains(&file.module[..end])));
    files
}

fn walk(root: &Path, directory: &Path, module: &mut Vec<String>, found: &mut Vec<(String, Vec<String>)>) {
    let mut entries: Vec<PathBuf> = fs::read_dir(directory)
        .expect("it can be listed")
        .map(|entry| entry.expect("it can be listed").path())
        .collect();
    entries.sort();
    for path in entries {
        let stem = path.file_stem().expect("it has a name").to_string_lossy().into_owned();
        if path.is_dir() {
            module.push(stem);
            walk(root, &path, module, found);
            module.pop();
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let mut name = module.clone();
            if !["mod", "lib", "main"].contains(&stem.as_str()) {
                name.push(stem);
            }
            let relative = path.strip_prefix(root).expect("it is below the root");
            found.push((relative.to_string_lossy().replace('\\', "/"), name));
        }
    }
}

/// Without comments and strings.
fn code(text: &str) -> Vec<Token> {
    crate::rust::tokens(text).into_iter().filter(|token| token.kind == Kind::Code).collect()
}

struct Reader<'a> {
    tokens: &'a [Token],
    at: usize,
    /// Where we are, with the inline modules around.
    module: Vec<String>,
    paths: Vec<(usize, Vec<String>)>,
    /// Modules that are compiled for tests only.
    tests: Vec<Vec<String>>,
}

impl Reader<'_> {
    fn text(&self, ahead: usize) -> &str {
        self.tokens.get(self.at + ahead).map_or("", |token| token.text.as_str())
    }

    fn is(&self, texts: &[&str]) -> bool {
        texts.iter().enumerate().all(|(ahead, text)| self.text(ahead) == *text)
    }

    /// Reads up to the end of the file, or of the block that was entered.
    fn items(&mut self) {
        let mut depth = 0;
        while self.at < self.tokens.len() {
            match self.text(0) {
                "{" => depth += 1,
                "}" if depth == 0 => return,
                "}" => depth -= 1,
                _ => {}
            }
            if self.is(&["#", "[", "cfg", "(", "test", ")", "]"]) {
                self.at += 7;
                self.skip_item();
            } else if self.is(&["mod"]) && self.text(2) == "{" {
                self.module.push(self.text(1).to_owned());
                self.at += 3;
                self.items();
                self.module.pop();
                self.at += 1;
            } else if self.is(&["use"]) {
                self.at += 1;
                self.tree(&mut Vec::new());
            } else if matches!(self.text(0), "crate" | "super") && self.text(1) == "::" {
                self.tree(&mut Vec::new());
            } else {
                self.at += 1;
            }
        }
    }

    /// Leaves an item that is compiled for tests only.
    fn skip_item(&mut self) {
        while self.is(&["#", "["]) {
            self.at += 1;
            self.skip_group();
        }
        if let Some(ahead) = (0..6).find(|ahead| self.text(*ahead) == "mod" && self.text(ahead + 2) == ";") {
            self.tests.push([self.module.as_slice(), &[self.text(ahead + 1).to_owned()]].concat());
        }
        while self.at < self.tokens.len() {
            match self.text(0) {
                ";" | "," => {
                    self.at += 1;
                    return;
                }
                "{" => return self.skip_group(),
                "(" | "[" => self.skip_group(),
                _ => self.at += 1,
            }
        }
    }

    /// Leaves a group in brackets.
    fn skip_group(&mut self) {
        let mut depth = 0;
        while self.at < self.tokens.len() {
            match self.text(0) {
                "{" | "(" | "[" => depth += 1,
                "}" | ")" | "]" => depth -= 1,
                _ => {}
            }
            self.at += 1;
            if depth == 0 {
                return;
            }
        }
    }

    /// Reads a path, or a tree of paths, below `prefix`.
    fn tree(&mut self, prefix: &mut Vec<String>) {
        let (length, line) = (prefix.len(), self.tokens.get(self.at).map_or(0, |token| token.line));
        loop {
            match self.text(0) {
                "{" => {
                    self.at += 1;
                    while self.at < self.tokens.len() && self.text(0) != "}" {
                        self.tree(prefix);
                        if self.text(0) == "as" {
                            self.at += 2;
                        }
                        if self.text(0) == "," {
                            self.at += 1;
                        }
                    }
                    self.at += 1;
                    break;
                }
                "*" if !prefix.is_empty() => {
                    self.at += 1;
                    self.found(line, prefix);
                    break;
                }
                text if text.chars().all(|char| char.is_alphanumeric() || char == '_') && !text.is_empty() => {
                    prefix.push(text.to_owned());
                    self.at += 1;
                    if self.text(0) != "::" {
                        self.found(line, prefix);
                        break;
                    }
                    self.at += 1;
                }
                // A turbofish, or what this reader does not know.
                _ => {
                    self.found(line, prefix);
                    break;
                }
            }
            if self.at >= self.tokens.len() {
                break;
            }
        }
        prefix.truncate(length);
    }

    /// Notes a path of this crate, from the root.
    fn found(&mut self, line: usize, path: &[String]) {
        let mut names = path.iter().map(String::as_str).peekable();
        let mut base = match names.next() {
            Some("crate" | "plimsoll") => Vec::new(),
            Some("self") => self.module.clone(),
            Some("super") => {
                let mut base = self.module.clone();
                base.pop();
                while names.next_if_eq(&"super").is_some() {
                    base.pop();
                }
                base
            }
            _ => return,
        };
        base.extend(names.filter(|name| *name != "self").map(str::to_owned));
        self.paths.push((line, base));
    }
}

#[test]
fn reads_nested_imports() {
    let text = r#"
use crate::{a::{self, b::C as D}, e};
// use crate::no::comment;
use super::super::f::*;
fn g() { let _ = ("crate::no::string", 'x', b'"', crate::h::i::<u8>()); }
#[cfg(test)]
#[path = "x.rs"]
mod tests;
#[cfg(test)]
mod more { use crate::no::test; }
mod inline { use super::j; }
"#;
    let tokens = code(text);
    let module = vec!["m".to_owned(), "n".to_owned()];
    let mut reader = Reader { tokens: &tokens, at: 0, module, paths: Vec::new(), tests: Vec::new() };
    reader.items();
    let paths: Vec<_> = reader.paths.iter().map(|(line, path)| format!("{line} {}", path.join("::"))).collect();
    assert_eq!(paths, ["2 a", "2 a::b::C", "2 e", "4 f", "5 h::i", "11 m::n::j"]);
    assert_eq!(reader.tests, [["m", "n", "tests"]]);
}
