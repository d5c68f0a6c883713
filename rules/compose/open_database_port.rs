//! Finds databases that are published on all interfaces.

use super::shared::{kind_of, publish_on_loopback};
use crate::finding::compose::*;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnService(check)]).fix(Fixable::Sometimes);

fn check(service: &Service, cx: &ComposeCx<'_>) {
    let Some(kind) = kind_of(cx.model, service).filter(|kind| kind.is_database) else { return };
    for port in service.ports.iter().filter(|port| port.is_open() && !port.node.open) {
        if port.target.is_none_or(|target| !target.contains(kind.port)) || port.published.is_none() {
            continue;
        }
        let mut found =
            cx.at(&port.node, format!("the database `{}` is published on all host interfaces", service.name));
        found.help("publish it on 127.0.0.1, or not at all: other services do not need a published port");
        found.fix(publish_on_loopback(port));
    }
}
