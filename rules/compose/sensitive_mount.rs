//! Finds mounts of the host's system directories.

use crate::compose::MountKind;
use crate::finding::compose::*;
use crate::knowledge::service_images::SENSITIVE_PATHS;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnService(check)]).aka(&["CL-0013"]);

fn check(service: &Service, cx: &ComposeCx<'_>) {
    for mount in service.mounts.iter().filter(|mount| mount.kind == MountKind::Bind) {
        let source = mount.source.trim_end_matches('/');
        let source = if source.is_empty() { "/" } else { source };
        if !SENSITIVE_PATHS.contains(&source) {
            continue;
        }
        let mut found = cx.at(&mount.node, format!("the host's `{source}` is mounted into the container"));
        found.help("mount only the directory or file that the service needs");
        // Monitoring reads the host's state.
        if mount.read_only || matches!(source, "/proc" | "/sys" | "/dev") {
            found.at_most(Level::Note);
        }
    }
}
