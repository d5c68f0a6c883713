//! Finds databases without a password that their image requires.

use crate::finding::compose::*;
use crate::knowledge::service_images::service_image;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnService(check)]);

fn check(service: &Service, cx: &ComposeCx<'_>) {
    // They are pulled, or built on, and not run.
    if cx.model.lists_images || cx.model.is_only_built_on(service) {
        return;
    }
    // A Dockerfile may set it, and an env_file may.
    if service.build.is_some() || service.get("env_file").is_some() || service.get("entrypoint").is_some() {
        return;
    }
    let Some(image) = service.image.as_ref() else { return };
    let Some(kind) = service_image(&image.name).filter(|kind| !kind.passwords.is_empty()) else { return };
    if kind.passwords.iter().any(|name| service.variable(name).is_some()) || service.get("command").is_some() {
        return;
    }
    let name = kind.passwords[0];
    let place = service.entry("environment").map_or(&service.key, |(key, _)| key);
    let mut found = cx.at(place, format!("`{}` does not start without `{name}`", service.name));
    found.help(format!("set `{name}`, or `{name}_FILE` to the path of a secret"));
}
