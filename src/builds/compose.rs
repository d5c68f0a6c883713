//! The builds of a Compose file.

use super::{Written, add_arg, names};
use crate::compose::{Build, Project};
use crate::context::Context;
use crate::text::Source;
use crate::text::yaml::Node;

pub(super) fn read(name: &str, text: &str, context: &Context) -> Vec<Written> {
    let source = Source::new(name, text);
    let project = Project::load(&source, name, Some(context));
    let services = project.services.iter().filter_map(|service| Some((service, service.build.as_ref()?)));
    services.filter_map(|(service, build)| written(&project, &service.name, build)).collect()
}

fn written(project: &Project<'_>, service: &str, build: &Build) -> Option<Written> {
    let known = |node: &Option<Node>| match node {
        None => Some(None),
        Some(node) => node.text().filter(|_| !node.open).map(|text| Some(text.to_owned())),
    };
    let place = build.context.as_ref().unwrap_or(&build.node);
    let directory = project.files.get(usize::from(place.file)).map_or("", |file| file.directory.as_str());
    let context = known(&build.context)?.unwrap_or_else(|| ".".to_owned());
    let is_path = !super::is_remote(&context) && !directory.is_empty() && !context.starts_with('/');
    let context = if is_path { format!("{directory}/{context}") } else { context };
    let mut written = Written {
        by: format!("service `{service}`"),
        context,
        dockerfile: known(&build.dockerfile)?,
        is_inline: build.inline.is_some(),
        dockerfile_in_context: true,
        target: known(&build.target)?,
        names: names::of_compose(project.source, build),
        ..Written::default()
    };
    for arg in &build.args {
        add_arg(&mut written, &arg.name, arg.known().map(str::to_owned));
    }
    written.contexts = build.contexts().into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    Some(written)
}
