//! Finds services without seccomp or AppArmor.

use crate::finding::compose::*;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnService(check)]).aka(&["CL-0009"]);

fn check(service: &Service, cx: &ComposeCx<'_>) {
    for node in service.texts("security_opt") {
        let text = node.text().unwrap_or_default().replace('=', ":");
        if matches!(text.as_str(), "seccomp:unconfined" | "apparmor:unconfined" | "label:disable") {
            let mut found = cx.at(node, format!("`{text}` disables a protection for the host"));
            found.help(match text.as_str() {
                "label:disable" => "remove it, and add `:z` to the volumes that SELinux keeps the service from",
                _ => "remove it, or use a profile that allows only what the service needs",
            });
        }
    }
}
