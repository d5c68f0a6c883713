//! Finds services that share one of the host's namespaces.

use crate::finding::compose::*;

pub const RULE: Rule = Rule::new(Level::Note, "0.1.0", &[Check::OnService(check)]).aka(&["CL-0008"]);

fn check(service: &Service, cx: &ComposeCx<'_>) {
    let keys = [
        ("network_mode", "network"),
        ("pid", "processes"),
        ("ipc", "shared memory"),
        ("userns_mode", "users"),
        ("uts", "name"),
    ];
    for (key, what) in keys {
        let Some((_, node)) = service.entry(key).filter(|(_, node)| node.text() == Some("host")) else { continue };
        let mut found = cx.at(node, format!("`{}` shares the host's {what}", service.name));
        found.help("remove it unless it is needed");
    }
}
