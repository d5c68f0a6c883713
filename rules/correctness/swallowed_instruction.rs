//! Instructions that a line continuation joins to the previous one.

use crate::finding::prelude::*;
use crate::syntax::{TriviaKind, ends_as_drive_path};

pub const RULE: Rule = Rule::new(Level::Error, "0.1.0", &[Check::OnFile(check)]).fix(Fixable::Sometimes);

fn check(cx: &Cx<'_>) {
    for instruction in cx.model.file.instructions().filter(|instruction| instruction.keyword != Keyword::Unknown) {
        let trivia = &instruction.trivia;
        // Most lines continue with a word that is not a keyword, and need no further check.
        let bytes = cx.source.text().as_bytes();
        if !trivia.iter().any(|piece| bytes.get(piece.span.end()).is_some_and(u8::is_ascii_uppercase)) {
            continue;
        }
        // The continuation that ended the previous line, and whether a quote is open there.
        let (mut joint, mut from, mut open) = (None, instruction.args_span.start(), None);
        for (index, piece) in trivia.iter().enumerate() {
            if piece.kind == TriviaKind::Continuation {
                if piece.span.start() > from {
                    open = quote(cx.text(Span::new(from, piece.span.start())), open);
                }
                joint = Some(piece.span);
            }
            let next = piece.span.end();
            if trivia
                .get(index + 1)
                .is_some_and(|after| after.span.start() == next && after.kind != TriviaKind::Continuation)
            {
                continue;
            }
            from = from.max(next);
            let line = cx.source.text()[next..].split(['\r', '\n']).next().unwrap_or_default();
            let word = line.split([' ', '\t']).next().unwrap_or_default();
            let keyword = Keyword::of(word);
            let Some(joint) = joint.filter(|_| open.is_none() && next < instruction.args_span.end()) else {
                continue;
            };
            if keyword == Keyword::Unknown || keyword.as_str() != word || !fits(keyword, line[word.len()..].trim()) {
                continue;
            }
            let before = cx.text(Span::new(instruction.args_span.start().min(joint.start()), joint.start()));
            // An operator at the end of the previous line: `&&`, `|`.
            let kept = before.trim_end().trim_end_matches("&&").trim_end();
            let start = joint.start() - (before.len() - kept.len());
            let escape = cx.text(joint).trim_end_matches(['\r', '\n']);
            let end = joint.start() + escape.len();
            let fix = Fix::new(Safety::Unsafe, "end the previous instruction", [Edit::delete(Span::new(start, end))]);
            let plain = !kept.is_empty() && !kept.ends_with(['|', ';', '&', '\\']);
            let above = instruction.keyword.as_str();
            let sign = cx.model.file.escape.as_char();
            let span = Span::new(next, next + word.len());
            // The builder may take the joined lines, and do something else with them.
            let errors = &cx.model.file.errors;
            let error = errors.partition_point(|error| error.span.start < instruction.span.start);
            let rejected = errors.get(error).is_some_and(|error| instruction.span.contains(error.span));
            if ends_as_drive_path(before) {
                let at = Span::new(joint.start(), joint.start() + sign.len_utf8());
                let fix = Fix::new(Safety::Unsafe, "write the path with `/`", [Edit::replace(at, "/")]);
                let mut found =
                    cx.report(span, format!("this `{word}` is not an instruction, but part of the `{above}` above"));
                if !rejected {
                    found.at_most(Level::Warn);
                }
                found
                    .variant("drive-path")
                    .label(at, "this backslash joins the lines")
                    .help("write the path with forward slashes: `C:/`")
                    .help("or make the backtick the escape character: ``# escape=` `` as the first line")
                    .fix(fix.filter(|_| {
                        sign == '\\' && !before.rsplit(char::is_whitespace).next().unwrap_or_default().contains('\\')
                    }));
                break;
            }
            let mut found =
                cx.report(span, format!("this `{word}` is not an instruction, but part of the `{above}` above"));
            if !rejected {
                found.at_most(Level::Warn);
            }
            found
                .label(Span::new(joint.start(), joint.start() + sign.len_utf8()), "this joins the lines")
                .help(format!("remove the `{sign}` if this is meant to be an instruction"))
                .fix(fix.filter(|_| plain));
            break;
        }
    }
}

/// Whether the rest of the line looks like the arguments of an instruction, not like part of a list or a sentence.
fn fits(keyword: Keyword, rest: &str) -> bool {
    let mut words = rest.split_whitespace();
    let (first, second) = (words.next().unwrap_or_default(), words.next());
    match keyword {
        Keyword::Copy | Keyword::Add => second.is_some(),
        Keyword::Cmd | Keyword::Entrypoint | Keyword::Shell | Keyword::Run => {
            !first.is_empty() && !first.starts_with('=')
        }
        Keyword::Env | Keyword::Label => first.contains('=') || second.is_some(),
        Keyword::From => second.is_none() || second.is_some_and(|word| word.eq_ignore_ascii_case("as")),
        Keyword::Workdir | Keyword::Volume => first.starts_with(['/', '[', '$', '"']),
        Keyword::Expose => first.starts_with(|char: char| char.is_ascii_digit() || char == '$'),
        Keyword::User | Keyword::Arg => !first.is_empty() && second.is_none(),
        Keyword::Healthcheck | Keyword::Onbuild | Keyword::Stopsignal => second.is_some(),
        Keyword::Maintainer => !first.is_empty(),
        Keyword::Unknown => false,
    }
}

/// The quote that is still open after a text.
fn quote(text: &str, mut open: Option<char>) -> Option<char> {
    let mut chars = text.chars();
    while let Some(char) = chars.next() {
        match (open, char) {
            (Some('\''), '\'') | (Some('"'), '"') => open = None,
            (None, '\'' | '"') => open = Some(char),
            (None | Some('"'), '\\') => drop(chars.next()),
            _ => {}
        }
    }
    open
}
