//! Rewriting an instruction in another form, on request.

use crate::model::{Model, Step};
use crate::shell::exec_form::{json_array, plain_words};
use crate::shell::reader::TokenKind;
use crate::shell::{Dialect, Link};
use crate::syntax::{CommandLine, Keyword, TriviaKind, ViewKind, shell_views};
use crate::text::Edit;

/// Whether there are comments among the lines of a step: a rewrite would lose them.
fn has_comments(step: &Step<'_>) -> bool {
    step.instruction.trivia.iter().any(|trivia| trivia.kind == TriviaKind::Comment)
}

/// The shell form of one plain command, as a JSON array.
pub(super) fn exec_form(model: &Model<'_>, step: &Step<'_>) -> Option<Edit> {
    let Some(CommandLine::Shell(span)) = step.instruction.command_line() else { return None };
    if has_comments(step) || !step.instruction.heredocs.is_empty() {
        return None;
    }
    let views = shell_views(model.source.text(), step.instruction);
    let view = views.into_iter().find(|view| view.kind == ViewKind::Line)?;
    let words = plain_words(&view.text)?;
    Some(Edit::replace(*span, json_array(&words)))
}

/// `RUN a && b && c` as a heredoc with one command a line. Only where every `&&` is at the top and nothing else joins
/// commands, in a shell that is known to stop at the first failure by `set -e`.
pub(super) fn heredoc(model: &Model<'_>, step: &Step<'_>) -> Option<Edit> {
    let script = step.script.as_ref().filter(|script| script.clean)?;
    let posix = matches!(script.dialect, Dialect::Posix | Dialect::Bash | Dialect::Ksh | Dialect::Ash);
    let Some(CommandLine::Shell(span)) = step.instruction.command_line() else { return None };
    if step.keyword() != Keyword::Run || !posix || has_comments(step) || !step.instruction.heredocs.is_empty() {
        return None;
    }
    let read = script.read.as_ref()?;
    let mut parts = vec![String::new()];
    for (kind, token) in read.tree.tokens() {
        let text = &read.text[token.range()];
        match kind {
            TokenKind::Operator if text == "&&" => parts.push(String::new()),
            // A redirection, but nothing that joins commands.
            TokenKind::Operator if !text.contains(['<', '>']) || text.contains("<<") || text.contains('(') => return None,
            TokenKind::Operator | TokenKind::Text | TokenKind::Space => parts.last_mut()?.push_str(text),
            TokenKind::Joint => parts.last_mut()?.push(' '),
            TokenKind::Delimiter if !text.contains(['(', '`', ')']) => parts.last_mut()?.push_str(text),
            _ => return None,
        }
    }
    let is_joined = |index: usize| script.commands.get(index).is_some_and(|it| it.place.link == Link::And);
    let lines: Vec<_> = parts.iter().map(|part| part.trim()).collect();
    if lines.len() < 2 || lines.iter().any(|line| line.is_empty()) || !(1..lines.len()).all(is_joined) {
        return None;
    }
    // A delimiter that no line is.
    let delimiter = ["EOF", "END", "SCRIPT"].into_iter().find(|word| !lines.contains(word))?;
    let newline = if model.source.text().contains("\r\n") { "\r\n" } else { "\n" };
    // BuildKit expands nothing in a heredoc of RUN; the shell reads it as it is.
    let body = lines.join(newline);
    Some(Edit::replace(*span, format!("<<{delimiter}{newline}set -e{newline}{body}{newline}{delimiter}")))
}
