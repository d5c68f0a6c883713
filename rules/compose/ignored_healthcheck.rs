//! Finds dependencies that do not wait for an existing healthcheck.

use super::shared::kind_of;
use crate::compose::Condition;
use crate::compose::edit::wait_until_healthy;
use crate::finding::compose::*;
use crate::knowledge::service_images::is_patient;

pub const RULE: Rule = Rule::new(Level::Note, "0.1.0", &[Check::OnService(check)]).fix(Fixable::Sometimes);

fn check(service: &Service, cx: &ComposeCx<'_>) {
    let project = cx.model;
    if project.base_image(service).is_some_and(|(name, _)| is_patient(name)) {
        return;
    }
    for dependency in service.depends_on.iter().filter(|dependency| dependency.condition == Condition::Started) {
        let Some(other) = project.service(&dependency.service) else { continue };
        let has_check = other.healthcheck.as_ref().is_some_and(|check| check.is_active());
        // A slow service is a matter of its own.
        if !has_check || kind_of(project, other).is_some_and(|kind| kind.is_slow) {
            continue;
        }
        let mut found = cx.at(&dependency.key, format!("this does not wait for the healthcheck of `{}`", other.name));
        found.help("use `condition: service_healthy` if this service needs the other one at startup");
        let edits = wait_until_healthy(cx.source, service, dependency);
        let title = format!("wait until `{}` is healthy", other.name);
        found.fix(edits.and_then(|edits| Fix::new(Safety::Unsafe, title, edits)));
        if let Some(check) = &other.healthcheck {
            found.label_at(&check.node, "the healthcheck");
        }
    }
}
