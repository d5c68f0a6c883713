//! Finds privileged services.

use crate::finding::compose::*;
use crate::knowledge::service_images::DOCKER_IN_DOCKER;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnService(check)]).aka(&["CL-0002"]);

fn check(service: &Service, cx: &ComposeCx<'_>) {
    if !service.is_true("privileged") {
        return;
    }
    let Some((key, _)) = service.entry("privileged") else { return };
    let mut found = cx.at(key, format!("`{}` has full control of the host", service.name));
    found.help("use `cap_add` and `devices` to grant only what the service needs");
    // Docker in Docker does not work without.
    let is_docker = cx
        .model
        .base_image(service)
        .is_some_and(|(name, _)| matches!(name.rsplit('/').next(), Some("docker" | "dind")));
    if is_docker || DOCKER_IN_DOCKER.iter().any(|name| service.variable(name).is_some()) {
        found.at_most(Level::Note);
    }
}
