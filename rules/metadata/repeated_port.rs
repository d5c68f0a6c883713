//! Finds ports that a stage exposes twice.

use std::collections::HashMap;

use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Note, "0.1.0", &[Check::OnStage(check)]).fix(Fixable::Always);

fn check(stage: &Stage<'_>, cx: &Cx<'_>) {
    let model = cx.model;
    let mut seen: HashMap<(u16, u16, String), Span> = HashMap::new();
    for port in stage.ports(model) {
        let shown =
            if port.first == port.last { port.first.to_string() } else { format!("{}-{}", port.first, port.last) };
        let shown = format!("{shown}/{}", port.protocol);
        let Some(before) = seen.get(&(port.first, port.last, port.protocol.clone())).copied() else {
            seen.insert((port.first, port.last, port.protocol), port.span);
            continue;
        };
        let edit = if port.alone {
            Edit::delete_lines(cx.source, port.step.instruction.lines_span())
        } else {
            // Including the spaces before it.
            let start = cx.source.text()[..port.span.start()].trim_end_matches([' ', '\t']).len();
            Edit::delete(Span::new(start, port.span.end()))
        };
        cx.report(port.span, format!("`{shown}` is exposed twice"))
            .label(before, "first exposed here")
            .help("remove one, or correct it if you meant another port")
            .fix(Fix::new(Safety::Safe, "remove the duplicate port", [edit]));
    }
}
