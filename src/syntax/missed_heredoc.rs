//! Heredocs that were meant as such and that BuildKit does not read as such. Their text is kept together, so that
//! one error says what is wrong instead of one for each of its lines.

use std::collections::HashMap;

use super::heredoc;
use super::lines::Lines;
use super::part::Part;
use super::tree::{Instruction, Keyword, Logical, Repair, SyntaxError, SyntaxErrorKind};
use crate::text::suggest::shorten;
use crate::text::{Edit, Span};

/// Where each line stands that may end a heredoc; made when it is first needed.
#[derive(Default)]
pub(super) struct Terminators<'a> {
    starts: Option<HashMap<&'a str, Vec<usize>>>,
}

impl<'a> Terminators<'a> {
    /// The start of the first line at or after `from` that is `delimiter` and nothing else.
    pub(super) fn after(&mut self, text: &'a str, delimiter: &str, from: usize) -> Option<usize> {
        let starts = self.starts.get_or_insert_with(|| {
            let mut starts: HashMap<&str, Vec<usize>> = HashMap::new();
            for line in Lines::new(text, 0) {
                let word = line.content(text).trim();
                if !word.is_empty() && !word.contains(char::is_whitespace) {
                    starts.entry(word).or_default().push(line.start);
                }
            }
            starts
        });
        let places = starts.get(delimiter)?;
        places.get(places.partition_point(|start| *start < from)).copied()
    }
}

/// A heredoc that BuildKit does not see, and the error that says why.
pub(super) struct Missed {
    pub(super) delimiter: String,
    pub(super) error: SyntaxError,
}

impl Missed {
    fn new(delimiter: &str, span: Span, message: impl Into<String>, help: &str) -> Self {
        let error = SyntaxError::new(SyntaxErrorKind::MissedHeredoc, span, message).help(help);
        Self { delimiter: delimiter.to_owned(), error }
    }
}

/// The heredoc that an instruction seems to open without BuildKit taking it for one. `line` is the whole instruction.
pub(super) fn missed(instruction: &Instruction, line: &Logical) -> Option<Missed> {
    if !line.text.contains("<<") || !instruction.heredocs.is_empty() {
        return None;
    }
    let missed = match instruction.keyword {
        Keyword::Run | Keyword::Copy | Keyword::Add => dash_and_space(line),
        Keyword::Unknown => glued(instruction),
        Keyword::From | Keyword::Onbuild => None,
        keyword => {
            let opener = heredoc::openers(Part::whole(line)).into_iter().next()?;
            let name = keyword.as_str();
            let message = format!("`{name}` does not support heredocs: only `RUN`, `COPY` and `ADD` do");
            let help = "put the text into a file with `COPY <<EOF /path`, and use that file here";
            Some(Missed::new(&opener.delimiter, opener.opener, message, help))
        }
    };
    missed.filter(|missed| Keyword::of(&missed.delimiter) == Keyword::Unknown)
}

/// `<<- EOF`.
fn dash_and_space(line: &Logical) -> Option<Missed> {
    let at = line.text.match_indices("<<-").map(|(at, _)| at).find(|at| {
        let before = line.text[..*at].chars().next_back();
        before.is_none_or(|char| char.is_whitespace() || char.is_ascii_digit())
            && line.text[at + 3..].starts_with([' ', '\t'])
    })?;
    let rest = &line.text[at + 3..];
    let gap = rest.len() - rest.trim_start_matches([' ', '\t']).len();
    let word = rest[gap..].split(char::is_whitespace).next()?;
    let name = unquoted(word)?;
    let span = line.span(at, at + 3 + gap + word.len());
    let message = format!("with a space after `<<-`, BuildKit does not parse a heredoc: `<<- {}`", shorten(name));
    let mut missed = Missed::new(name, span, message, "write the delimiter directly after the dash");
    let blank = Span::new(line.to_file(at + 2) + 1, line.to_file(at + 3 + gap));
    missed.error.repair = Some(Repair { title: "remove the space".to_owned(), edits: vec![Edit::delete(blank)] });
    Some(missed)
}

/// `RUN<<EOF`.
fn glued(instruction: &Instruction) -> Option<Missed> {
    let (keyword, rest) = instruction.keyword_text.split_once("<<")?;
    let keyword = Keyword::of(keyword);
    if !matches!(keyword, Keyword::Run | Keyword::Copy | Keyword::Add) {
        return None;
    }
    let name = unquoted(rest.strip_prefix('-').unwrap_or(rest))?;
    let message = format!("a space is missing between `{}` and its heredoc", keyword.as_str());
    let mut missed = Missed::new(name, instruction.keyword_span, message, "insert a space before `<<`");
    let at = instruction.keyword_span.start() + keyword.as_str().len();
    missed.error.repair = Some(Repair { title: "insert the space".to_owned(), edits: vec![Edit::insert(at, " ")] });
    Some(missed)
}

/// A delimiter without the quotes around it.
fn unquoted(word: &str) -> Option<&str> {
    let name = word.trim_matches(['"', '\'']);
    let fits = |char: char| char.is_ascii_alphanumeric() || matches!(char, '_' | '-' | '.');
    (!name.is_empty() && name.chars().all(fits)).then_some(name)
}
