//! What `[ … ]` asks.

use super::Survey;
use crate::shell::reader::Word;

impl<'t> Survey<'t> {
    /// The words of each question of every `[ … ]`: what `-a` and `-o` separate, without a `!` at the start.
    pub fn questions(&self) -> Vec<&'t [Word]> {
        let mut questions = Vec::new();
        for simple in &self.simples {
            let [name, args @ .., last] = simple.words else { continue };
            if self.bare(*name) != Some("[") || self.bare(*last) != Some("]") {
                continue;
            }
            let args = self.without_not(args);
            // `-a` at the start asks whether a file is there.
            if args.len() > 2 {
                let joins = |word: &Word| matches!(self.bare(*word), Some("-a" | "-o"));
                questions.extend(args.split(joins).map(|part| self.without_not(part)));
            } else {
                questions.push(args);
            }
        }
        questions
    }

    fn without_not(&self, words: &'t [Word]) -> &'t [Word] {
        match words {
            [not, rest @ ..] if self.bare(*not) == Some("!") => rest,
            _ => words,
        }
    }
}

/// Whether an operator of `[ … ]` compares numbers.
pub fn compares_numbers(operator: &str) -> bool {
    matches!(operator, "-eq" | "-ne" | "-lt" | "-gt" | "-le" | "-ge")
}
