//! Finds secrets and configs that no service uses.

use crate::compose::edit::remove_or_holder;
use crate::finding::compose::*;

pub const RULE: Rule = Rule::new(Level::Note, "0.1.0", &[Check::OnProject(check)]).fix(Fixable::Sometimes);

fn check(cx: &ComposeCx<'_>) {
    let project = cx.model;
    if !project.complete || project.services.is_empty() {
        return;
    }
    for (key, what, all) in [("secrets", "secret", &project.secrets), ("configs", "config", &project.configs)] {
        let mut used = std::collections::HashSet::new();
        for service in &project.services {
            let build = service.build.as_ref().and_then(|build| build.node.get(key));
            for item in service.get(key).into_iter().chain(build).flat_map(Node::items) {
                used.extend(item.get("source").unwrap_or(item).text());
            }
        }
        for resource in all.iter().filter(|resource| !used.contains(resource.name.as_str())) {
            let name = resource.name.replace('`', "'");
            let mut found = cx.at(&resource.key, format!("no service uses the {what} `{name}`"));
            let edit = remove_or_holder(cx.source, (&resource.key, &resource.node), project.own.entry(key));
            found.help("list it in a service, or remove it");
            found.fix(edit.and_then(|edit| Fix::new(Safety::Unsafe, format!("remove the {what}"), [edit])));
        }
    }
}
