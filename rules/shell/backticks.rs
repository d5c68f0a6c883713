//! Finds substitutions in backticks.

use crate::finding::prelude::*;
use crate::shell::reader::{PartKind, SubstitutionKind};

pub const RULE: Rule =
    Rule::new(Level::Note, "0.1.0", &[Check::OnScript(check)]).fix(Fixable::Sometimes).aka(&["SC2006"]);

fn check(script: &ScriptView<'_, '_>, cx: &Cx<'_>) {
    let survey = &script.survey;
    for &at in &survey.parts {
        let Some(part) = survey.part(at) else { continue };
        let PartKind::Substitution(id) = part.kind else { continue };
        let substitution = &script.tree()[id];
        if substitution.kind != SubstitutionKind::Backtick {
            continue;
        }
        let block = substitution.block;
        let text = script.script().get(part.span.range()).unwrap_or_default();
        // Backslashes would have to go, and what is nested would have to be looked at as well.
        let plain = !text.contains('\\') && !text.contains('#');
        let fix = block.close.filter(|_| plain).and_then(|close| {
            let edits = [Edit::replace(script.span(block.open), "$("), Edit::replace(script.span(close), ")")];
            Fix::new(Safety::Safe, "use `$(…)`", edits)
        });
        cx.report(script.span(part.span), "backticks are hard to read and nest").help("use `$(…)`").fix(fix);
    }
}
