//! Stages with the same name.

use std::collections::HashMap;

use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnFile(check)]).aka(&["DL3024", "DuplicateStageName"]);

fn check(cx: &Cx<'_>) {
    let mut first: HashMap<String, Span> = HashMap::new();
    for name in cx.model.stages.iter().filter_map(|stage| stage.name) {
        match first.get(&name.text.to_lowercase()) {
            Some(earlier) => {
                cx.report(name.span, format!("duplicate stage name `{}`", name.text))
                    .label(*earlier, "first used here")
                    .help("give each stage a unique name, so that it is clear which one `--from` refers to");
            }
            None => {
                first.insert(name.text.to_lowercase(), name.span);
            }
        }
    }
}
