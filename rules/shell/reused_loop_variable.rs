//! Finds a loop in a loop, both with the same variable.

use std::collections::{HashMap, HashSet};

use crate::finding::prelude::*;
use crate::shell::reader::{CommandKind, For, ForHeader};
use crate::shell::survey::At;

pub const RULE: Rule =
    Rule::new(Level::Note, "0.1.0", &[Check::OnScript(check)]).fix(Fixable::Never).aka(&["SC2165", "SC2167"]);

fn check(script: &ScriptView<'_, '_>, cx: &Cx<'_>) {
    let survey = &script.survey;
    // The loops around, by variable: each with its end. Commands are in order, so an inner loop comes after its outer one.
    let mut around: HashMap<&str, Vec<(At, &For)>> = HashMap::new();
    let mut told: HashSet<At> = HashSet::new();
    for &at in &survey.commands {
        let Some(CommandKind::For(id)) = survey.command(at).map(|command| command.kind) else { continue };
        let inner = &script.tree()[id];
        let ForHeader::Words { name: Some(name), .. } = inner.header else { continue };
        let name = survey.slice(name.span);
        let loops = around.entry(name).or_default();
        while loops.pop_if(|(outer, _)| survey.nodes[*outer].end <= at).is_some() {}
        if let Some((outer_at, outer)) = loops.last() {
            if told.insert(*outer_at) {
                cx.report(script.span(outer.keyword), format!("an inner loop changes `{name}`, this loop's variable"))
                    .variant("SC2167")
                    .help("rename one of them");
            }
            cx.report(script.span(inner.keyword), format!("this loop changes `{name}`, an outer loop's variable"))
                .variant("SC2165")
                .help("rename one of them");
        }
        loops.push((at, inner));
    }
}
