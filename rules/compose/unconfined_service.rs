//! Finds services without seccomp, AppArmor or SELinux.

use crate::finding::compose::*;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnService(check)]).aka(&["CL-0009"]);

fn check(service: &Service, cx: &ComposeCx<'_>) {
    // Docker runs these without SELinux labels anyway.
    let is_host = |key: &str| service.text(key) == Some("host");
    let is_unlabelled = is_host("ipc") || is_host("pid") || service.is_true("privileged");
    for node in service.texts("security_opt") {
        let text = node.text().unwrap_or_default().replace('=', ":");
        let is_disabled = match text.as_str() {
            "label:disable" => !is_unlabelled,
            text => matches!(text, "seccomp:unconfined" | "apparmor:unconfined"),
        };
        if is_disabled {
            let mut found = cx.at(node, format!("`{text}` disables a protection for the host"));
            found.help(match text.as_str() {
                "label:disable" if service.get("devices").is_some() => {
                    "remove it, and allow devices on the host with `setsebool -P container_use_devices 1`"
                }
                "label:disable" => "remove it, and add `:z` to the volumes that SELinux keeps the service from",
                _ => "remove it, or use a profile that allows only what the service needs",
            });
        }
    }
}
