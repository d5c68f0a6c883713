//! Finds capabilities that are almost equivalent to root on the host.

use crate::finding::compose::*;
use crate::knowledge::service_images::{DANGEROUS_CAPABILITIES, DANGEROUS_WITH_HOST_PROCESSES};

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnService(check)]).aka(&["CL-0006"]);

fn check(service: &Service, cx: &ComposeCx<'_>) {
    let has_host_processes = service.get("pid").and_then(Node::text) == Some("host");
    for node in service.texts("cap_add") {
        let Some(text) = node.text() else { continue };
        let name = text.to_ascii_uppercase();
        let name = name.strip_prefix("CAP_").unwrap_or(&name);
        if DANGEROUS_CAPABILITIES.contains(&name) || has_host_processes && DANGEROUS_WITH_HOST_PROCESSES.contains(&name)
        {
            let mut found = cx.at(node, format!("`{name}` is almost equivalent to root on the host"));
            found.help("use a narrower capability");
        }
    }
}
