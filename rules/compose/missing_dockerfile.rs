//! Finds builds without a Dockerfile.

use crate::finding::compose::*;

pub const RULE: Rule = Rule::new(Level::Error, "0.1.0", &[Check::OnService(check)]);

fn check(service: &Service, cx: &ComposeCx<'_>) {
    let Some(build) = service.build.as_ref().filter(|build| build.inline.is_none()) else { return };
    let Some(context) = cx.model.context else { return };
    let directory = build.context.as_ref();
    let text = directory.and_then(Node::text).unwrap_or(".");
    if text.contains("://") || text.starts_with("git@") || text.ends_with(".git") {
        return;
    }
    let Some(path) = cx.model.dockerfile(build).filter(|path| context.exists_near(path) == Some(false)) else { return };
    let place = build.dockerfile.as_ref().or(directory).unwrap_or(&build.node);
    let mut found = cx.at(place, format!("`{}` does not exist", path.replace('`', "'")));
    found.help("`context` is relative to the Compose file, and `dockerfile` is relative to the context");
    // A submodule, or what is cloned next to it, may not be there yet.
    let parent = path.rsplit_once('/').map_or("", |(parent, _)| parent);
    if !parent.is_empty() && context.exists_near(parent) == Some(false) {
        found.at_most(Level::Warn);
    }
}
