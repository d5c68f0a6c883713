//! Finds patterns and constants in tests.

use crate::finding::prelude::*;
use crate::shell::reader::{PartKind, Word};

pub const RULE: Rule = Rule::new(Level::Note, "0.1.0", &[Check::OnScript(check)])
    .fix(Fixable::Never)
    .aka(&["SC2144", "SC2070", "SC2161", "SC2160", "SC2158", "SC2159", "SC2078", "SC2050"]);

fn check(script: &ScriptView<'_, '_>, cx: &Cx<'_>) {
    let survey = &script.survey;
    for simple in &survey.simples {
        let [name, args @ .., last] = simple.words else { continue };
        if survey.bare(*name) != Some("[") || survey.bare(*last) != Some("]") {
            continue;
        }
        let args = match args {
            [not, rest @ ..] if survey.bare(*not) == Some("!") => rest,
            _ => args,
        };
        let split = |word: &Word| matches!(survey.bare(*word), Some("-a" | "-o"));
        // `-a` at the start asks whether a file is there.
        let parts: Vec<&[Word]> = if args.len() > 2 { args.split(split).collect() } else { vec![args] };
        for part in parts {
            let part = match part {
                [not, rest @ ..] if survey.bare(*not) == Some("!") => rest,
                _ => part,
            };
            match part {
                [one] => {
                    let Some(text) = survey.literal(*one) else { continue };
                    let (code, message) = match &*text {
                        "1" => ("SC2161", "this is always true"),
                        "true" => ("SC2160", "this is always true"),
                        "0" => ("SC2159", "this is always true"),
                        "false" => ("SC2158", "this is always true"),
                        text if !text.is_empty() && !text.starts_with('-') => ("SC2078", "this is always true"),
                        _ => continue,
                    };
                    cx.report(script.span(one.span), message)
                        .variant(code)
                        .help("`[ … ]` only asks whether the text is empty; use `true` or `false` as a command");
                }
                [operator, operand]
                    if survey.bare(*operator).is_some_and(|text| text.len() == 2 && text.starts_with('-')) =>
                {
                    if survey.bare(*operator) == Some("-n") && is_split(script, *operand) {
                        cx.report(script.span(operand.span), "without quotes this is true even if the value is empty")
                            .variant("SC2070")
                            .help("put it in double quotes");
                    }
                    if survey.is_glob(*operand) {
                        cx.report(script.span(operand.span), "a test takes one file, and a pattern may give several")
                            .variant("SC2144")
                            .help("use a `for` loop, or `ls` and its status");
                    }
                }
                // Comparisons.
                [left, operator, right]
                    if survey.bare(*operator).is_some_and(|text| {
                        matches!(text, "=" | "==" | "!=" | "-eq" | "-ne" | "-lt" | "-gt" | "-le" | "-ge")
                    }) && survey.literal(*left).is_some()
                        && survey.literal(*right).is_some() =>
                {
                    cx.report(script.span(operator.span), "both sides are constant")
                        .variant("SC2050")
                        .help("a `$` may be missing");
                }
                _ => {}
            }
        }
    }
}

fn is_split(script: &ScriptView<'_, '_>, word: Word) -> bool {
    script.tree()[word.parts].iter().any(|part| matches!(part.kind, PartKind::Parameter(_) | PartKind::Substitution(_)))
}
