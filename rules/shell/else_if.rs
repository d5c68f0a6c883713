//! Finds `else if`, which begins a second `if` that needs a `fi` of its own.

use crate::finding::prelude::*;
use crate::shell::reader::CommandKind;
use crate::shell::survey::Kind;

pub const RULE: Rule = Rule::new(Level::Note, "0.1.0", &[Check::OnScript(check)]).fix(Fixable::Never).aka(&["SC1075"]);

fn check(script: &ScriptView<'_, '_>, cx: &Cx<'_>) {
    let survey = &script.survey;
    for at in 0..survey.nodes.len() {
        let Kind::Branch(branch) = survey.kind(at) else { continue };
        let first = survey.inside(at).find(|inner| matches!(survey.kind(*inner), Kind::Command(_)));
        let Some(first) = first.and_then(|first| survey.command(first)) else { continue };
        if branch.condition.is_some() || !matches!(first.kind, CommandKind::If(_)) {
            continue;
        }
        let gap = survey.slice(Span::new(branch.keyword.end(), first.span.start()));
        if gap.bytes().all(|byte| byte == b' ' || byte == b'\t') {
            cx.report(script.span(branch.keyword), "`else if` begins a second `if`").help("use `elif`");
        }
    }
}
