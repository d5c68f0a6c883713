//! Finds tests whose answer is always the same, or an error.

use crate::finding::prelude::*;
use crate::knowledge::shell_words;
use crate::shell::reader::{Condition, TestOperator, Word};
use crate::shell::survey::{can_be_equal, compares_numbers};

pub const RULE: Rule = Rule::new(Level::Note, "0.1.0", &[Check::OnScript(check)]).fix(Fixable::Never).aka(&[
    "SC2050", "SC2072", "SC2078", "SC2157", "SC2158", "SC2159", "SC2160", "SC2161", "SC2170", "SC2193", "SC2309",
    "SC2332",
]);

fn check(script: &ScriptView<'_, '_>, cx: &Cx<'_>) {
    let survey = &script.survey;
    for question in survey.questions() {
        match question {
            [one] => single(script, cx, *one),
            [operator, operand] if matches!(survey.bare(*operator), Some("-n" | "-z")) => {
                emptiness(script, cx, survey.bare(*operator) == Some("-n"), *operand);
            }
            [left, operator, right] => match survey.bare(*operator) {
                Some("=" | "==" | "!=") => comparison(script, cx, *left, operator.span, *right),
                Some(name) if compares_numbers(name) => {
                    numbers(script, cx, name, [*left, *right]);
                    if survey.literal(*left).is_some() && survey.literal(*right).is_some() {
                        both_constant(script, cx, operator.span);
                    }
                }
                _ => {}
            },
            _ => {}
        }
    }
    for words in survey.brackets() {
        if let [not, operator, _] = words
            && survey.bare(*not) == Some("!")
            && survey.bare(*operator) == Some("-a")
        {
            cx.report(script.span(not.span), "after a `!`, `-a` does not check for a file")
                .variant("SC2332")
                .help("use `! -e` to check that a file does not exist");
        }
    }
    for condition in script.tree().all::<Condition>() {
        match *condition {
            Condition::Word(word) => single(script, cx, word),
            Condition::Unary { operator, operand } if matches!(survey.slice(operator), "-n" | "-z") => {
                emptiness(script, cx, survey.slice(operator) == "-n", operand);
            }
            Condition::Binary { left, operator, kind: TestOperator::Pattern, right } => {
                comparison(script, cx, left, operator, right);
            }
            Condition::Binary { left, operator, kind: TestOperator::Number, right } => {
                let operator = survey.slice(operator);
                [left, right].into_iter().for_each(|word| arithmetic(script, cx, operator, word));
            }
            _ => {}
        }
    }
}

/// `[ text ]`
fn single(script: &ScriptView<'_, '_>, cx: &Cx<'_>, word: Word) {
    let survey = &script.survey;
    let Some(text) = survey.literal(word) else { return emptiness(script, cx, true, word) };
    let code = match &*text {
        "1" => "SC2161",
        "true" => "SC2160",
        "0" => "SC2159",
        "false" => "SC2158",
        text if !text.is_empty() && !text.starts_with('-') => "SC2078",
        _ => return,
    };
    cx.report(script.span(word.span), "this is always true")
        .variant(code)
        .help("`[ … ]` only checks whether the text is empty; use `true` or `false` as a command");
}

/// `-n text`, `-z text`
fn emptiness(script: &ScriptView<'_, '_>, cx: &Cx<'_>, if_full: bool, word: Word) {
    if let Some(text) = script.survey.text_part(word) {
        cx.report(script.span(text.span), format!("this is always {if_full}: the text is never empty"))
            .variant("SC2157")
            .help("a `$` may be missing");
    }
}

/// `left = right`
fn comparison(script: &ScriptView<'_, '_>, cx: &Cx<'_>, left: Word, operator: Span, right: Word) {
    let survey = &script.survey;
    if survey.literal(left).is_some() && survey.literal(right).is_some() {
        both_constant(script, cx, operator);
    } else if !can_be_equal(&survey.shape(left), &survey.shape(right)) {
        cx.report(script.span(operator), "the two sides can never be equal")
            .variant("SC2193")
            .help("add the text around the variable to the other side as well");
    }
}

fn both_constant(script: &ScriptView<'_, '_>, cx: &Cx<'_>, operator: Span) {
    cx.report(script.span(operator), "both sides are constant").variant("SC2050").help("a `$` may be missing");
}

/// `left -eq right`
fn numbers(script: &ScriptView<'_, '_>, cx: &Cx<'_>, operator: &str, words: [Word; 2]) {
    let survey = &script.survey;
    for word in words {
        let text = survey.text_of(word);
        // What is in braces is not one number anyway.
        if survey.has_braces(word) {
            continue;
        }
        if text.contains(|char: char| !char.is_ascii_digit() && !matches!(char, '-' | '+' | '.' | ' ')) {
            cx.report(script.span(word.span), format!("`{operator}` compares numbers, and this is not a number"))
                .variant("SC2170")
                .help("use `=` to compare text, or `$name` for a variable");
        } else if is_fraction(&text) && survey.literal(word).is_some() {
            fraction(script, cx, operator, word);
        }
    }
}

fn fraction(script: &ScriptView<'_, '_>, cx: &Cx<'_>, operator: &str, word: Word) {
    cx.report(script.span(word.span), format!("`{operator}` compares whole numbers only"))
        .variant("SC2072")
        .help("use `awk` or `bc` to compare numbers, or `=` to compare text");
}

/// `[[ left -eq right ]]`, where a name is that of a variable.
fn arithmetic(script: &ScriptView<'_, '_>, cx: &Cx<'_>, operator: &str, word: Word) {
    let Some(text) = script.survey.literal(word) else { return };
    if is_fraction(&text) {
        return fraction(script, cx, operator, word);
    }
    // A name in capitals may be set by the base image.
    let is_unset = |name: &str| {
        name.starts_with(|char: char| char.is_ascii_alphabetic() || char == '_')
            && name.contains(|char: char| char.is_ascii_lowercase())
            && !script.variables.is_set(name)
            && script.declared(name).is_none()
            && !shell_words::is_shell_variable(name)
    };
    if text.split(|char: char| !char.is_ascii_alphanumeric() && char != '_').any(is_unset) {
        let message =
            format!("`{operator}` compares numbers, and reads this as the name of a variable that is not set");
        cx.report(script.span(word.span), message)
            .variant("SC2309")
            .help("use `=` to compare text, or `$name` for a variable");
    }
}

fn is_fraction(text: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    text.split_once('.').is_some_and(|(whole, part)| digits(whole) && digits(part))
}
