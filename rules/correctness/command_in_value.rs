//! Finds command substitutions in `ENV`, `ARG` and `LABEL`, where no command runs.

use crate::finding::prelude::*;
use crate::syntax::Escape;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnFile(check)]);

fn check(cx: &Cx<'_>) {
    if cx.model.file.is_template(cx.source.text()) {
        return;
    }
    for instruction in cx.model.file.instructions() {
        let Args::Pairs(args) = &instruction.args else { continue };
        let escape = cx.model.file.escape;
        let found = args.pairs.iter().find_map(|pair| {
            let value = pair.value.as_ref().filter(|_| !is_prompt(&pair.name.text))?;
            let at = substitution(&value.text, escape)?;
            // A label may be a command that another tool runs later.
            let whole = value.text[..at].trim_start_matches('"').is_empty();
            (whole || instruction.keyword != Keyword::Label).then_some((pair, value, at))
        });
        let Some((pair, value, at)) = found else { continue };
        let span = match value.span.len() == value.text.len() {
            true => Span::new(value.span.start() + at, value.span.end()),
            false => value.span,
        };
        let keyword = instruction.keyword.as_str();
        let name = pair.name.text.replace('`', "'");
        let mut found =
            cx.report(span, format!("`{keyword}` does not run commands, so the value of `{name}` is plain text"));
        found.help(match instruction.keyword {
            Keyword::Arg => format!("pass the value when building: `--build-arg {name}=\"$(…)\"`"),
            _ => format!("declare `ARG {name}`, and pass `--build-arg {name}=\"$(…)\"` when building"),
        });
        if instruction.keyword == Keyword::Env {
            found.help(format!("or run the command in the `RUN` that needs it: `export {name}=\"$(…)\"`"));
        }
    }
}

/// Shells expand these themselves each time.
fn is_prompt(name: &str) -> bool {
    matches!(name, "PS1" | "PS2" | "PS4" | "PROMPT" | "PROMPT_COMMAND")
}

/// Where a `$(…)` or a backtick stands that no quote or escape protects.
fn substitution(value: &str, escape: Escape) -> Option<usize> {
    let mut single = false;
    let mut double = false;
    let mut chars = value.char_indices();
    while let Some((at, char)) = chars.next() {
        match char {
            _ if char == escape.as_char() && !single => drop(chars.next()),
            '\'' if !double => single = !single,
            '"' if !single => double = !double,
            '`' if !single && escape == Escape::Backslash => return Some(at),
            '$' if !single && value[at + 1..].starts_with('(') && !value[at + 2..].starts_with('(') => return Some(at),
            _ => {}
        }
    }
    None
}
