//! Finds databases that are published on all interfaces.

use super::shared::{kind_of, publish_on_loopback};
use crate::finding::compose::*;
use crate::knowledge::bases::os;
use crate::knowledge::os::Distro;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnService(check)]).fix(Fixable::Sometimes);

fn check(service: &Service, cx: &ComposeCx<'_>) {
    let Some(kind) = kind_of(cx.model, service).filter(|kind| kind.is_database) else { return };
    // Its network takes no address of the host.
    let is_windows = cx
        .model
        .base_image(service)
        .and_then(|(name, tag)| os(name, tag))
        .is_some_and(|os| os.distro == Distro::Windows);
    for port in service.ports.iter().filter(|port| port.is_open() && !port.node.open) {
        if port.target.is_none_or(|target| !target.contains(kind.port)) || port.published.is_none() {
            continue;
        }
        let mut found =
            cx.at(&port.node, format!("the database `{}` is published on all host interfaces", service.name));
        if is_windows {
            found.help("do not publish it: other services do not need a published port");
            continue;
        }
        found.help("publish it on 127.0.0.1, or not at all: other services do not need a published port");
        found.fix(publish_on_loopback(port));
    }
}
