//! Finds ports that are published on all interfaces.

use super::shared::publish_on_loopback;
use crate::finding::compose::*;

pub const RULE: Rule = Rule::new(Level::Off, "0.1.0", &[Check::OnService(check)])
    .fix(Fixable::Sometimes)
    .aka(&["no-unbound-port-interfaces", "CL-0005"]);

fn check(service: &Service, cx: &ComposeCx<'_>) {
    for port in service.ports.iter().filter(|port| port.is_open() && !port.node.open) {
        let mut found = cx.at(&port.node, "this port is published on all host interfaces");
        found.help("specify the address: `127.0.0.1:…`").fix(publish_on_loopback(port));
    }
}
