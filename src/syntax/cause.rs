//! Why a line is not an instruction: the mistake is often in the line above.

use super::tree::{Dockerfile, Escape, Instruction, ItemKind, Keyword, Repair, SyntaxError, SyntaxErrorKind};
use crate::text::suggest::{nearest, shorten};
use crate::text::{Edit, Span};

/// Replaces errors about lines that are not instructions by one that names the cause, where the text shows it.
/// The errors are in file order.
pub(super) fn explain(text: &str, file: &mut Dockerfile) {
    if file.errors.iter().all(|error| error.kind != SyntaxErrorKind::UnknownInstruction) {
        return;
    }
    let mut causes = Vec::new();
    let mut chain = Chain { text, file, above: None, escape_said: false };
    for item in &file.items {
        let ItemKind::Instruction(instruction) = &item.kind else { continue };
        if instruction.keyword == Keyword::Unknown && !instruction.keyword_text.is_empty() {
            causes.extend(chain.cause(instruction));
        }
        chain.above = Some(instruction);
    }
    for Cause { of, error, unread } in causes {
        file.unread.push(unread);
        let first = file.errors.partition_point(|error| error.span.start < of.start);
        let at = file.errors[first..]
            .iter()
            .take_while(|error| error.span.start == of.start)
            .position(|error| error.span == of);
        let at = at.map(|at| first + at);
        match (at, error) {
            (Some(at), Some(error)) => file.errors[at] = error,
            (Some(at), None) => file.errors[at].kind = SyntaxErrorKind::Consequence,
            (None, _) => {}
        }
    }
    file.errors.retain(|error| error.kind != SyntaxErrorKind::Consequence);
}

/// What is to become of the error about the keyword at `of`.
struct Cause {
    of: Span,
    /// `None` when another error covers it.
    error: Option<SyntaxError>,
    unread: Span,
}

struct Chain<'a> {
    text: &'a str,
    file: &'a Dockerfile,
    /// The instruction above.
    above: Option<&'a Instruction>,
    /// Whether it was already said that the escape character is not declared.
    escape_said: bool,
}

impl<'a> Chain<'a> {
    fn cause(&mut self, instruction: &'a Instruction) -> Option<Cause> {
        let of = instruction.keyword_span;
        let own = |error| Some(Cause { of, error: Some(error), unread: instruction.span });
        if let Some(error) = no_space(instruction) {
            return own(error);
        }
        let above = self.above?;
        let line = last_line(self.text, above);
        let both = above.span.cover(instruction.span);
        if let Some(error) = self.comment_after_joint(line) {
            return Some(Cause { of, error: Some(error), unread: both });
        }
        if self.is_windows_joint(above, line) {
            let error = (!self.escape_said).then(|| self.undeclared_escape(line));
            self.escape_said = true;
            return Some(Cause { of, error, unread: both });
        }
        if let Some(error) = self.open_operator(above, instruction, line) {
            return own(error);
        }
        // Lines of one script that is not continued: the first says it.
        let follows = self.text[above.span.end()..instruction.span.start()].trim().is_empty();
        let both_shell = is_shell_line(above) && is_shell_line(instruction);
        (follows && both_shell).then_some(Cause { of, error: None, unread: instruction.span })
    }

    /// `\ # comment`.
    fn comment_after_joint(&self, line: Span) -> Option<SyntaxError> {
        let escape = self.file.escape.as_char();
        let text = self.text.get(line.range())?;
        let at = text.match_indices(escape).map(|(at, _)| at).find(|at| {
            let rest = &text[at + 1..];
            rest.starts_with([' ', '\t']) && rest.trim_start_matches([' ', '\t']).starts_with('#')
        })?;
        let rest = &text[at + 1..];
        let gap = rest.len() - rest.trim_start_matches([' ', '\t']).len();
        let start = line.start() + at;
        let message = format!("a comment after `{escape}` ends the instruction here");
        let mut error = SyntaxError::new(SyntaxErrorKind::UnknownInstruction, Span::new(start, line.end()), message)
            .help("put the comment on a separate line: the continuation character must be the last one on its line");
        let line_break = if self.text.contains("\r\n") { "\r\n" } else { "\n" };
        let edit = Edit::replace(Span::new(start + 1, start + 1 + gap), line_break);
        error.repair = Some(Repair { title: "move the comment to its own line".to_owned(), edits: vec![edit] });
        Some(error)
    }

    /// Whether the line above ends as one that a backtick continues.
    fn is_windows_joint(&self, above: &Instruction, line: Span) -> bool {
        let text = self.text[line.range()].trim_end();
        self.file.escape == Escape::Backslash
            && text
                .strip_suffix('`')
                .is_some_and(|rest| rest.is_empty() || rest.ends_with([' ', '\t', ';', '&', '|', ',']))
            && self.text[above.span.range()].bytes().filter(|byte| *byte == b'`').count() % 2 == 1
    }

    fn undeclared_escape(&self, line: Span) -> SyntaxError {
        let end = line.start() + self.text[line.range()].trim_end().len();
        let mut error = SyntaxError::new(
            SyntaxErrorKind::UnknownInstruction,
            Span::new(end - 1, end),
            "a backtick continues lines only with the directive ``# escape=` ``",
        )
        .help("add ``# escape=` `` as the first line of the file");
        let escapes = self.file.instructions().any(|instruction| !instruction.trivia.is_empty());
        let declared = self.file.items.iter().any(|item| {
            matches!(item.kind, ItemKind::Comment)
                && self.text[item.span.range()].to_ascii_lowercase().contains("escape=")
        });
        if !escapes && !declared {
            let line_break = if self.text.contains("\r\n") { "\r\n" } else { "\n" };
            let start = if self.text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
            let edit = Edit::insert(start, format!("# escape=`{line_break}"));
            error.repair = Some(Repair { title: "declare the escape character".to_owned(), edits: vec![edit] });
        }
        error
    }

    /// A line that ends with an operator, or starts with one, without an escape character between the two.
    fn open_operator(&self, above: &Instruction, instruction: &Instruction, line: Span) -> Option<SyntaxError> {
        let runs = matches!(above.keyword, Keyword::Run | Keyword::Cmd | Keyword::Entrypoint | Keyword::Unknown);
        if !runs || !above.heredocs.is_empty() {
            return None;
        }
        let text = self.text[line.range()].trim_end();
        let escape = self.file.escape.as_char();
        let end = line.start() + text.len();
        let ending = ["&&", "||", "|"].into_iter().find(|operator| text.ends_with(operator));
        let starting = ["&&", "||"].into_iter().find(|operator| instruction.keyword_text.starts_with(operator));
        let (span, message) = match (ending, starting) {
            (Some(operator), _) => (
                Span::new(end - operator.len(), end),
                format!("the line ends with `{operator}` but not with `{escape}`, so the instruction ends here"),
            ),
            (None, Some(operator)) => (
                instruction.keyword_span,
                format!("`{operator}` starts a line, but the line above does not end with `{escape}`"),
            ),
            (None, None) => return None,
        };
        let mut error = SyntaxError::new(SyntaxErrorKind::UnknownInstruction, span, message)
            .help(format!("end the line with `{escape}` to continue it"));
        let adjacent = self.text[end..instruction.keyword_span.start()].trim().is_empty();
        if adjacent {
            let edit = Edit::insert(end, format!(" {escape}"));
            error.repair = Some(Repair { title: "continue the line".to_owned(), edits: vec![edit] });
        }
        Some(error)
    }
}

/// Whether a line that is not an instruction does not resemble one either.
fn is_shell_line(instruction: &Instruction) -> bool {
    let text = &instruction.keyword_text;
    let lower = text.starts_with(|char: char| char.is_ascii_lowercase() || matches!(char, '.' | '/' | '&' | '|'));
    instruction.keyword == Keyword::Unknown && lower && nearest(text, Keyword::ALL.map(Keyword::as_str)).is_none()
}

/// `ENTRYPOINT["/x"]`.
fn no_space(instruction: &Instruction) -> Option<SyntaxError> {
    let text = &instruction.keyword_text;
    let end = text.find(|char: char| !char.is_ascii_alphabetic())?;
    let keyword = Keyword::of(&text[..end]);
    if keyword == Keyword::Unknown || !text[end..].starts_with(['[', '"', '\'', '/', '$', '.', '<']) {
        return None;
    }
    let name = keyword.as_str();
    let message = format!("a space is missing between `{name}` and its arguments: `{}`", shorten(text));
    let span = instruction.keyword_span;
    let mut error = SyntaxError::new(SyntaxErrorKind::UnknownInstruction, span, message);
    error = error.help(format!("write `{name} {}`", shorten(&text[end..])));
    if span.len() == text.len() {
        let edit = Edit::insert(span.start() + end, " ");
        error.repair = Some(Repair { title: "insert the space".to_owned(), edits: vec![edit] });
    }
    Some(error)
}

/// The last line of an instruction, without its line break.
fn last_line(text: &str, instruction: &Instruction) -> Span {
    let end = instruction.span.end();
    let start = text[instruction.span.start()..end]
        .rfind('\n')
        .map_or(instruction.span.start(), |at| instruction.span.start() + at + 1);
    Span::new(start, end)
}
