//! Fixed addresses: Podman 4 resolves no names on an internal network, so services get the addresses of the others.

use std::collections::BTreeMap;

use serde_json::{Value, json};

/// A service in a network, with its address and aliases.
type Member<'n> = (&'n String, String, Vec<Value>);

/// Assigns a range of addresses to each network, an address in each of its networks to each service, and the names of its
/// neighbours. `number` distinguishes projects.
pub(super) fn give(file: &mut Value, number: u64) {
    let names = |value: &Value| -> Vec<String> {
        value.as_object().map(|object| object.keys().cloned().collect()).unwrap_or_default()
    };
    let (networks, services) = (names(&file["networks"]), names(&file["services"]));
    // By network: the services in it.
    let mut members: BTreeMap<&String, Vec<Member<'_>>> = BTreeMap::new();
    for (at, network) in networks.iter().enumerate() {
        // One of 32768 ranges of 10.128.0.0/9.
        let range = number.wrapping_mul(7).wrapping_add(at as u64) % 32_768;
        let prefix = format!("10.{}.{}", 128 + range / 256, range % 256);
        file["networks"][network]["ipam"] = json!({"config": [{"subnet": format!("{prefix}.0/24")}]});
        for (host, service) in services.iter().enumerate() {
            let Some(given) = file["services"][service]["networks"].get(network).cloned() else { continue };
            let address = format!("{prefix}.{}", 10 + host);
            let aliases = given.get("aliases").and_then(Value::as_array).cloned().unwrap_or_default();
            file["services"][service]["networks"][network] = json!({"aliases": aliases, "ipv4_address": address});
            members.entry(network).or_default().push((service, address, aliases));
        }
    }
    for service in &services {
        let mut hosts = Vec::new();
        for network in members.values().filter(|network| network.iter().any(|(name, ..)| *name == service)) {
            for (name, address, aliases) in network.iter().filter(|(name, ..)| *name != service) {
                let names = std::iter::once(name.as_str()).chain(aliases.iter().filter_map(Value::as_str));
                hosts.extend(names.map(|name| format!("{name}:{address}")));
            }
        }
        file["services"][service]["extra_hosts"] = hosts.into();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_knows_whom() {
        let mut file = json!({
            "networks": {"default": {"internal": true}, "other": {}},
            "services": {
                "app": {"networks": {"default": null}},
                "db": {"networks": {"default": {"aliases": ["database"]}, "other": null}},
                "web": {"networks": {"other": null}}
            }
        });
        give(&mut file, 1);
        assert_eq!(
            file["networks"]["default"],
            json!({"internal": true, "ipam": {"config": [{"subnet": "10.128.7.0/24"}]}})
        );
        assert_eq!(file["services"]["app"]["extra_hosts"], json!(["db:10.128.7.11", "database:10.128.7.11"]));
        assert_eq!(file["services"]["web"]["extra_hosts"], json!(["db:10.128.8.11"]));
        assert_eq!(file["services"]["db"]["networks"]["other"]["ipv4_address"], "10.128.8.11");
    }
}
