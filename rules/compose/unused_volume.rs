//! Finds volumes that no service uses.

use crate::compose::MountKind;
use crate::compose::edit::remove_or_holder;
use crate::finding::compose::*;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnProject(check)]).fix(Fixable::Sometimes);

fn check(cx: &ComposeCx<'_>) {
    let project = cx.model;
    // What is not written yet may use it.
    let is_empty = |service: &Service| service.image.is_none() && service.build.is_none();
    if !project.complete || project.services.is_empty() || project.services.iter().any(is_empty) {
        return;
    }
    let mounts = || project.services.iter().flat_map(|service| &service.mounts);
    // A name with a variable may be any of them.
    if mounts().any(|mount| !mount.is_sure && mount.kind != MountKind::Bind) {
        return;
    }
    let used: std::collections::HashSet<&str> = mounts().map(|mount| mount.source.as_str()).collect();
    for volume in project.volumes.iter().filter(|volume| !used.contains(volume.name.as_str())) {
        let mut found = cx.at(&volume.key, format!("no service uses the volume `{}`", volume.name.replace('`', "'")));
        found.help("mount it in a service, or remove it");
        let edit = remove_or_holder(cx.source, (&volume.key, &volume.node), project.own.entry("volumes"));
        found.fix(edit.and_then(|edit| Fix::new(Safety::Unsafe, "remove the volume", [edit])));
    }
}
