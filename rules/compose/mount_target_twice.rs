//! Finds two mounts with the same target.

use crate::compose::edit::remove_entry;
use crate::finding::compose::*;
use std::collections::HashMap;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnService(check)]).fix(Fixable::Sometimes);

fn check(service: &Service, cx: &ComposeCx<'_>) {
    let mut seen: HashMap<&str, &Node> = HashMap::new();
    for mount in service.mounts.iter().filter(|mount| mount.is_sure && !mount.target.is_empty()) {
        let target = mount.target.trim_end_matches('/');
        let Some(first) = seen.insert(target, &mount.node) else { continue };
        if first.file != mount.node.file {
            continue;
        }
        let mut found = cx.at(&mount.node, format!("`{}` is mounted twice", target.replace('`', "'")));
        found.label_at(first, "first mounted here").help("remove one of the two");
        if mount.is_short && first.text() == mount.node.text() {
            let edit = remove_entry(cx.source, &mount.node, &mount.node);
            found.fix(edit.and_then(|edit| Fix::new(Safety::Unsafe, "remove the second mount", [edit])));
        }
    }
}
