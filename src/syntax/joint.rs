//! Lines joined by mistake.

use super::tree::{Instruction, TriviaKind};

/// Whether a text ends with a path such as `C:` or `C:\\app`, so that the backslash after it was meant as a part of it.
pub fn ends_as_drive_path(text: &str) -> bool {
    let word = text.rsplit(char::is_whitespace).next().unwrap_or_default();
    let mut chars = word.trim_start_matches(['"', '\'']).chars();
    chars.next().is_some_and(|char| char.is_ascii_alphabetic())
        && chars.next() == Some(':')
        && matches!(chars.next(), None | Some('\\'))
}

/// Whether the last backslash of a Windows path joins lines of the instruction. `text` is the file's.
pub fn swallows(instruction: &Instruction, text: &str) -> bool {
    instruction.trivia.iter().any(|trivia| {
        let line = text.get(instruction.span.start().min(trivia.span.start())..trivia.span.start()).unwrap_or_default();
        let line = line.rsplit('\n').next().unwrap_or_default();
        trivia.kind == TriviaKind::Continuation && ends_as_drive_path(line)
    })
}
