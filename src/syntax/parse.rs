//! The walk over the lines: what is a comment, what an instruction, where one ends.

use super::cause;
use super::check;
use super::directive::Directives;
use super::heredoc;
use super::instruction;
use super::lines::{Line, Lines, continued};
use super::missed_heredoc::{Terminators, missed};
use super::tree::{
    Args, Dockerfile, Heredoc, Instruction, Item, ItemKind, Logical, SyntaxError, SyntaxErrorKind, Trivia, TriviaKind,
};
use crate::text::Span;
use crate::text::steps;
use crate::text::suggest::shorten;

/// Reads a Dockerfile. Never fails: [`Dockerfile::errors`] says what BuildKit would refuse, and the items cover every
/// byte of `text` exactly once. Takes time linear in the length of `text`.
pub fn parse(text: &str) -> Dockerfile {
    steps::count(text.len());
    let mut file = Dockerfile::default();
    let bom = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    if bom > 0 {
        file.items.push(Item { span: Span::new(0, bom), kind: ItemKind::Bom });
    }
    let (lines, directives, terminators) = (Lines::new(text, bom), Directives::new(), Terminators::default());
    let mut parser = Parser { text, lines, directives, terminators, file };
    let mut first = true;
    while let Some(line) = parser.lines.next() {
        parser.line(line, first);
        first = false;
    }
    let mut file = parser.file;
    if file.instructions().next().is_none() {
        let error = SyntaxError::new(SyntaxErrorKind::EmptyFile, Span::at(0), "this file contains no instructions");
        file.errors.push(error.help("a Dockerfile starts with `FROM` and an image to build on"));
    }
    file.errors.sort_by_key(|error| error.span.start);
    cause::explain(text, &mut file);
    file.errors.sort_by_key(|error| error.span.start);
    file.unread = merged(file.unread);
    file
}

/// Sorted, with those that touch made one.
fn merged(mut spans: Vec<Span>) -> Vec<Span> {
    spans.sort_unstable();
    let mut merged: Vec<Span> = Vec::new();
    for span in spans {
        match merged.last_mut() {
            Some(last) if span.start <= last.end => *last = last.cover(span),
            _ => merged.push(span),
        }
    }
    merged
}

struct Parser<'a> {
    text: &'a str,
    lines: Lines<'a>,
    directives: Directives,
    terminators: Terminators<'a>,
    file: Dockerfile,
}

impl<'a> Parser<'a> {
    fn line(&mut self, line: Line, first: bool) {
        check_length(self.text, &line, &mut self.file.errors);
        let directive = match self.directives.open() {
            true => self.directives.read(self.text, &line, first, &mut self.file.escape, &mut self.file.errors),
            false => None,
        };
        let kind = if let Some(directive) = directive {
            ItemKind::Directive(Box::new(directive))
        } else if line.is_comment(self.text) {
            ItemKind::Comment
        } else if line.is_blank(self.text) {
            // A file may be nothing else: one item for all of them keeps it small.
            if let Some(Item { span, kind: ItemKind::Blank }) = self.file.items.last_mut() {
                *span = Span::new(span.start(), line.end);
                return;
            }
            ItemKind::Blank
        } else {
            return self.instruction(line);
        };
        self.file.items.push(Item { span: Span::new(line.start, line.end), kind });
    }

    fn instruction(&mut self, first: Line) {
        let escape = self.file.escape.as_char();
        let mut logical = Logical::default();
        let mut trivia = Vec::new();
        let mut last = first;
        let mut next = Some(first);
        while let Some(line) = next {
            let content = line.content(self.text);
            let joined = continued(content, escape);
            let kept = joined.unwrap_or(content);
            logical.push(kept, line.start);
            if joined.is_none() {
                break;
            }
            let span = Span::new(line.start + kept.len(), line.end);
            trivia.push(Trivia { span, kind: TriviaKind::Continuation });
            next = None;
            for line in self.lines.by_ref() {
                check_length(self.text, &line, &mut self.file.errors);
                last = line;
                let kind = if line.is_comment(self.text) {
                    TriviaKind::Comment
                } else if line.is_blank(self.text) {
                    TriviaKind::Blank
                } else {
                    next = Some(line);
                    break;
                };
                trivia.push(Trivia { span: Span::new(line.start, line.end), kind });
            }
        }
        let errors = &mut self.file.errors;
        let mut instruction = instruction::read(&logical, self.file.escape, last.content_end, trivia, errors);
        let mut end = last.end;
        if let Some(heredocs) = heredocs_mut(&mut instruction)
            && let Some((content_end, after)) =
                heredoc::bodies(self.text, &mut self.lines, heredocs, end, errors, |line, errors| {
                    check_length(self.text, line, errors);
                })
        {
            end = after;
            stretch(&mut instruction, content_end);
        }
        if let Some(after) = self.missed_heredoc(&mut instruction, &logical, end) {
            end = after;
        } else {
            check::instruction(&instruction, self.file.escape, &mut self.file.errors);
        }
        let kind = ItemKind::Instruction(Box::new(instruction));
        self.file.items.push(Item { span: Span::new(first.start, end), kind });
    }

    /// Takes the text of a heredoc that BuildKit does not see into the instruction. Returns the end of its last line.
    fn missed_heredoc(&mut self, instruction: &mut Instruction, line: &Logical, end: usize) -> Option<usize> {
        let missed = missed(instruction, line)?;
        let terminator = self.terminators.after(self.text, &missed.delimiter, end)?;
        let last = self.lines.by_ref().find(|line| line.start >= terminator)?;
        stretch(instruction, last.content_end);
        self.file.unread.push(instruction.span);
        self.file.errors.push(missed.error);
        Some(last.end)
    }
}

/// Where the heredocs are: in the instruction, or in the one that ONBUILD keeps.
fn heredocs_mut(instruction: &mut Instruction) -> Option<&mut Vec<Heredoc>> {
    let heredocs = match &mut instruction.args {
        Args::Onbuild(Some(inner)) => &mut inner.heredocs,
        _ => &mut instruction.heredocs,
    };
    (!heredocs.is_empty()).then_some(heredocs)
}

fn stretch(instruction: &mut Instruction, end: usize) {
    instruction.span = Span::new(instruction.span.start(), end);
    if let Args::Onbuild(Some(inner)) = &mut instruction.args {
        inner.span = Span::new(inner.span.start(), end);
    }
}

fn check_length(text: &str, line: &Line, errors: &mut Vec<SyntaxError>) {
    if !line.is_too_long(text) {
        return;
    }
    let start = shorten(line.content(text).trim_start());
    let message = format!("this line is longer than the 65535 bytes that BuildKit reads: `{start}`");
    let span = Span::new(line.start, line.content_end);
    let error = SyntaxError::new(SyntaxErrorKind::LongLine, span, message);
    errors.push(error.help("break it with continuations, or move the data into a file and COPY that"));
}
