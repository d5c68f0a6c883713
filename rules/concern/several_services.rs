//! A container that starts several services.

use crate::finding::in_script;
use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnStage(check)]);

fn check(stage: &Stage<'_>, cx: &Cx<'_>) {
    if !stage.is_final {
        return;
    }
    // Process managers are left to `process-manager`.
    let services: Vec<_> =
        (stage.started_services(cx.model).into_iter()).filter(|service| service.name != "supervisord").collect();
    let [first, second, rest @ ..] = services.as_slice() else { return };
    let names = services.iter().map(|service| format!("`{}`", service.name)).collect::<Vec<_>>();
    let message = format!("the container starts several services{}: {}", in_script(&first.by), names.join(" and "));
    let mut found = cx.report(first.by.span, message);
    for other in std::iter::once(second).chain(rest).filter(|other| other.by.span != first.by.span) {
        found.label(other.by.span, format!("`{}` is started here", other.name));
    }
    found
        .help("give each service its own image and container, and start them together with Compose")
        .help("Docker only supervises the first process: if another one dies, the container keeps running");
}
