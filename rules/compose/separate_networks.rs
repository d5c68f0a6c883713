//! Finds connections between services without a common network.

use super::shared::address;
use crate::finding::compose::*;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnService(check)]);

fn check(service: &Service, cx: &ComposeCx<'_>) {
    if !service.has_own_network() {
        return;
    }
    let own = service.joins();
    for variable in &service.environment {
        let Some(value) = variable.value.as_deref() else { continue };
        let host = match address(value) {
            Some(address) => address.host,
            None if variable.name.to_ascii_lowercase().ends_with("host") => value,
            None => continue,
        };
        let Some(other) = cx.model.service(host).filter(|other| other.name != service.name) else { continue };
        let is_named = other.networks.iter().any(|(name, _)| own.contains(&name.as_str()));
        if is_named || !other.has_own_network() || other.joins().iter().any(|network| own.contains(network)) {
            continue;
        }
        let place = if variable.in_list { &variable.key } else { &variable.node };
        let mut found = cx.at(place, format!("`{}` and `{}` are on different networks", service.name, other.name));
        found.help(format!("put both on the same network; otherwise, the name `{}` cannot be resolved", other.name));
        if let Some((_, node)) = other.networks.first() {
            found.label_at(node, format!("`{}` is on this network", other.name));
        }
    }
}
