//! Finds words in tests that may become several: patterns, lists, variables without quotes.

use crate::finding::prelude::*;
use crate::shell::reader::{PartKind, Word};
use crate::shell::survey::compares_numbers;

pub const RULE: Rule = Rule::new(Level::Note, "0.1.0", &[Check::OnScript(check)])
    .fix(Fixable::Never)
    .aka(&["SC1026", "SC2070", "SC2081", "SC2144", "SC2198", "SC2200", "SC2202", "SC2255"]);

fn check(script: &ScriptView<'_, '_>, cx: &Cx<'_>) {
    let survey = &script.survey;
    for simple in survey.simples.iter().filter(|simple| simple.name(survey) == "[") {
        nested(script, cx, simple.words.get(1..).unwrap_or_default());
    }
    for question in survey.questions() {
        match question {
            [one] => {
                several(script, cx, *one);
                if survey.is_glob(*one) {
                    left_pattern(script, cx, *one);
                }
            }
            [operator, operand]
                if survey.bare(*operator).is_some_and(|text| text.len() == 2 && text.starts_with('-')) =>
            {
                list(script, cx, *operand);
                several(script, cx, *operand);
                if survey.bare(*operator) == Some("-n") && is_split(script, *operand) {
                    cx.report(script.span(operand.span), "without quotes this is true even if the value is empty")
                        .variant("SC2070")
                        .help("put it in double quotes");
                }
                if survey.is_glob(*operand) {
                    cx.report(script.span(operand.span), "a test accepts one file, but the pattern may match several")
                        .variant("SC2144")
                        .help("use a `for` loop, or check the exit status of `ls`");
                }
            }
            [left, operator, right] => {
                let Some(operator) = survey.bare(*operator) else { continue };
                let numbers = compares_numbers(operator);
                if !numbers && !matches!(operator, "=" | "==" | "!=") {
                    continue;
                }
                for (word, is_right) in [(left, false), (right, true)] {
                    list(script, cx, *word);
                    several(script, cx, *word);
                    match survey.is_glob(*word) {
                        true if numbers => {
                            cx.report(script.span(word.span), "filenames are not a number")
                                .variant("SC2255")
                                .help(format!("quote it, or compare a number; `{operator}` does not calculate"));
                        }
                        true if is_right => {
                            cx.report(script.span(word.span), "`[` compares text, not patterns")
                                .variant("SC2081")
                                .help("use `case`");
                        }
                        true => left_pattern(script, cx, *word),
                        false => {}
                    }
                }
            }
            _ => {}
        }
    }
}

/// `[ [ a ] ]`
fn nested(script: &ScriptView<'_, '_>, cx: &Cx<'_>, args: &[Word]) {
    let survey = &script.survey;
    let first = match args {
        [not, first, ..] if survey.bare(*not) == Some("!") => first,
        [first, ..] => first,
        [] => return,
    };
    let bracket = script.tree()[first.parts].first().is_some_and(|part| match part.kind {
        PartKind::Set(_) => true,
        PartKind::Literal => survey.slice(part.span).starts_with('['),
        _ => false,
    });
    if bracket {
        cx.report(script.span(first.span), "this `[` is text, not a group")
            .variant("SC1026")
            .help("combine two tests with `&&` or `||`");
    }
}

fn left_pattern(script: &ScriptView<'_, '_>, cx: &Cx<'_>, word: Word) {
    cx.report(script.span(word.span), "the pattern expands to filenames, and there may be several")
        .variant("SC2202")
        .help("quote it, or use a `for` loop");
}

/// All elements of an array.
fn list(script: &ScriptView<'_, '_>, cx: &Cx<'_>, word: Word) {
    if let Some(array) = script.survey.array(word) {
        let shown = script.survey.slice(array.span);
        cx.report(script.span(word.span), format!("`{shown}` may expand to several words, but a test accepts one"))
            .variant("SC2198")
            .help("use `$*`, or a loop over the elements");
    }
}

/// `{a,b}`
fn several(script: &ScriptView<'_, '_>, cx: &Cx<'_>, word: Word) {
    if script.survey.has_braces(word) {
        cx.report(script.span(word.span), "the braces expand to several words, but a test accepts one")
            .variant("SC2200")
            .help("use a `for` loop, or one test for each");
    }
}

/// Whether the shell may make several words of it, or none.
fn is_split(script: &ScriptView<'_, '_>, word: Word) -> bool {
    let survey = &script.survey;
    let expands =
        |part: &PartKind| matches!(part, PartKind::Parameter(_) | PartKind::Substitution(_) | PartKind::Brace(_));
    survey.array(word).is_none()
        && (survey.is_glob(word) || script.tree()[word.parts].iter().any(|part| expands(&part.kind)))
}
