//! Compares published ports with `EXPOSE`.

use crate::finding::compose::*;

pub const RULE: Rule = Rule::new(Level::Note, "0.1.0", &[Check::OnService(check)]);

fn check(service: &Service, cx: &ComposeCx<'_>) {
    let Some(facts) = cx.model.build(service).filter(|facts| !facts.exposes.is_empty()) else { return };
    // What it listens on may be set from here.
    let may_set =
        service.get("command").is_some() || service.environment.iter().any(|variable| variable.name.ends_with("PORT"));
    for port in service.ports.iter().filter(|port| !port.node.open && !may_set && port.protocol == "tcp") {
        let Some(target) = port.target.filter(|range| range.first == range.last) else { continue };
        if facts.exposes.contains(&target.first) {
            continue;
        }
        let exposed: Vec<_> = facts.exposes.iter().take(4).map(u16::to_string).collect();
        let mut found = cx.at(&port.node, format!("the image exposes {}, not {}", exposed.join(", "), target.first));
        found.help("the second number is the container port: see `EXPOSE` in the Dockerfile");
    }
}
