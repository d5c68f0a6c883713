//! Finds variables that are never set.

use crate::compose::Fallback;
use crate::finding::compose::*;
use crate::knowledge::service_images::SET_ANYWHERE;
use crate::text::steps::Limit;
use std::collections::HashSet;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnProject(check)]);

fn check(cx: &ComposeCx<'_>) {
    let project = cx.model;
    let mut seen = HashSet::new();
    for used in project.uses.iter().filter(|used| used.place.is_here() && !used.is_set) {
        let name = used.name.as_str();
        let is_known = SET_ANYWHERE.contains(&name) || name.starts_with("COMPOSE_") || name.starts_with("DOCKER_");
        if used.fallback != Fallback::None || is_known || !seen.insert(name) {
            continue;
        }
        let file = in_env_file(name, cx);
        let mut found = match &file {
            Some(file) => {
                let file = file.replace('`', "'");
                let mut found = cx
                    .at(used.place, format!("`{name}` is not set, because `{file}` only applies inside the container"));
                found.help("set it in `.env`, which Compose reads for variables in the Compose file");
                found
            }
            None => {
                let mut found = cx.at(used.place, format!("`{name}` is not set, so it becomes an empty string"));
                found.help(format!("set it in `.env`, give it a default, or require it: `${{{name}:?}}`"));
                found
            }
        };
        // Without `.env` it may be meant to be set where Compose runs.
        if file.is_none() && !project.has_env_file {
            found.at_most(Level::Note);
        }
    }
}

/// The env_file of a service that sets the variable.
fn in_env_file(name: &str, cx: &ComposeCx<'_>) -> Option<String> {
    let files = cx.model.services.iter().flat_map(|service| &service.env_files);
    let mut files = files.limited(64).filter_map(|node| {
        let text = node.get("path").unwrap_or(node).text()?;
        let path = cx.model.path(node, text)?;
        Some((text, cx.model.context?.read(&path)?))
    });
    let found = files.find(|(_, text)| {
        text.len() < 1 << 16 && crate::compose::env_file::read(text).iter().any(|line| line.name == name)
    });
    found.map(|(path, _)| path.to_owned())
}
