//! Finds databases without a volume.

use super::shared::kind_of;
use crate::compose::edit::{add_entry, add_item, add_resource, joined};
use crate::finding::compose::*;
use crate::knowledge::bases::tag::version;
use crate::knowledge::service_images::ServiceImage;

pub const RULE: Rule = Rule::new(Level::Note, "0.1.0", &[Check::OnService(check)]).fix(Fixable::Sometimes);

fn check(service: &Service, cx: &ComposeCx<'_>) {
    let Some(kind) =
        kind_of(cx.model, service).filter(|kind| kind.is_database && kind.is_slow && !kind.data.is_empty())
    else {
        return;
    };
    if !service.mounts.iter().all(|mount| mount.is_sure)
        || service.get("volumes_from").is_some()
        || service.has_profile()
    {
        return;
    }
    let covers = |target: &str| {
        let target = target.trim_end_matches('/');
        kind.data == target
            || kind.data.starts_with(&format!("{target}/"))
            || target.starts_with(&format!("{}/", kind.data))
    };
    let is_kept = service.mounts.iter().any(|mount| covers(&mount.target) || mount.target.contains("data"));
    let is_temporary = service.texts("tmpfs").iter().filter_map(|node| node.text()).any(covers);
    if is_kept || is_temporary || service.variable("PGDATA").is_some() {
        return;
    }
    let mut found =
        cx.at(&service.key, format!("the data in `{}` is lost when its container is removed", service.name));
    let data = data_path(service, kind, cx);
    found.help(format!("mount a named volume at `{data}`")).fix(add_volume(service, data, cx));
}

/// Where the data of this version is.
fn data_path(service: &Service, kind: &ServiceImage, cx: &ComposeCx<'_>) -> &'static str {
    let tag = cx.model.base_image(service).and_then(|(_, tag)| tag);
    let major = tag.and_then(|tag| version(tag).first().copied());
    // From version 18 on the parent directory is the volume.
    match kind.data {
        "/var/lib/postgresql/data" if major.is_none_or(|major| major >= 18) => "/var/lib/postgresql",
        data => data,
    }
}

fn add_volume(service: &Service, path: &str, cx: &ComposeCx<'_>) -> Option<Fix> {
    let name = format!("{}-data", service.name);
    let is_plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    if !is_plain || service.key.file != 0 || cx.model.volumes.iter().any(|volume| volume.name == name) {
        return None;
    }
    let item = format!("{name}:{path}");
    let mount = match service.get("volumes") {
        Some(list) => add_item(cx.source, list, &item),
        None => add_entry(cx.source, &service.node, &["volumes:", &format!("  - {item}")]),
    };
    let volume = add_resource(cx.source, &cx.model.own, "volumes", &[&format!("{name}:")]);
    Fix::new(Safety::Unsafe, format!("mount the volume `{name}` at `{path}`"), joined([mount?, volume?]))
}
