//! Finds networks that no service uses.

use crate::compose::edit::remove_entry;
use crate::finding::compose::*;

pub const RULE: Rule = Rule::new(Level::Note, "0.1.0", &[Check::OnProject(check)]).fix(Fixable::Sometimes);

fn check(cx: &ComposeCx<'_>) {
    let project = cx.model;
    if !project.complete || project.services.is_empty() {
        return;
    }
    let used: std::collections::HashSet<&str> =
        project.services.iter().flat_map(|service| service.networks.iter().map(|(name, _)| name.as_str())).collect();
    for network in project.networks.iter().filter(|network| network.name != "default") {
        if used.contains(network.name.as_str()) {
            continue;
        }
        let mut found =
            cx.at(&network.key, format!("no service uses the network `{}`", network.name.replace('`', "'")));
        found.help("add a service to it, or remove it");
        if project.networks.len() > 1 {
            let edit = remove_entry(cx.source, &network.key, &network.node);
            found.fix(edit.and_then(|edit| Fix::new(Safety::Unsafe, "remove the network", [edit])));
        }
    }
}
