//! Comments in and above an instruction.

use super::{Model, Step};
use crate::syntax::TriviaKind;

/// How many comment lines above an instruction are read.
const MAX_LINES: usize = 40;

impl<'a> Step<'a> {
    /// The comments in the instruction and directly above it, in lower case.
    pub fn comments(&self, model: &Model<'a>) -> String {
        let text = model.source.text();
        let above = text.get(..self.instruction.lines_span().start()).unwrap_or_default();
        let lines = above.lines().rev().take(MAX_LINES).take_while(|line| line.trim_start().starts_with('#'));
        let mut remarks: Vec<&str> = lines.collect();
        remarks.reverse();
        let inside = self.instruction.trivia.iter().filter(|trivia| trivia.kind == TriviaKind::Comment);
        remarks.extend(inside.map(|trivia| model.source.slice(trivia.span)));
        let mut said = String::new();
        for remark in remarks {
            said.push_str(remark.trim().trim_start_matches('#'));
            said.push('\n');
        }
        said.make_ascii_lowercase();
        said
    }
}
