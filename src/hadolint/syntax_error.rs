//! What hadolint's parser rejects. It knows less than BuildKit: not which values flags, signals and variables can have.

use super::facts::Line;
use crate::knowledge::hadolint::COPY_FLAGS;
use crate::syntax::{Args, CommandLine, Dockerfile, Keyword, SyntaxError, SyntaxErrorKind};
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
    broken.or_else(|| {
        let error = file.errors.iter().find(|error| rejects(error, source, lines))?;
        Some((source.line_column(error.span.start()).0, error.span))
    })
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
            // The name of a stage may be anything; see `is_from` for the rest.
            Keyword::From => false,
            _ => true,
        },
        _ => true,
    }
}
