//! Finds `case` with a word that never changes, and patterns that its word never matches.

use crate::finding::prelude::*;
use crate::shell::reader::{CommandKind, PartKind, Word};
use crate::shell::survey::{Survey, can_be_equal};

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnScript(check)]).aka(&["SC2194", "SC2195"]);

/// The longest word whose patterns are looked at.
const MOST_PIECES: usize = 256;

fn check(script: &ScriptView<'_, '_>, cx: &Cx<'_>) {
    let survey = &script.survey;
    for &at in &survey.commands {
        let Some(CommandKind::Case(id)) = survey.command(at).map(|command| command.kind) else { continue };
        let case = &script.tree()[id];
        let Some(subject) = case.subject.filter(|subject| !is_list(survey, *subject)) else { continue };
        if survey.literal(subject).is_some() {
            cx.report(script.span(subject.span), "this `case` always takes the same branch: its word is constant")
                .variant("SC2194")
                .help("a `$` may be missing");
            continue;
        }
        // Without text in the word every pattern may match.
        if survey.text_part(subject).is_none() {
            continue;
        }
        let word = survey.shape(subject);
        // It is compared with each pattern.
        if word.len() > MOST_PIECES {
            continue;
        }
        let patterns = script.tree()[case.arms].iter().flat_map(|arm| &script.tree()[arm.patterns]);
        for pattern in patterns.filter(|pattern| !can_be_equal(&word, &survey.shape(**pattern))) {
            let shown = survey.slice(pattern.span);
            cx.report(script.span(pattern.span), format!("`{shown}` never matches the word of this `case`"))
                .variant("SC2195")
                .help("include the word's literal text in the pattern");
        }
    }
}

/// `{a,b}`, which is text here, and hardly meant so.
fn is_list(survey: &Survey<'_>, word: Word) -> bool {
    survey.tree[word.parts].iter().any(|part| {
        let text = survey.slice(part.span);
        matches!(part.kind, PartKind::Literal) && text.contains('{') && text.contains(',') && text.contains('}')
    })
}
