//! One joined line → an instruction with its arguments.

use super::flags;
use super::heredoc;
use super::json::{self, Json};
use super::part::Part;
use super::tree::*;
use crate::text::Span;
use crate::text::suggest;

/// Reads an instruction from its joined lines. `end` is where the last of them ends in the file. Heredocs are found,
/// but their bodies are still to be read.
pub(super) fn read(
    line: &Logical,
    escape: Escape,
    end: usize,
    trivia: Vec<Trivia>,
    errors: &mut Vec<SyntaxError>,
) -> Instruction {
    Reader { escape, end, errors }.instruction(Part::whole(line).trim(), trivia, false)
}

struct Reader<'e> {
    escape: Escape,
    end: usize,
    errors: &'e mut Vec<SyntaxError>,
}

impl Reader<'_> {
    /// `kept` if it is the one that follows an ONBUILD.
    fn instruction(&mut self, part: Part<'_>, trivia: Vec<Trivia>, kept: bool) -> Instruction {
        let (word, rest) = part.split_blank();
        let rest = rest.unwrap_or(part.tail(part.text().len()));
        let keyword = Keyword::of(word.text());
        let (flags, args) = flags::split(rest);
        let keyword_span = word.span();
        let span = Span::new(keyword_span.start(), self.end.max(keyword_span.end()));
        let mut heredocs = Vec::new();
        let args_span = args.span();
        let parsed = match keyword {
            Keyword::From => from(args),
            Keyword::Run => {
                let command = self.command(args);
                if !matches!(command, CommandLine::Exec(_)) {
                    heredocs = heredoc::openers(Part::whole(part.line));
                }
                Args::Command(command)
            }
            Keyword::Cmd | Keyword::Entrypoint | Keyword::Shell => Args::Command(self.command(args)),
            Keyword::Healthcheck => Args::Healthcheck(self.healthcheck(args)),
            Keyword::Copy | Keyword::Add => {
                let list = self.json_words(args);
                if list.is_none() {
                    heredocs = heredoc::openers(Part::whole(part.line));
                }
                Args::Copy(Box::new(copy(list, args, &heredocs)))
            }
            Keyword::Env | Keyword::Label | Keyword::Arg => Args::Pairs(self.pairs(args, keyword)),
            Keyword::Volume => {
                let list = self.json_words(args);
                let json = list.is_some();
                Args::Words(WordArgs { words: list.unwrap_or_else(|| blank_words(args)), json })
            }
            Keyword::User | Keyword::Workdir | Keyword::Stopsignal | Keyword::Maintainer => {
                let words = if args.is_empty() { Vec::new() } else { vec![args.word()] };
                Args::Words(WordArgs { words, json: false })
            }
            Keyword::Expose | Keyword::Unknown => Args::Words(WordArgs { words: blank_words(args), json: false }),
            // Looked into once: BuildKit refuses an ONBUILD in an ONBUILD, and depth must be bounded.
            Keyword::Onbuild if kept || args.is_empty() => Args::Onbuild(None),
            Keyword::Onbuild => {
                let inside = trivia.iter().filter(|trivia| trivia.span.start >= args_span.start).copied().collect();
                Args::Onbuild(Some(Box::new(self.instruction(args, inside, true))))
            }
        };
        Instruction {
            span,
            keyword,
            keyword_text: word.text().to_owned(),
            keyword_span,
            flags,
            args: parsed,
            args_span,
            logical: rest.trim().logical(),
            heredocs,
            trivia,
        }
    }

    /// The strings of a JSON array. Other JSON arrays are an error, anything else is not JSON.
    fn json(&mut self, part: Part<'_>) -> Option<Vec<JsonString>> {
        match json::array(part.text()) {
            Json::Strings(items) => {
                let items = items.into_iter();
                Some(items.map(|(value, at)| JsonString { value, span: part.slice(at.start, at.end).span() }).collect())
            }
            Json::Mixed(at) => {
                let found = part.slice(at.start, at.end);
                let message = format!(
                    "`{}` is not a string, but this JSON array can contain only strings",
                    suggest::shorten(found.text())
                );
                let error = SyntaxError::new(SyntaxErrorKind::Arguments, found.span(), message);
                self.errors.push(error.help("put it in double quotes"));
                None
            }
            Json::No => None,
        }
    }

    fn json_words(&mut self, part: Part<'_>) -> Option<Vec<Word>> {
        let items = self.json(part)?;
        Some(items.into_iter().map(|item| Word { text: item.value, span: item.span }).collect())
    }

    fn command(&mut self, part: Part<'_>) -> CommandLine {
        if part.is_empty() {
            return CommandLine::Empty;
        }
        match self.json(part) {
            Some(items) => CommandLine::Exec(ExecForm { span: part.span(), items }),
            None => CommandLine::Shell(part.span()),
        }
    }

    fn healthcheck(&mut self, part: Part<'_>) -> HealthcheckArgs {
        let text = part.text();
        let end = text.find(char::is_whitespace).unwrap_or(text.len());
        let (kind, rest) = (part.slice(0, end), part.tail(end).trim());
        match kind.text() {
            none if none.eq_ignore_ascii_case("NONE") => HealthcheckArgs::None,
            cmd if cmd.eq_ignore_ascii_case("CMD") => {
                HealthcheckArgs::Cmd { keyword: kind.span(), command: self.command(rest) }
            }
            _ => HealthcheckArgs::Other(blank_words(part)),
        }
    }

    fn pairs(&mut self, part: Part<'_>, keyword: Keyword) -> PairArgs {
        let words = part.quoted_words(self.escape.as_char());
        let plain = words.first().is_some_and(|word| !word.text().contains('='));
        if plain && keyword != Keyword::Arg {
            // What follows the first space is the value, whatever is in it.
            let (name, value) = part.split_blank();
            let pair = Pair { span: part.span(), name: name.word(), value: value.map(Part::word) };
            return PairArgs { pairs: vec![pair], legacy: true };
        }
        let pairs = words.into_iter().map(|word| {
            let text = word.text();
            let (name, value) = match text.find('=') {
                Some(at) => (word.slice(0, at), Some(word.tail(at + 1).word())),
                None => (word, None),
            };
            Pair { span: word.span(), name: name.word(), value }
        });
        PairArgs { pairs: pairs.collect(), legacy: false }
    }
}

fn blank_words(part: Part<'_>) -> Vec<Word> {
    part.blank_words().into_iter().map(Part::word).collect()
}

fn from(part: Part<'_>) -> Args {
    let mut words = blank_words(part).into_iter();
    Args::From(Box::new(FromArgs { image: words.next(), as_keyword: words.next(), name: words.next() }))
}

fn copy(list: Option<Vec<Word>>, part: Part<'_>, heredocs: &[Heredoc]) -> CopyArgs {
    let json = list.is_some();
    let mut words = list.unwrap_or_else(|| blank_words(part));
    // A heredoc is found by quote-aware words, which may span several of these.
    let mut openers = heredocs.iter().map(|heredoc| heredoc.opener).peekable();
    words.retain(|word| {
        while openers.next_if(|opener| opener.end <= word.span.start).is_some() {}
        openers.peek().is_none_or(|opener| opener.start >= word.span.end)
    });
    let heredoc_last = heredocs.last().is_some_and(|heredoc| heredoc.opener.end() >= part.span().end());
    let dest = if heredoc_last || (words.len() + heredocs.len() < 2) { None } else { words.pop() };
    CopyArgs { sources: words, dest, json }
}
