//! Semantic tokens: what each stretch of the file is, scripts included.

use lsp_types::{
    Range, SemanticToken, SemanticTokenType, SemanticTokens, SemanticTokensLegend, SemanticTokensParams,
    SemanticTokensRangeParams, SemanticTokensRangeResult, SemanticTokensResult, Uri,
};

use super::answer::Answer;
use super::document::Document;
use super::occurrences::{self, Symbol};
use super::session::{Session, View};
use crate::shell::{Arg, Script, windows};
use crate::shell::reader::{Parameter, TokenKind};
use crate::syntax::{Args, Instruction, ItemKind, TriviaKind};
use crate::text::{Source, Span};

/// The index of each is its number in the answer.
const TYPES: [SemanticTokenType; 11] = [
    SemanticTokenType::KEYWORD,
    SemanticTokenType::COMMENT,
    SemanticTokenType::STRING,
    SemanticTokenType::NUMBER,
    SemanticTokenType::OPERATOR,
    SemanticTokenType::VARIABLE,
    SemanticTokenType::PARAMETER,
    SemanticTokenType::PROPERTY,
    SemanticTokenType::FUNCTION,
    SemanticTokenType::CLASS,
    SemanticTokenType::MACRO,
];

pub(super) fn legend() -> SemanticTokensLegend {
    SemanticTokensLegend { token_types: TYPES.to_vec(), token_modifiers: Vec::new() }
}

pub(super) fn full(session: &Session, params: SemanticTokensParams) -> Answer<Option<SemanticTokensResult>> {
    let tokens = collect(session, &params.text_document.uri, None);
    Ok(tokens.map(|data| SemanticTokensResult::Tokens(SemanticTokens { result_id: None, data })))
}

pub(super) fn range(
    session: &Session,
    params: SemanticTokensRangeParams,
) -> Answer<Option<SemanticTokensRangeResult>> {
    let tokens = collect(session, &params.text_document.uri, Some(params.range));
    Ok(tokens.map(|data| SemanticTokensRangeResult::Tokens(SemanticTokens { result_id: None, data })))
}

fn collect(session: &Session, uri: &Uri, wanted: Option<Range>) -> Option<Vec<SemanticToken>> {
    session.view(uri, |view| {
        let mut marks = Marks::default();
        marks.file(view);
        let wanted = wanted.map(|range| view.document.span(range));
        encode(view.document, marks.sorted(), wanted)
    })
}

#[derive(Default)]
struct Marks {
    /// A span, its type, and how much it matters: of two that overlap, the greater one wins.
    found: Vec<(Span, u32, u8)>,
}

impl Marks {
    fn push(&mut self, span: Span, kind: &SemanticTokenType, weight: u8) {
        let index = TYPES.iter().position(|known| known == kind).unwrap_or_default();
        if !span.is_empty() {
            self.found.push((span, index as u32, weight));
        }
    }

    fn file(&mut self, view: &View<'_>) {
        for item in &view.model.file.items {
            match &item.kind {
                ItemKind::Comment => self.push(item.span, &SemanticTokenType::COMMENT, 0),
                ItemKind::Directive(directive) => {
                    self.push(item.span, &SemanticTokenType::COMMENT, 0);
                    self.push(directive.name_span, &SemanticTokenType::MACRO, 3);
                    self.push(directive.value_span, &SemanticTokenType::STRING, 3);
                }
                ItemKind::Instruction(instruction) => self.instruction(instruction),
                ItemKind::Blank | ItemKind::Bom => {}
            }
        }
        for used in view.model.images() {
            self.push(used.image.span, &SemanticTokenType::CLASS, 1);
        }
        for step in view.model.steps() {
            step.script.iter().chain(step.kept.as_deref()).for_each(|script| self.script(view.model.source, script));
        }
        for name in occurrences::all(view.model) {
            let kind = match name.symbol {
                Symbol::Stage(_) => SemanticTokenType::CLASS,
                Symbol::Variable(_) | Symbol::Script(..) => SemanticTokenType::VARIABLE,
                Symbol::Heredoc(_) => SemanticTokenType::OPERATOR,
            };
            self.push(name.span, &kind, 4);
        }
    }

    fn instruction(&mut self, instruction: &Instruction) {
        self.push(instruction.keyword_span, &SemanticTokenType::KEYWORD, 5);
        for flag in &instruction.flags {
            self.push(flag.name_span, &SemanticTokenType::PARAMETER, 2);
            if let Some(value) = &flag.value {
                self.push(value.span, &SemanticTokenType::STRING, 0);
            }
        }
        for trivia in &instruction.trivia {
            match trivia.kind {
                TriviaKind::Comment => self.push(trivia.span, &SemanticTokenType::COMMENT, 6),
                TriviaKind::Continuation => {
                    let sign = Span::new(trivia.span.start(), trivia.span.start() + 1);
                    self.push(sign, &SemanticTokenType::OPERATOR, 6);
                }
                TriviaKind::Blank => {}
            }
        }
        match &instruction.args {
            Args::Pairs(pairs) => {
                for pair in &pairs.pairs {
                    self.push(pair.name.span, &SemanticTokenType::PROPERTY, 1);
                    if let Some(value) = &pair.value {
                        self.push(value.span, &SemanticTokenType::STRING, 0);
                    }
                }
            }
            Args::From(from) => {
                if let Some(word) = &from.as_keyword {
                    self.push(word.span, &SemanticTokenType::KEYWORD, 5);
                }
            }
            Args::Healthcheck(crate::syntax::HealthcheckArgs::Cmd { keyword, .. }) => {
                self.push(*keyword, &SemanticTokenType::KEYWORD, 5);
            }
            Args::Copy(copy) => {
                // What a heredoc of COPY has is the text of a file.
                for heredoc in &instruction.heredocs {
                    self.push(heredoc.body, &SemanticTokenType::STRING, 0);
                }
                for word in copy.sources.iter().chain(&copy.dest) {
                    self.push(word.span, &SemanticTokenType::STRING, 0);
                }
            }
            Args::Onbuild(Some(kept)) => self.instruction(kept),
            _ => {}
        }
        for item in instruction.exec_items().unwrap_or_default() {
            self.push(item.span, &SemanticTokenType::STRING, 0);
        }
    }

    fn script(&mut self, source: &Source, script: &Script) {
        for statement in windows::statements(source.slice(script.span), script.span.start(), script.dialect) {
            let is_assignment = |word: &Arg| word.raw.starts_with('$');
            for (index, word) in statement.words.iter().enumerate() {
                match word.raw.as_bytes().first() {
                    Some(b'"' | b'\'') => self.push(word.span, &SemanticTokenType::STRING, 2),
                    _ if index == 0 && !is_assignment(word) => self.push(word.span, &SemanticTokenType::FUNCTION, 2),
                    Some(b'-' | b'/') => self.push(word.span, &SemanticTokenType::PARAMETER, 2),
                    _ => {}
                }
            }
        }
        for command in &script.commands {
            self.push(command.name_span, &SemanticTokenType::FUNCTION, 2);
        }
        let Some(read) = &script.read else { return };
        let place = |span: Span| Span::new(script.span.start() + span.start(), script.span.start() + span.end());
        for (kind, span) in read.tree.tokens() {
            let kind = match kind {
                TokenKind::Comment => SemanticTokenType::COMMENT,
                TokenKind::Keyword => SemanticTokenType::KEYWORD,
                TokenKind::Operator => SemanticTokenType::OPERATOR,
                _ => continue,
            };
            self.push(place(span), &kind, 3);
        }
        for parameter in read.tree.all::<Parameter>() {
            self.push(place(parameter.name), &SemanticTokenType::VARIABLE, 3);
        }
    }

    /// Disjoint and in order: where marks overlap, the heavier one stays whole and cuts the others.
    fn sorted(mut self) -> Vec<(Span, u32)> {
        self.found.sort_by_key(|(span, _, weight)| (span.start, std::cmp::Reverse(*weight), span.end));
        let mut out: Vec<(Span, u32)> = Vec::new();
        // Marks that are still open, the heaviest last.
        let mut open: Vec<(u8, u32, u32)> = Vec::new();
        let mut at = 0;
        let mut emit = |from: u32, to: u32, kind: u32| {
            if from < to {
                match out.last_mut() {
                    Some((span, last)) if *last == kind && span.end == from => span.end = to,
                    _ => out.push((Span { start: from, end: to }, kind)),
                }
            }
        };
        let mut close = |open: &mut Vec<(u8, u32, u32)>, at: &mut u32, until: u32| {
            while let Some(&(_, end, kind)) = open.last() {
                let stop = end.min(until);
                emit(*at, stop, kind);
                *at = stop.max(*at);
                if end > until {
                    return;
                }
                open.pop();
            }
            *at = until;
        };
        for (span, kind, weight) in self.found {
            close(&mut open, &mut at, span.start);
            let index = open.partition_point(|(other, _, _)| *other <= weight);
            open.insert(index, (weight, span.end, kind));
        }
        close(&mut open, &mut at, u32::MAX);
        out
    }
}

/// Tokens relative to each other; none goes over a line's end.
fn encode(document: &Document, marks: Vec<(Span, u32)>, wanted: Option<Span>) -> Vec<SemanticToken> {
    let mut tokens = Vec::with_capacity(marks.len());
    let (mut last_line, mut last_start) = (0, 0);
    for (span, token_type) in marks {
        if wanted.is_some_and(|wanted| span.end < wanted.start || wanted.end < span.start) {
            continue;
        }
        for line in document.line_of(span.start())..=document.line_of(span.end()) {
            let whole = document.line(line);
            let (start, end) = (span.start().max(whole.start()), span.end().min(whole.end()));
            if start >= end {
                continue;
            }
            let range = document.range(Span::new(start, end));
            let line = range.start.line;
            let before = if line == last_line { last_start } else { 0 };
            tokens.push(SemanticToken {
                delta_line: line - last_line,
                delta_start: range.start.character - before,
                length: range.end.character - range.start.character,
                token_type,
                token_modifiers_bitset: 0,
            });
            (last_line, last_start) = (line, range.start.character);
        }
    }
    tokens
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heavier_marks_cut_lighter_ones() {
        let mut marks = Marks::default();
        marks.push(Span::new(0, 10), &SemanticTokenType::STRING, 0);
        marks.push(Span::new(3, 5), &SemanticTokenType::VARIABLE, 4);
        marks.push(Span::new(4, 12), &SemanticTokenType::OPERATOR, 1);
        let spans: Vec<_> = marks.sorted().into_iter().map(|(span, kind)| (span.start, span.end, kind)).collect();
        assert_eq!(spans, [(0, 3, 2), (3, 5, 5), (5, 12, 4)]);
    }
}
