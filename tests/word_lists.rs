//! Knowledge stands in `src/knowledge`, not in word lists of rules: outside of it there are few lists of six or more words,
//! and each has a comment that says what it is.
//!
//! A new tool is then one line in one table, and all rules know it.

#[path = "support/rust.rs"]
mod rust;

use std::path::{Path, PathBuf};

use rust::{Kind, Token};

/// How many lists of words may stand outside `src/knowledge`. Only ever lower it.
const MAX_LISTS: usize = 40;

/// A list with fewer words needs no table.
const MIN_WORDS: usize = 6;

/// How many lines above a list its comment may begin.
const NEAR: usize = 5;

/// Modules whose words are not about Dockerfiles and programs: the tables themselves, command lines and messages of
/// engines, and the columns and files of a class.
const OTHER: &[&str] = &["src/knowledge", "src/engine", "src/verify", "src/grade"];

/// An array, slice or `matches!` with words in it.
#[derive(Debug)]
struct List {
    line: usize,
    words: Vec<String>,
    has_comment: bool,
}

#[test]
fn few_lists_of_words_outside_the_tables() {
    let mut lists = Vec::new();
    for file in files(&["src", "rules"]) {
        let path = file.display().to_string().replace('\\', "/");
        if OTHER.iter().any(|module| path.starts_with(&format!("{module}/"))) || path.contains("tests") {
            continue;
        }
        let text = std::fs::read_to_string(&file).unwrap_or_default();
        lists.extend(word_lists(&text).into_iter().map(|list| (path.clone(), list)));
    }
    let show = |(path, list): &(String, List)| format!("{path}:{}: {}", list.line, list.words.join(" "));
    let bare: Vec<String> = lists.iter().filter(|(_, list)| !list.has_comment).map(show).collect();
    assert!(bare.is_empty(), "without a comment that says what they are:\n{}", bare.join("\n"));
    let all: Vec<String> = lists.iter().map(show).collect();
    assert!(
        all.len() <= MAX_LISTS,
        "{} lists of words outside `src/knowledge`, more than {MAX_LISTS}: move one to a table there\n{}",
        all.len(),
        all.join("\n")
    );
}

#[test]
fn lists_are_found() {
    let text = r#"
        // Fruit.
        const A: [&str; 6] = ["a", "b", "c", "d", "e", "f"];
        const TABLE: &[(&str, &str)] = &[("a", "b"), ("c", "d"), ("e", "f")];
        const SENTENCES: &[&str] = &["a b", "c d", "e f", "g h", "i j", "k l"];




        fn f(x: Option<&str>) -> bool { matches!(x, Some("a" | "b" | "c" | "d" | "e" | "f")) || g(&["a", "b"]) }
        #[cfg(test)]
        mod tests { const B: [&str; 6] = ["a", "b", "c", "d", "e", "f"]; }
    "#;
    let found: Vec<_> = word_lists(text).iter().map(|list| (list.line, list.words.len(), list.has_comment)).collect();
    assert_eq!(found, [(3, 6, true), (10, 6, false)]);
}

fn files(roots: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open: Vec<PathBuf> = roots.iter().map(PathBuf::from).collect();
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension() == Some(Path::new("rs").as_os_str()) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// `SC2086`
fn is_code(word: &str) -> bool {
    let digits = word.trim_start_matches(|letter: char| letter.is_ascii_uppercase());
    digits.len() < word.len() && !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// The lists of a file without its unit tests. What is nested counts for the innermost brackets; the parentheses of a
/// pattern count for its `matches!`.
fn word_lists(text: &str) -> Vec<List> {
    let tokens = rust::tokens(text);
    let comments: Vec<usize> =
        tokens.iter().filter(|token| token.kind == Kind::Comment).map(|token| token.line).collect();
    let code: Vec<&Token> = tokens.iter().filter(|token| token.kind != Kind::Comment).collect();
    let is = |at: usize, text: &str| code.get(at).is_some_and(|token| token.kind == Kind::Code && token.text == text);
    let end = (0..code.len()).find(|at| {
        ["#", "[", "cfg", "(", "test", ")", "]"].iter().enumerate().all(|(offset, text)| is(at + offset, text))
    });
    let mut open: Vec<(String, usize, Vec<String>)> = Vec::new();
    let mut lists = Vec::new();
    for (at, token) in code[..end.unwrap_or(code.len())].iter().enumerate() {
        match (token.kind, token.text.as_str()) {
            // Sentences and another tool's codes are no words.
            (Kind::Str, word) if !word.contains(' ') && !is_code(word) => {
                if let Some((_, _, words)) = open.last_mut() {
                    words.push(word.to_owned());
                }
            }
            (Kind::Code, bracket @ ("(" | "[" | "{")) => {
                let is_matches = bracket == "(" && at > 1 && is(at - 1, "!") && is(at - 2, "matches");
                let kind = if is_matches { "matches" } else { bracket };
                open.push((kind.to_owned(), token.line, Vec::new()));
            }
            (Kind::Code, ")" | "]" | "}") => {
                let Some((kind, line, words)) = open.pop() else { continue };
                if kind == "("
                    && let Some((outer, _, all)) = open.last_mut()
                    && outer == "matches"
                {
                    all.extend(words);
                } else if matches!(kind.as_str(), "[" | "matches") && words.len() >= MIN_WORDS {
                    let near = line.saturating_sub(NEAR)..=token.line;
                    lists.push(List { line, words, has_comment: comments.iter().any(|line| near.contains(line)) });
                }
            }
            _ => {}
        }
    }
    lists.sort_by_key(|list| list.line);
    lists
}
