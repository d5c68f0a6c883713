//! Instructions → formatted text.

use super::options::{FormatOptions, KeywordCase};
use super::piece::{Gap, Piece, Style};
use super::script;
use crate::model::{Model, Step};
use crate::shell::{Dialect, reader};
use crate::syntax::{Args, CommandLine, ExecForm, HealthcheckArgs, Instruction, Item, ItemKind, Keyword};
use crate::text::Span;

/// Writes a file anew.
pub(super) struct Writer<'m, 'a> {
    model: &'m Model<'a>,
    options: &'m FormatOptions,
    style: Style,
}

impl<'m, 'a> Writer<'m, 'a> {
    pub(super) fn new(model: &'m Model<'a>, options: &'m FormatOptions) -> Self {
        let text = model.source.text();
        let line_end = match text.find('\n') {
            Some(at) if text[..at].ends_with('\r') => "\r\n",
            _ => "\n",
        };
        let style = Style { escape: model.file.escape.as_char(), line_end, indent: options.indent, blank_lines: options.blank_lines, hanging: None };
        Self { model, options, style }
    }

    /// The whole text; `frozen` tells which items stay as they are.
    pub(super) fn file(&self, frozen: &[bool]) -> String {
        let text = self.model.source.text();
        let items = &self.model.file.items;
        let mut out = String::with_capacity(text.len() + text.len() / 16);
        let mut steps = self.model.steps().peekable();
        let mut is_header = true;
        for (at, item) in items.iter().enumerate() {
            let raw = &text[item.span.range()];
            match &item.kind {
                _ if frozen[at] => out.push_str(raw),
                ItemKind::Bom => out.push_str(raw),
                ItemKind::Directive(_) => self.line(raw.trim_end(), &mut out),
                // Indented or not, it may be a directive or not.
                ItemKind::Comment if is_header => self.line(raw.trim_end(), &mut out),
                ItemKind::Comment => self.line(raw.trim(), &mut out),
                ItemKind::Blank => self.blank_lines(raw, out.is_empty(), at + 1 == items.len(), items.get(at + 1), &mut out),
                ItemKind::Instruction(instruction) => {
                    while steps.peek().is_some_and(|step| step.instruction.span.start < instruction.span.start) {
                        steps.next();
                    }
                    let step = steps.peek().filter(|step| step.instruction.span == instruction.span);
                    match self.instruction(instruction, step.copied()) {
                        Some(formatted) => self.line(&formatted, &mut out),
                        None => out.push_str(raw),
                    }
                }
            }
            is_header &= !matches!(item.kind, ItemKind::Instruction(_));
        }
        out
    }

    fn line(&self, text: &str, out: &mut String) {
        out.push_str(text);
        out.push_str(self.style.line_end);
    }

    /// None at the end of the file, and at its start unless a comment there would become a directive.
    fn blank_lines(&self, raw: &str, first: bool, last: bool, next: Option<&Item>, out: &mut String) {
        let lines = raw.matches('\n').count();
        let is_needed = next.is_some_and(|next| matches!(next.kind, ItemKind::Comment));
        let count = match (first, last) {
            (_, true) => 0,
            (true, _) => usize::from(is_needed),
            _ => lines.min(self.options.blank_lines.max(1)),
        };
        (0..count).for_each(|_| out.push_str(self.style.line_end));
    }

    /// Without the line break at its end; `None` if it stays as it is.
    fn instruction(&self, instruction: &Instruction, step: Option<&Step<'_>>) -> Option<String> {
        if instruction.keyword == Keyword::Unknown || instruction.lines_span() != instruction.span {
            return None;
        }
        if let Args::Onbuild(inner) = &instruction.args {
            let inner = inner.as_ref()?;
            let mut out = self.keyword(instruction.keyword_span)?;
            Gap::read(self.raw(instruction.keyword_span.end(), inner.span.start())?, self.style.escape)?;
            out.push(' ');
            out.push_str(&self.simple(inner, step.and_then(|step| step.kept.as_deref()).map(|script| script.dialect))?);
            return Some(out);
        }
        self.simple(instruction, step.and_then(|step| step.script.as_ref()).map(|script| script.dialect))
    }

    /// An instruction other than ONBUILD. `dialect` is that of its script, if it has one.
    fn simple(&self, instruction: &Instruction, dialect: Option<Dialect>) -> Option<String> {
        let mut out = self.keyword(instruction.keyword_span)?;
        if !instruction.heredocs.is_empty() || self.ends_in_continuation(instruction) {
            let rest = self.raw(instruction.keyword_span.end(), instruction.span.end())?;
            out.push_str(rest.trim_end_matches('\r'));
            return Some(out);
        }
        let style = self.style_of(instruction);
        let mut at = instruction.keyword_span.end();
        let mut pieces = Vec::new();
        for flag in &instruction.flags {
            pieces.push(self.piece(&mut at, flag.span)?);
        }
        if instruction.args_span.is_empty() {
            style.write(&pieces, &mut out);
            return Some(out);
        }
        match self.arguments(instruction, dialect, &style, &out, &pieces, at) {
            Some(arguments) => pieces.extend(arguments),
            // As they are.
            None => pieces.push(self.piece(&mut at, instruction.args_span)?),
        }
        style.write(&pieces, &mut out);
        Some(out)
    }

    /// Continued pairs are aligned with the first one if that is asked for.
    fn style_of(&self, instruction: &Instruction) -> Style {
        let aligned = self.options.align_pairs && matches!(&instruction.args, Args::Pairs(pairs) if pairs.pairs.len() > 1);
        Style { hanging: aligned.then_some(instruction.keyword_span.len() + 1), ..self.style }
    }

    fn arguments(
        &self,
        instruction: &Instruction,
        dialect: Option<Dialect>,
        style: &Style,
        head: &str,
        flags: &[Piece<'a>],
        mut at: usize,
    ) -> Option<Vec<Piece<'a>>> {
        let words = |writer: &Self, at: &mut usize, spans: &[Span]| -> Option<Vec<Piece<'a>>> {
            spans.iter().map(|span| writer.piece(at, *span)).collect()
        };
        let mut pieces = match &instruction.args {
            Args::From(from) => {
                let image = self.piece(&mut at, from.image.as_ref()?.span)?;
                let mut pieces = vec![image];
                if let (Some(keyword), Some(name)) = (&from.as_keyword, &from.name) {
                    let mut keyword_piece = self.piece(&mut at, keyword.span)?;
                    keyword_piece.text = self.cased("AS", "as", keyword_piece.text);
                    pieces.extend([keyword_piece, self.piece(&mut at, name.span)?]);
                }
                pieces
            }
            Args::Copy(copy) if copy.json => return self.array(instruction.args_span, &mut at, &spans(copy.sources.iter().chain(&copy.dest)), flags, head),
            Args::Copy(copy) => words(self, &mut at, &spans(copy.sources.iter().chain(&copy.dest)))?,
            Args::Pairs(pairs) if !pairs.legacy => {
                let spans: Vec<Span> = pairs.pairs.iter().map(|pair| pair.span).collect();
                words(self, &mut at, &spans)?
            }
            Args::Words(list) if list.json => return self.array(instruction.args_span, &mut at, &spans(list.words.iter()), flags, head),
            Args::Words(list) if matches!(instruction.keyword, Keyword::Expose | Keyword::Volume) => {
                words(self, &mut at, &spans(list.words.iter()))?
            }
            Args::Command(command) => return self.command(command, instruction, dialect, style, head, flags, at),
            Args::Healthcheck(HealthcheckArgs::None) => {
                let mut piece = self.piece(&mut at, instruction.args_span)?;
                piece.text = self.cased("NONE", "none", piece.text);
                vec![piece]
            }
            Args::Healthcheck(HealthcheckArgs::Cmd { keyword, command }) => {
                let mut piece = self.piece(&mut at, *keyword)?;
                piece.text = self.cased("CMD", "cmd", piece.text);
                let rest = match command {
                    CommandLine::Exec(form) => self.exec_form(form, &mut at, flags, head)?,
                    CommandLine::Shell(span) => vec![self.piece(&mut at, *span)?],
                    CommandLine::Empty => return None,
                };
                return Some(std::iter::once(piece).chain(rest).collect());
            }
            _ => return None,
        };
        // The pieces have to be all there is.
        if at != instruction.args_span.end() {
            return None;
        }
        let all: Vec<Piece<'a>> = flags.iter().chain(&pieces).cloned().collect();
        let is_long = !style.long_lines(&all, head.chars().count(), self.options.line_length).is_empty();
        let is_pairs = matches!(instruction.args, Args::Pairs(_));
        let has_breaks = pieces.iter().skip(1).any(|piece| piece.gap.is_break);
        if pieces.len() > 1 && (is_long || (is_pairs && has_breaks)) && !matches!(instruction.args, Args::From(_)) {
            // At the start of a line it would be a comment.
            let rest = pieces.iter_mut().skip(1).filter(|piece| !piece.text.starts_with('#'));
            rest.for_each(|piece| piece.gap.is_break = true);
        }
        Some(pieces)
    }

    #[expect(clippy::too_many_arguments, reason = "what is known of an instruction when its command is reached")]
    fn command(
        &self,
        command: &CommandLine,
        instruction: &Instruction,
        dialect: Option<Dialect>,
        style: &Style,
        head: &str,
        flags: &[Piece<'a>],
        mut at: usize,
    ) -> Option<Vec<Piece<'a>>> {
        match command {
            CommandLine::Exec(form) => self.exec_form(form, &mut at, flags, head),
            // The text of CMD and ENTRYPOINT is in the image's configuration, spaces included.
            CommandLine::Shell(span) if instruction.keyword == Keyword::Run => {
                if !matches!(dialect?, Dialect::Posix | Dialect::Bash | Dialect::Ksh | Dialect::Zsh | Dialect::Ash) {
                    return None;
                }
                let line = &instruction.logical;
                let from = line.index_of(span.start())?;
                let tree = reader::read(line.text.get(from..)?);
                if !tree.is_clean() {
                    return None;
                }
                let gap = Gap::read(self.raw(at, span.start())?, self.style.escape)?;
                let mut first = head.to_owned();
                style.write(flags, &mut first);
                let start = first.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
                let start = if gap.is_break { style.indent.columns(1) } else { start };
                let mut pieces = script::pieces(self.model.source.text(), line, from, &tree, start, style, self.options)?;
                if let Some(first) = pieces.first_mut() {
                    first.gap = Gap { space: true, ..gap };
                }
                Some(pieces)
            }
            _ => None,
        }
    }

    fn exec_form(&self, form: &ExecForm, at: &mut usize, flags: &[Piece<'a>], head: &str) -> Option<Vec<Piece<'a>>> {
        let items: Vec<Span> = form.items.iter().map(|item| item.span).collect();
        self.array(form.span, at, &items, flags, head)
    }

    /// A JSON array with these items: on one line, or on one line each if it is broken over lines or too long.
    fn array(&self, span: Span, at: &mut usize, items: &[Span], flags: &[Piece<'a>], head: &str) -> Option<Vec<Piece<'a>>> {
        let gap = Gap::read(self.raw(*at, span.start())?, self.style.escape)?;
        *at = span.end();
        let raw = self.raw(span.start(), span.end())?;
        let texts: Vec<&'a str> = items.iter().map(|item| self.raw(item.start(), item.end())).collect::<Option<_>>()?;
        if raw.contains('#') && raw.contains('\n') || texts.iter().any(|text| text.contains('\n')) {
            return None;
        }
        let piece = |text: &'a str, gap: Gap<'a>, level: usize| Piece { text, gap, level };
        let opener = piece("[", Gap { space: true, ..gap }, 1);
        let closer = |is_break: bool| match is_break && !texts.is_empty() {
            true => piece("]", Gap::line_break(), 0),
            false => piece("]", Gap::default(), 0),
        };
        let build = |is_break: bool| {
            let mut pieces = vec![opener.clone()];
            for (index, text) in texts.iter().enumerate() {
                let gap = match (is_break, index) {
                    (true, _) => Gap::line_break(),
                    (false, 0) => Gap::default(),
                    _ => Gap::space(),
                };
                pieces.push(piece(text, gap, 1));
                if index + 1 < texts.len() {
                    pieces.push(piece(",", Gap::default(), 1));
                }
            }
            pieces.push(closer(is_break));
            pieces
        };
        let flat = build(false);
        let all: Vec<Piece<'a>> = flags.iter().chain(&flat).cloned().collect();
        let is_long = !self.style.long_lines(&all, head.chars().count(), self.options.line_length).is_empty();
        Some(if raw.contains('\n') || (is_long && texts.len() > 2) { build(true) } else { flat })
    }

    /// The piece at a place, with the gap since `at`; sets `at` to its end.
    fn piece(&self, at: &mut usize, span: Span) -> Option<Piece<'a>> {
        let gap = Gap::read(self.raw(*at, span.start())?, self.style.escape)?;
        *at = span.end();
        Some(Piece { text: self.raw(span.start(), span.end())?, gap: Gap { space: true, ..gap }, level: 1 })
    }

    fn keyword(&self, span: Span) -> Option<String> {
        let written = self.raw(span.start(), span.end())?;
        let is_whole = written.bytes().all(|byte| byte.is_ascii_alphabetic());
        is_whole.then(|| match self.options.keyword_case {
            KeywordCase::Upper => written.to_ascii_uppercase(),
            KeywordCase::Lower => written.to_ascii_lowercase(),
            KeywordCase::Keep => written.to_owned(),
        })
    }

    fn cased(&self, upper: &'static str, lower: &'static str, written: &'a str) -> &'a str {
        match self.options.keyword_case {
            KeywordCase::Upper => upper,
            KeywordCase::Lower => lower,
            KeywordCase::Keep => written,
        }
    }

    /// The file's text between two places.
    fn raw(&self, start: usize, end: usize) -> Option<&'a str> {
        self.model.source.text().get(start..end)
    }

    fn ends_in_continuation(&self, instruction: &Instruction) -> bool {
        instruction.trivia.last().is_some_and(|last| last.span.end() >= instruction.args_span.end().max(instruction.keyword_span.end()))
    }
}

fn spans<'w>(words: impl Iterator<Item = &'w crate::syntax::Word>) -> Vec<Span> {
    words.map(|word| word.span).collect()
}
