//! Which texts a word can be, as far as it is written.

use super::Survey;
use crate::shell::reader::{Brace, PartKind, Word};
use crate::text::steps;

/// A piece of a [`Survey::shape`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece {
    Char(char),
    /// Any one character.
    Any,
    /// Any text.
    Many,
}

/// Longer words are not compared piece by piece.
const MOST_COMPARISONS: usize = 1 << 14;

impl Survey<'_> {
    /// The characters of a word, with [`Piece::Many`] for each expansion, and its patterns.
    pub fn shape(&self, word: Word) -> Vec<Piece> {
        let mut shape = Vec::new();
        let mut braces = 0;
        for part in self.flat_parts(word) {
            match part.kind {
                PartKind::Brace(Brace::Open) => braces += 1,
                PartKind::Brace(Brace::Close) => {
                    braces -= 1;
                    shape.push(Piece::Many);
                }
                _ if braces > 0 => {}
                PartKind::Question | PartKind::Set(_) => shape.push(Piece::Any),
                PartKind::AnsiC => shape.push(Piece::Many),
                _ => {
                    let mut text = String::new();
                    match self.push(part, true, &mut text) {
                        Some(()) => shape.extend(text.chars().map(Piece::Char)),
                        None => shape.push(Piece::Many),
                    }
                }
            }
        }
        shape
    }
}

/// Whether there is a text that both can be.
pub fn can_be_equal(left: &[Piece], right: &[Piece]) -> bool {
    steps::count(left.len() + right.len());
    match (left.contains(&Piece::Many), right.contains(&Piece::Many)) {
        (false, false) => left.len() == right.len() && fit(left.iter(), right.iter()),
        // What one has between its ends, the other one's `Many` takes.
        (true, true) => fit(left.iter(), right.iter()) && fit(left.iter().rev(), right.iter().rev()),
        (true, false) => matches(left, right),
        (false, true) => matches(right, left),
    }
}

/// Whether two runs of pieces fit together up to the first `Many`, or the end of the shorter one.
fn fit<'p>(left: impl Iterator<Item = &'p Piece>, right: impl Iterator<Item = &'p Piece>) -> bool {
    left.zip(right).take_while(|(left, right)| **left != Piece::Many && **right != Piece::Many).all(|(left, right)| one(*left, *right))
}

fn one(left: Piece, right: Piece) -> bool {
    left == right || left == Piece::Any || right == Piece::Any
}

/// Whether a text, which has no `Many`, is one that the pattern gives.
fn matches(pattern: &[Piece], text: &[Piece]) -> bool {
    if pattern.len().saturating_mul(text.len()) > MOST_COMPARISONS {
        return true;
    }
    let runs: Vec<&[Piece]> = pattern.split(|piece| *piece == Piece::Many).collect();
    let [first, middle @ .., last] = &runs[..] else { return true };
    if text.len() < first.len() + last.len() || !fit(first.iter(), text.iter()) || !fit(last.iter().rev(), text.iter().rev()) {
        return false;
    }
    let mut rest = &text[first.len()..text.len() - last.len()];
    middle.iter().filter(|run| !run.is_empty()).all(|run| {
        let found = rest.windows(run.len()).position(|window| fit(run.iter(), window.iter()));
        found.is_some_and(|at| {
            rest = &rest[at + run.len()..];
            true
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn equal(left: &str, right: &str) -> bool {
        let shape = |text: &str| -> Vec<Piece> {
            text.chars()
                .map(|char| match char {
                    '*' => Piece::Many,
                    '?' => Piece::Any,
                    char => Piece::Char(char),
                })
                .collect()
        };
        can_be_equal(&shape(left), &shape(right))
    }

    #[test]
    fn words_that_can_be_equal() {
        for (left, right) in [("a", "a"), ("a*", "ab"), ("*b", "ab"), ("a*", "*b"), ("*", ""), ("a*b*c", "abbc"), ("?", "x"), ("a*", "a*b")] {
            assert!(equal(left, right) && equal(right, left), "{left} {right}");
        }
        for (left, right) in [("a", "b"), ("a", "ab"), ("a*", "b"), ("a*", "b*"), ("*a", "*b"), ("a*b*c", "ac"), ("ab*b", "ab"), ("?", "")] {
            assert!(!equal(left, right) && !equal(right, left), "{left} {right}");
        }
    }
}
