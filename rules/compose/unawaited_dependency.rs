//! Finds services that depend on a database or broker and do not wait for it.

use super::shared::{has_healthcheck, health_test, kind_of};
use crate::compose::edit::{add_healthcheck, joined, wait_until_healthy};
use crate::compose::{Condition, Dependency};
use crate::finding::compose::*;
use crate::knowledge::service_images::{ServiceImage, is_patient};

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnService(check)]).fix(Fixable::Sometimes);

fn check(service: &Service, cx: &ComposeCx<'_>) {
    let project = cx.model;
    if project.base_image(service).is_some_and(|(name, _)| is_patient(name)) {
        return;
    }
    for dependency in service.depends_on.iter().filter(|dependency| dependency.condition == Condition::Started) {
        let Some(other) = project.service(&dependency.service) else { continue };
        let Some(kind) = kind_of(project, other).filter(|kind| kind.is_slow) else { continue };
        // An image of the same kind that is built on the other one.
        let is_same = kind_of(project, service).is_some_and(|own| own.what == kind.what) && service.build.is_some();
        if is_same || project.builds_on(service, other) {
            continue;
        }
        let name = &other.name;
        let message = format!("`{}` does not wait until `{name}` is ready", service.name);
        let mut found = cx.at(&dependency.key, message);
        found.label_at(&other.key, "accepts connections only seconds after it starts");
        let has_check = has_healthcheck(project, other) == Some(true);
        match has_check {
            true => found.help("use `condition: service_healthy`"),
            false => found.help(format!("add a healthcheck to `{name}`, and use `condition: service_healthy`")),
        };
        // What an image that is not built here does at its start is not known.
        if service.build.is_none() && service.get("command").is_none() {
            found.at_most(Level::Note);
        }
        found.fix(fix(service, dependency, other, kind, cx));
    }
}

/// The long form of all dependencies, and a healthcheck for the one that is waited for.
fn fix(
    service: &Service,
    dependency: &Dependency,
    other: &Service,
    kind: &ServiceImage,
    cx: &ComposeCx<'_>,
) -> Option<Fix> {
    let mut edits = wait_until_healthy(cx.source, service, dependency)?;
    if has_healthcheck(cx.model, other) != Some(true) {
        edits.push(add_healthcheck(cx.source, other, health_test(other, kind), kind.is_slow)?);
    }
    Fix::new(Safety::Unsafe, format!("wait until `{}` is healthy", other.name), joined(edits))
}
