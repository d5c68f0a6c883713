//! Finds variables without quotes, whose values the shell splits into words and expands as patterns.

use crate::finding::prelude::*;
use crate::knowledge::shell_words;
use crate::model::VariableKind;
use crate::shell::reader::{OperationKind, Parameter, Part, PartKind, SubscriptKind};
use crate::shell::survey::{At, Quoting};

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnScript(check)])
    .fix(Fixable::Sometimes)
    .aka(&["SC2086", "SC2048", "SC2068"]);

fn check(script: &ScriptView<'_, '_>, cx: &Cx<'_>) {
    let survey = &script.survey;
    for &at in &survey.parts {
        let Some(part) = survey.part(at) else { continue };
        let PartKind::Parameter(id) = part.kind else { continue };
        let parameter = &script.tree()[id];
        let name = survey.slice(parameter.name);
        let kind = parameter.subscript.map(|subscript| subscript.kind);
        let each = name == "@" || kind == Some(SubscriptKind::At);
        let all = name == "*" || kind == Some(SubscriptKind::Star);
        let is_split = script.is_split(at);
        let walked = (each || all) && survey.quoting(at) == Quoting::Item;
        if parameter.length || !(is_split || walked) || is_alternate(parameter) {
            continue;
        }
        let span = script.place(at);
        let shown = survey.slice(part.span);
        if each {
            cx.report(span, format!("`{shown}` without quotes splits its elements"))
                .variant("SC2068")
                .help(format!("use `\"{shown}\"`, which keeps each element one word"));
            continue;
        }
        if all {
            cx.report(span, format!("`{shown}` without quotes splits its elements"))
                .variant("SC2048")
                .help("use `\"$@\"`, which keeps each element one word")
                .at_most(Level::Note);
        }
        if !is_split || survey.is_command_name(at) || !script.may_split(at) {
            continue;
        }
        let mut found =
            cx.report(span, format!("`{shown}` is not quoted: spaces and patterns in its value are expanded"));
        found.variant("SC2086").help("put it in double quotes, unless it is meant to be several words");
        if !matters(script, at, name) {
            found.at_most(Level::Note);
        }
        if !script.is_constant(name) {
            found.fix(fix(script, at, name));
        }
    }
}

/// `${x+a}` gives what is written there.
fn is_alternate(parameter: &Parameter) -> bool {
    parameter.operation.is_some_and(|operation| operation.kind == OperationKind::Alternate)
}

/// Whether the value comes from the person who builds the image, and a space in it makes the command act on something else.
fn matters(script: &ScriptView<'_, '_>, at: At, name: &str) -> bool {
    let Some(variable) = script.declared(name) else { return false };
    if variable.kind != VariableKind::Arg || script.is_list(name) || script.variables.is_set(name) {
        return false;
    }
    let survey = &script.survey;
    let Some(simple) = survey.word_of(at).and_then(|word| survey.simple_of(word)) else { return false };
    shell_words::TAKES_PATHS.contains(&&*simple.name(survey))
}

/// Of how many parts a word may be to be quoted as a whole. Each of its variables asks about all of them.
const MAX_PARTS: usize = 50;

/// Double quotes around it: what it is made for stays, unless it was meant to be several words.
fn fix(script: &ScriptView<'_, '_>, at: At, name: &str) -> Option<Fix> {
    let span = script.place(at);
    let survey = &script.survey;
    let word = survey.word_of(at).and_then(|word| survey.word(word))?;
    let alone = script.tree()[word.parts].len() == 1;
    // All of an argument may be a list, except where one path is meant.
    let list = script.is_list(name) || alone && !matters(script, at, name);
    let safety = if list { Safety::Display } else { Safety::Unsafe };
    let place = script.span(word.span);
    let (text, own) = (survey.slice(word.span), survey.part(at)?.span);
    let (before, after) = (&text[..own.start() - word.span.start()], &text[own.end() - word.span.start()..]);
    // Quotes that end here were meant to go on.
    if before.ends_with('"') || after.starts_with('"') {
        return None;
    }
    // Text and other variables that are not split are quoted with it; a pattern would become text.
    let quotable = |part: &Part| match part.kind {
        PartKind::Literal => true,
        PartKind::Parameter(id) => {
            let parameter = &script.tree()[id];
            let name = survey.slice(parameter.name);
            parameter.operation.is_none()
                && parameter.subscript.is_none()
                && !script.is_list(name)
                && !name.starts_with(['@', '*'])
        }
        _ => false,
    };
    let parts = &script.tree()[word.parts];
    let whole = parts.len() <= MAX_PARTS && parts.iter().all(|part| part.span == own || quotable(part));
    let (start, end) = if whole {
        // `--directory="$A"`, `of="$A"`.
        let is_name = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
        let start = text.find('=').filter(|at| is_name(&text[..*at]) && *at < before.len()).map_or(0, |at| at + 1);
        (place.start() + start, place.end())
    } else {
        (span.start(), span.end())
    };
    Fix::new(safety, "put it in quotes", [Edit::insert(start, "\""), Edit::insert(end, "\"")])
}
