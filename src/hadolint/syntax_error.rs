//! What hadolint's parser rejects. It knows less than BuildKit: not which values flags, signals and variables can have.

use super::array::strings;
use super::facts::Line;
use crate::knowledge::hadolint::COPY_FLAGS;
use crate::syntax::{Args, CommandLine, Dockerfile, HealthcheckArgs, Keyword, SyntaxError, SyntaxErrorKind};
use crate::text::{Source, Span};

/// The line of the first mistake, from 1, and its place.
pub(super) fn first(source: &Source, file: &Dockerfile, lines: &[Line<'_>]) -> Option<(usize, Span)> {
    let is_broken = |line: &&Line<'_>| {
        line.is(Keyword::Unknown)
            || line.is(Keyword::From) && !is_from(source.slice(line.instruction.args_span))
            || matches!(line.instruction.keyword, Keyword::Run | Keyword::Cmd | Keyword::Entrypoint)
                && matches!(line.instruction.args, Args::Command(CommandLine::Empty))
    };
    let broken = lines.iter().find(is_broken).map(|line| (line.number, line.span));
    let after = lines.iter().find_map(|line| text_after_array(source, line));
    let after = after.map(|span| (source.line_column(span.start()).0, span));
    broken.into_iter().chain(after).min().or_else(|| {
        let error = file.errors.iter().find(|error| rejects(error, source, lines))?;
        Some((source.line_column(error.span.start()).0, error.span))
    })
}

/// The text after an array: `b` in `["a"] b`. What begins as an array has to be one.
fn text_after_array(source: &Source, line: &Line<'_>) -> Option<Span> {
    let command = match &line.instruction.args {
        Args::Command(command) | Args::Healthcheck(HealthcheckArgs::Cmd { command, .. }) => command,
        _ => return None,
    };
    let CommandLine::Shell(span) = command else { return None };
    let (_, rest) = strings(source.slice(*span))?;
    (!rest.is_empty()).then(|| Span::new(span.end() - rest.len(), span.end()))
}

/// `image`, or `image AS name`. An `ONBUILD` keeps none.
fn is_from(words: &str) -> bool {
    let words = words.split_whitespace().filter(|word| !word.starts_with("--") && *word != "\\");
    let words: Vec<&str> = words.take_while(|word| !word.starts_with('#')).collect();
    match words[..] {
        [_] => true,
        [_, middle, _] => middle.eq_ignore_ascii_case("as"),
        _ => false,
    }
}

fn rejects(error: &SyntaxError, source: &Source, lines: &[Line<'_>]) -> bool {
    let at = lines.partition_point(|line| line.span.start() <= error.span.start());
    let Some(line) = at.checked_sub(1).map(|at| &lines[at]) else {
        return !matches!(error.kind, SyntaxErrorKind::Directive | SyntaxErrorKind::EmptyFile);
    };
    match error.kind {
        SyntaxErrorKind::Directive | SyntaxErrorKind::EmptyFile | SyntaxErrorKind::Expansion => false,
        SyntaxErrorKind::Flag => {
            let flag = source.slice(error.span).trim_start_matches('-');
            let name = flag.split('=').next().unwrap_or_default();
            let is_copy = line.is(Keyword::Copy) || line.is(Keyword::Add);
            !(line.is(Keyword::Run) || is_copy && COPY_FLAGS.contains(&name))
        }
        SyntaxErrorKind::Arguments => match line.instruction.keyword {
            Keyword::Shell | Keyword::Stopsignal | Keyword::Label | Keyword::Onbuild => {
                line.instruction.args_span.is_empty()
            }
            // An array of other things than strings is text.
            Keyword::Cmd | Keyword::Entrypoint | Keyword::Healthcheck | Keyword::Run => {
                !source.slice(line.instruction.args_span).trim_start().starts_with('[')
            }
            // DL3043 reports it.
            Keyword::Maintainer if line.onbuild => line.instruction.args_span.is_empty(),
            // The name of a stage may be anything; see `is_from` for the rest.
            Keyword::From => false,
            _ => true,
        },
        _ => true,
    }
}
