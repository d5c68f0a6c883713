//! Finds labels that a stage sets twice.

use std::collections::HashMap;

use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnStage(check)]).fix(Fixable::Sometimes);

fn check(stage: &Stage<'_>, cx: &Cx<'_>) {
    let model = cx.model;
    let mut last: HashMap<String, Span> = HashMap::new();
    for label in stage.labels(model) {
        let Some(key) = label.key else { continue };
        last.insert(key, label.pair.span);
    }
    for label in stage.labels(model) {
        let Some((key, last)) = label.key.as_ref().and_then(|key| Some((key, *last.get(key)?))) else { continue };
        if last == label.pair.span {
            continue;
        }
        let edit = Edit::delete_lines(cx.source, label.step.instruction.lines_span());
        let mut found =
            cx.report(label.pair.span, format!("`{}` is overridden: the label is set again", key.replace('`', "'")));
        found.label(last, "this one takes effect").help("remove one, or use different keys");
        if label.alone {
            found.fix(Fix::new(Safety::Safe, "remove the overridden label", [edit]));
        }
    }
}
