//! What `[ … ]` asks.

use super::Survey;
use crate::shell::reader::Word;

impl<'t> Survey<'t> {
    /// What is in each `[ … ]`.
    pub fn brackets(&self) -> impl Iterator<Item = &'t [Word]> {
        self.simples.iter().filter_map(|simple| match simple.words {
            [name, args @ .., last] if self.bare(*name) == Some("[") && self.bare(*last) == Some("]") => Some(args),
            _ => None,
        })
    }

    /// The words of each question of every `[ … ]`: what `-a` and `-o` separate, without a `!` at the start.
    pub fn questions(&self) -> Vec<&'t [Word]> {
        let mut questions = Vec::new();
        for args in self.brackets() {
            let mut rest = self.without_not(args);
            // `-a` at the start asks whether a file is there.
            let joins = |word: &Word| matches!(self.bare(*word), Some("-a" | "-o"));
            while let Some(at) = rest.iter().skip(1).position(joins).filter(|_| rest.len() > 2) {
                questions.push(&rest[..=at]);
                rest = self.without_not(&rest[at + 2..]);
            }
            questions.push(rest);
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
