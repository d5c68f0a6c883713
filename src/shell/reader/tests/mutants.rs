//! Scripts that are nearly right: those of the snapshots and of the rules' pages, with tokens deleted, doubled, swapped and
//! put in. The seed is fixed.

use std::path::Path;

use super::robust::{PIECES, checked};
use super::*;

/// The RUN instructions on the pages below a directory.
fn pages(directory: &Path, scripts: &mut Vec<String>) {
    let mut entries: Vec<_> = std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            pages(&path, scripts);
        } else if path.extension().is_some_and(|extension| extension == "md") {
            let text = std::fs::read_to_string(&path).unwrap();
            let mut lines = text.lines();
            while let Some(line) = lines.next() {
                let Some(first) = line.strip_prefix("RUN ") else { continue };
                let mut script = first.to_owned();
                while script.ends_with('\\') {
                    let Some(next) = lines.next() else { break };
                    script = format!("{script}\n{next}");
                }
                scripts.push(script);
            }
        }
    }
}

/// A text as words, spaces, and single characters.
fn tokens(text: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    let mut start = 0;
    let class = |char: char| if char.is_alphanumeric() { 1 } else { 2 * u8::from(char == ' ') };
    for (at, char) in text.char_indices() {
        let before = text[..at].chars().next_back();
        if before.is_some_and(|before| class(before) != class(char) || class(char) == 0) {
            tokens.push(&text[start..at]);
            start = at;
        }
    }
    tokens.push(&text[start..]);
    tokens
}

#[test]
fn nearly_right_scripts() {
    let mut scripts: Vec<String> = SCRIPTS.concat().into_iter().map(str::to_owned).collect();
    pages(&Path::new(env!("CARGO_MANIFEST_DIR")).join("rules"), &mut scripts);
    assert!(scripts.len() > 500, "{} scripts", scripts.len());
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut random = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % below as u64) as usize
    };
    for script in &scripts {
        checked(script);
        for _ in 0..8 {
            let mut tokens = tokens(script);
            for _ in 0..=random(3) {
                let at = random(tokens.len());
                match random(4) {
                    0 if tokens.len() > 1 => drop(tokens.remove(at)),
                    1 => tokens.insert(at, tokens[at]),
                    2 => tokens.insert(at, PIECES[random(PIECES.len())]),
                    _ => {
                        let other = random(tokens.len());
                        tokens.swap(at, other);
                    }
                }
            }
            checked(&tokens.concat());
        }
    }
}
