//! Comments in and above an instruction.

use super::{Model, Stage, Step};
use crate::knowledge::comment_words::GENERATED;
use crate::syntax::{Instruction, ItemKind, TriviaKind};
use crate::text::Span;

/// How many comment lines above an instruction are read.
const MAX_LINES: usize = 40;

/// How many lines above and below a numbered comment the next number is looked for.
const NUMBERING: usize = 200;

/// How long the words before a number can be: `Step 3`.
const MAX_PREFIX: usize = 12;

impl<'a> Step<'a> {
    /// The comments in the instruction and directly above it, in lower case.
    pub fn comments(&self, model: &Model<'a>) -> String {
        comments(self.instruction, model)
    }

    /// Whether these comments contain one of the words, in lower case.
    pub fn mentions(&self, words: &[&str], model: &Model<'a>) -> bool {
        has_word(&self.comments(model), words)
    }

    /// The comment lines directly above it.
    pub fn comment_above(&self, model: &Model<'a>) -> Span {
        let end = self.instruction.lines_span().start();
        let text = model.source.text().get(..end).unwrap_or_default();
        let lines = text.split_inclusive('\n').rev().take_while(|line| line.trim_start().starts_with('#'));
        Span::new(end - lines.map(str::len).sum::<usize>(), end)
    }

    /// Whether the comment directly above it is one of several that are numbered, so that the file would be harder to read if
    /// it moved or went.
    pub fn is_numbered(&self, model: &Model<'a>) -> bool {
        is_numbered(self.comment_above(model), model)
    }
}

impl<'a> Stage<'a> {
    /// Whether the comments in and directly above its `FROM` contain one of the words, in lower case.
    pub fn mentions(&self, words: &[&str], model: &Model<'a>) -> bool {
        has_word(&comments(self.from, model), words)
    }
}

impl Model<'_> {
    /// Whether the comments in and directly above an instruction contain one of the words, in lower case.
    pub fn mentions(&self, instruction: &Instruction, words: &[&str]) -> bool {
        has_word(&comments(instruction, self), words)
    }

    /// Whether a comment above the first instruction says that a program writes the file.
    pub fn is_generated(&self) -> bool {
        let head = self.file.items.iter().take_while(|item| !matches!(item.kind, ItemKind::Instruction(_)));
        let mut comments = head.filter(|item| matches!(item.kind, ItemKind::Comment));
        comments.any(|item| {
            let said = self.source.slice(item.span).to_ascii_lowercase();
            GENERATED.iter().any(|words| said.contains(words))
        })
    }
}

/// The comments in an instruction and directly above it, in lower case.
fn comments(instruction: &Instruction, model: &Model<'_>) -> String {
    let text = model.source.text();
    let above = text.get(..instruction.lines_span().start()).unwrap_or_default();
    let lines = above.lines().rev().take(MAX_LINES).take_while(|line| line.trim_start().starts_with('#'));
    let mut remarks: Vec<&str> = lines.collect();
    remarks.reverse();
    let inside = instruction.trivia.iter().filter(|trivia| trivia.kind == TriviaKind::Comment);
    remarks.extend(inside.map(|trivia| model.source.slice(trivia.span)));
    let mut said = String::new();
    for remark in remarks {
        said.push_str(remark.trim().trim_start_matches('#'));
        said.push('\n');
    }
    said.make_ascii_lowercase();
    said
}

fn has_word(said: &str, words: &[&str]) -> bool {
    said.split(|char: char| !char.is_alphanumeric()).any(|word| words.contains(&word))
}

/// Whether a comment in these lines is numbered, and another one nearby has the number before or after: `# 2. Build`.
pub fn is_numbered(lines: Span, model: &Model<'_>) -> bool {
    let source = model.source;
    let own: Vec<_> = source.slice(lines).lines().filter_map(number).collect();
    if own.is_empty() {
        return false;
    }
    let text = source.text();
    let before = text[..lines.start()].lines().rev().take(NUMBERING);
    let mut others = before.chain(text[lines.end()..].lines().take(NUMBERING)).filter_map(number);
    others.any(|(words, at)| own.iter().any(|(own, number)| *own == words && number.abs_diff(at) == 1))
}

/// The number of a comment line, and what comes before it: `("step ", 2)` of `# Step 2: build`, `("1.", 3)` of `# 1.3 Build`.
fn number(line: &str) -> Option<(String, u32)> {
    let text = line.trim_start().strip_prefix('#')?;
    let text = text.trim_start_matches(|char: char| char.is_whitespace() || matches!(char, '#' | '-' | '=' | '*'));
    let start = text.find(|char: char| char.is_ascii_digit())?;
    let len = text[start..].find(|char: char| !char.is_ascii_digit() && char != '.').unwrap_or(text.len() - start);
    let (numbers, rest) = (text[start..start + len].trim_end_matches('.'), &text[start + len..]);
    let dotted = numbers.len() < len;
    let (upper, last) = numbers.rsplit_once('.').map_or(("", numbers), |(upper, last)| (upper, last));
    let words = text[..start].to_lowercase();
    let one_word = words.split_whitespace().count() <= 1 && words.len() <= MAX_PREFIX;
    // `2 files` is not a number of its own.
    let ends = rest.is_empty() || dotted || rest.starts_with([')', ':', ']', '-']) || rest.starts_with(" -");
    let apart = ends || !words.trim().is_empty() && rest.starts_with(' ');
    (one_word && apart && last.len() <= 2).then_some(())?;
    Some((words + upper, last.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_comments() {
        for (line, want) in [
            ("# 1. Build", Some(("", 1))),
            ("# Step 2: build", Some(("step ", 2))),
            ("## --- Stage 3 ---", Some(("stage ", 3))),
            ("#4) copy", Some(("", 4))),
            ("# (5) copy", Some(("(", 5))),
            ("# 1.3. Copy", Some(("1", 3))),
            ("# [2/5] copy", None),
            ("# 2 files", None),
            ("# install Python 3.12 and others", None),
            ("# python 3", Some(("python ", 3))),
            ("# needs at least 4 GB", None),
            ("# copy", None),
            ("RUN 1. x", None),
        ] {
            assert_eq!(number(line), want.map(|(words, number)| (words.to_owned(), number)), "{line}");
        }
    }
}
