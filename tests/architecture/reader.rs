//! Reads what Rust files import: enough of the language for that, and no more.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

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
            let tokens = tokens(&fs::read_to_string(root.join(&path)).expect("the file can be read"));
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

/// An identifier, `::`, or one character of punctuation, with its line.
struct Token {
    text: String,
    line: usize,
}

/// Comments, strings and characters are left out.
fn tokens(text: &str) -> Vec<Token> {
    let chars: Vec<char> = text.chars().collect();
    let at = |index: usize| chars.get(index).copied().unwrap_or('\0');
    let (mut tokens, mut index, mut line) = (Vec::new(), 0, 1);
    while index < chars.len() {
        let start = index;
        let char = chars[index];
        if char == '/' && at(index + 1) == '/' {
            while index < chars.len() && chars[index] != '\n' {
                index += 1;
            }
        } else if char == '/' && at(index + 1) == '*' {
            let mut depth = 0;
            while index < chars.len() {
                match (chars[index], at(index + 1)) {
                    ('/', '*') => (depth, index) = (depth + 1, index + 2),
                    ('*', '/') => (depth, index) = (depth - 1, index + 2),
                    _ => index += 1,
                }
                if depth == 0 {
                    break;
                }
            }
        } else if char == '"' {
            index = string_end(&chars, index + 1, 0);
        } else if char == 'r' && (at(index + 1) == '"' || at(index + 1) == '#' && matches!(at(index + 2), '"' | '#')) {
            let hashes = chars[index + 1..].iter().take_while(|char| **char == '#').count();
            index = string_end(&chars, index + 2 + hashes, hashes + 1);
        } else if char == '\'' {
            // A lifetime has no closing quote.
            if at(index + 1) == '\\' {
                index += 3;
                while index < chars.len() && chars[index] != '\'' {
                    index += 1;
                }
                index += 1;
            } else {
                index += if at(index + 2) == '\'' { 3 } else { 1 };
            }
        } else if char.is_alphanumeric() || char == '_' {
            while at(index).is_alphanumeric() || at(index) == '_' {
                index += 1;
            }
            // The prefix of a byte string or a byte is not an identifier.
            if !(matches!(at(index), '"' | '\'') && index - start <= 2 && matches!(char, 'b' | 'c')) {
                tokens.push(Token { text: chars[start..index].iter().collect(), line });
            } else if chars[start..index].ends_with(&['r']) {
                index -= 1;
            }
        } else if char == ':' && at(index + 1) == ':' {
            index += 2;
            tokens.push(Token { text: "::".to_owned(), line });
        } else {
            index += 1;
            if !char.is_whitespace() {
                tokens.push(Token { text: char.to_string(), line });
            }
        }
        line += chars[start..index.min(chars.len())].iter().filter(|char| **char == '\n').count();
    }
    tokens
}

/// Where a string ends that was opened before `index`; `raw` is 0 for one with escapes, else one more than its hashes.
fn string_end(chars: &[char], mut index: usize, raw: usize) -> usize {
    while index < chars.len() {
        match chars[index] {
            '\\' if raw == 0 => index += 1,
            '"' if chars[index + 1..].iter().take(raw.saturating_sub(1)).filter(|char| **char == '#').count()
                == raw.saturating_sub(1) =>
            {
                return index + 1 + raw.saturating_sub(1);
            }
            _ => {}
        }
        index += 1;
    }
    index
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
        if let Some(ahead) = (0..6).find(|ahead| self.text(*ahead) == "mod") {
            if self.text(ahead + 2) == ";" {
                self.tests.push([self.module.as_slice(), &[self.text(ahead + 1).to_owned()]].concat());
            }
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
    let tokens = tokens(text);
    let module = vec!["m".to_owned(), "n".to_owned()];
    let mut reader = Reader { tokens: &tokens, at: 0, module, paths: Vec::new(), tests: Vec::new() };
    reader.items();
    let paths: Vec<_> = reader.paths.iter().map(|(line, path)| format!("{line} {}", path.join("::"))).collect();
    assert_eq!(paths, ["2 a", "2 a::b::C", "2 e", "4 f", "5 h::i", "11 m::n::j"]);
    assert_eq!(reader.tests, [["m", "n", "tests"]]);
}
