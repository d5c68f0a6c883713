//! Finds connections between services that use the host port.

use super::shared::address;
use crate::compose::edit::replace_scalar;
use crate::finding::compose::*;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnService(check)]).fix(Fixable::Sometimes);

fn check(service: &Service, cx: &ComposeCx<'_>) {
    if !service.has_own_network() {
        return;
    }
    for variable in &service.environment {
        let Some(value) = variable.value.as_deref() else { continue };
        let Some(address) = address(value) else { continue };
        let (Some(port), Some(other)) = (address.port, cx.model.service(address.host)) else { continue };
        let is_open = |own: &u16| other.ports.iter().any(|at| at.target.is_some_and(|range| range.contains(*own)));
        let published = other.ports.iter().find(|at| at.published.is_some_and(|range| range.contains(port)));
        let Some(published) = published.filter(|_| !is_open(&port)) else { continue };
        let Some(target) = published.target.filter(|range| range.first == range.last) else { continue };
        let place = if variable.in_list { &variable.key } else { &variable.node };
        let mut found = cx.at(place, format!("{port} is the host port; `{}` listens on {}", other.name, target.first));
        found.help(format!("use {}: containers connect to each other's container ports", target.first));
        found.label_at(&published.node, "published here");
        let old = format!("{}:{port}", address.host);
        let written = cx.written(&variable.node);
        if !variable.in_list && variable.node.file == 0 && written.matches(&old).count() == 1 && !variable.open {
            let edit =
                replace_scalar(&variable.node, &value.replace(&old, &format!("{}:{}", address.host, target.first)));
            let edit = edit.filter(|_| !written.contains('$'));
            found.fix(edit.and_then(|edit| Fix::new(Safety::Unsafe, format!("use port {}", target.first), [edit])));
        }
    }
}
