//! The builds of a GitHub workflow: steps that use `docker/build-push-action`.

use super::{Written, add_arg};
use crate::text::Source;
use crate::text::yaml::{self, Node};

pub(super) fn read(text: &str) -> Vec<Written> {
    let source = Source::new("workflow.yml", text);
    let Ok(Some(root)) = yaml::parse(&source) else { return Vec::new() };
    let jobs = root.get("jobs").map(Node::entries).unwrap_or_default();
    let steps = jobs.iter().flat_map(|(job, node)| {
        let steps = node.get("steps").map(Node::items).unwrap_or_default();
        steps.iter().map(move |step| (job.text().unwrap_or_default(), step))
    });
    steps.filter_map(|(job, step)| written(job, step)).collect()
}

fn written(job: &str, step: &Node) -> Option<Written> {
    let action = step.get("uses").and_then(Node::text)?;
    if action.split('@').next() != Some("docker/build-push-action") {
        return None;
    }
    let with = step.get("with");
    let get = |key: &str| with.and_then(|with| with.get(key)).and_then(Node::text).filter(|text| !text.is_empty());
    let context = match get("context") {
        // Without one it is the commit, which is what is checked out.
        None | Some("{{defaultContext}}") => ".",
        Some(context) => context.strip_prefix("{{defaultContext}}:").unwrap_or(context),
    };
    let context = context.strip_prefix("${{ github.workspace }}").map_or(context, |rest| match rest {
        "" => ".",
        rest => rest.trim_start_matches('/'),
    });
    let is_open = |text: &str| text.contains("${{") || text.contains("{{");
    if [Some(context), get("file"), get("target")].into_iter().flatten().any(is_open) {
        return None;
    }
    let mut written = Written {
        by: format!("job `{job}`"),
        context: context.to_owned(),
        dockerfile: get("file").map(str::to_owned),
        target: get("target").map(str::to_owned),
        ..Written::default()
    };
    for line in get("build-args").unwrap_or_default().lines() {
        if let Some((name, value)) = line.trim().split_once('=') {
            add_arg(&mut written, name, Some(value.to_owned()).filter(|value| !is_open(value)));
        }
    }
    for line in get("build-contexts").unwrap_or_default().lines() {
        if let Some((name, value)) = line.trim().split_once('=') {
            written.contexts.insert(name.to_owned(), value.to_owned());
        }
    }
    Some(written)
}
