//! Finds paths to secrets that are not mounted in the service.

use crate::finding::compose::*;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnService(check)]);

fn check(service: &Service, cx: &ComposeCx<'_>) {
    if service.get("env_file").is_some() {
        return;
    }
    for variable in service.environment.iter().filter(|variable| variable.name.ends_with("_FILE")) {
        let Some(name) = variable.known().and_then(|value| value.strip_prefix("/run/secrets/")) else { continue };
        let is_there = service.get("secrets").map(Node::items).unwrap_or_default().iter().any(|item| {
            let target = item.get("target").or_else(|| item.get("source")).unwrap_or(item).text().unwrap_or_default();
            target == name || target.ends_with(&format!("/{name}"))
        });
        let is_mounted =
            service.mounts.iter().any(|mount| mount.target.starts_with("/run/secrets") || mount.target == "/run");
        // Another service of the project uses secrets this way: then they are Compose's.
        if is_there || is_mounted || cx.model.secrets.is_empty() {
            continue;
        }
        let place = if variable.in_list { &variable.key } else { &variable.node };
        let name = name.replace('`', "'");
        let mut found = cx.at(place, format!("the secret `{name}` is not mounted in `{}`", service.name));
        found.help(format!("add `{name}` to the service's `secrets`"));
    }
}
