//! Finds mounts of the Docker socket.

use crate::finding::compose::*;
use crate::knowledge::service_images::manages_containers;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnService(check)]).aka(&["CL-0001"]);

fn check(service: &Service, cx: &ComposeCx<'_>) {
    let sockets =
        ["/var/run/docker.sock", "/run/docker.sock", "/run/podman/podman.sock", "/run/containerd/containerd.sock"];
    for mount in service.mounts.iter().filter(|mount| sockets.contains(&mount.source.as_str())) {
        let mut found = cx.at(&mount.node, format!("this socket gives `{}` control of the host", service.name));
        found.help("use a socket proxy that allows only the requests you need; `:ro` does not limit access");
        // The name that Docker's automated builds run tests under: tests of images start containers.
        let is_manager = cx.model.base_image(service).is_some_and(|(name, _)| manages_containers(name));
        if is_manager || service.name == "sut" {
            found.at_most(Level::Note);
        }
    }
}
