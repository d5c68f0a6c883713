//! Finds services that run as root on purpose.

use crate::finding::compose::*;

pub const RULE: Rule = Rule::new(Level::Note, "0.1.0", &[Check::OnService(check)]).aka(&["CL-0016"]);

fn check(service: &Service, cx: &ComposeCx<'_>) {
    let Some((_, user)) = service.entry("user") else { return };
    let name = user.text().unwrap_or_default().split(':').next().unwrap_or_default();
    if !matches!(name, "root" | "0") || user.open {
        return;
    }
    let mut found = cx.at(user, format!("`{}` runs as root", service.name));
    found.help("remove `user`, or set an unprivileged user");
    if cx.model.build(service).is_some_and(|facts| facts.has_user) {
        found.help("its Dockerfile switches to another user");
    }
}
