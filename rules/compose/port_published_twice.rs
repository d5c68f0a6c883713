//! Finds host ports that are published twice.

use crate::compose::edit::remove_entry;
use crate::finding::compose::*;
use std::collections::HashMap;

pub const RULE: Rule = Rule::new(Level::Error, "0.1.0", &[Check::OnProject(check)])
    .fix(Fixable::Sometimes)
    .aka(&["no-duplicate-exported-ports"]);

fn check(cx: &ComposeCx<'_>) {
    // The address, the service, and where it is written.
    type Published<'s> = (Option<String>, &'s Service, &'s Node);
    let mut seen: HashMap<(u16, String), Vec<Published<'_>>> = HashMap::new();
    // On the host's network, `ports` has no effect.
    let has_own_network = |service: &&Service| service.get("network_mode").and_then(Node::text) != Some("host");
    for service in cx.model.services.iter().filter(|service| !service.has_profile()).filter(has_own_network) {
        for port in service.ports.iter().filter(|port| !port.node.open) {
            let Some(range) = port.published.filter(|range| range.last - range.first < 100) else { continue };
            // A range to one port leaves the choice.
            if port.target.is_some_and(|target| target.last - target.first != range.last - range.first) {
                continue;
            }
            for number in range.first..=range.last {
                let ip = port.host_ip.clone().filter(|_| !port.is_open());
                let known = seen.entry((number, port.protocol.clone())).or_default();
                let other = known.iter().find(|(other, ..)| other.is_none() || ip.is_none() || *other == ip);
                if let Some((_, first, node)) = other {
                    if first.name == service.name && node.text() == port.node.text() && node.file != port.node.file {
                        continue;
                    }
                    // Two binary files of one service would be one.
                    let mut found = cx.at(&port.node, format!("host port {number} is published twice"));
                    found.label_at(*node, format!("first published by `{}` here", first.name));
                    found.help("publish one of them on another port");
                    if first.name == service.name && port.is_short && node.text() == port.node.text() {
                        let edit = remove_entry(cx.source, &port.node, &port.node);
                        found.fix(edit.and_then(|edit| Fix::new(Safety::Unsafe, "remove the second one", [edit])));
                    }
                    break;
                }
                known.push((ip, service, &port.node));
            }
        }
    }
}
