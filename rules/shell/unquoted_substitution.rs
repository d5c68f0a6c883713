//! Finds `$(…)` without quotes, whose output the shell splits into words.

use crate::finding::prelude::*;
use crate::shell::reader::{PartKind, SubstitutionKind};
use crate::shell::survey::At;

pub const RULE: Rule =
    Rule::new(Level::Warn, "0.1.0", &[Check::OnScript(check)]).fix(Fixable::Sometimes).aka(&["SC2046"]);

fn check(script: &ScriptView<'_, '_>, cx: &Cx<'_>) {
    let survey = &script.survey;
    for &at in &survey.parts {
        let Some(part) = survey.part(at) else { continue };
        let PartKind::Substitution(id) = part.kind else { continue };
        let kind = script.tree()[id].kind;
        if !matches!(kind, SubstitutionKind::Dollar | SubstitutionKind::Backtick)
            || !script.is_split(at)
            || survey.is_command_name(at)
        {
            continue;
        }
        let span = script.place(at);
        let edits = [Edit::insert(span.start(), "\""), Edit::insert(span.end(), "\"")];
        let mut found = cx.report(span, "the output of this command substitution is split into words");
        found.variant("SC2046").help("put it in double quotes, unless it is meant to be several words").fix(Fix::new(
            Safety::Display,
            "put it in quotes",
            edits,
        ));
        if !is_tested(script, at) {
            found.at_most(Level::Note);
        }
    }
}

/// An operand of `[`: without a word there, the test is another one, or a mistake.
fn is_tested(script: &ScriptView<'_, '_>, at: At) -> bool {
    let survey = &script.survey;
    let simple = survey.word_of(at).and_then(|word| survey.simple_of(word));
    simple.is_some_and(|simple| matches!(&*simple.name(survey), "[" | "test"))
}
