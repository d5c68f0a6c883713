//! Finds keys that have an effect only in Swarm mode.

use crate::finding::compose::*;

pub const RULE: Rule = Rule::new(Level::Note, "0.1.0", &[Check::OnService(check)]);

fn check(service: &Service, cx: &ComposeCx<'_>) {
    let Some(deploy) = service.get("deploy") else { return };
    for (key, _) in deploy.entries() {
        let ignored =
            matches!(key.text(), Some("mode" | "endpoint_mode" | "placement" | "update_config" | "rollback_config"));
        if ignored {
            let name = key.text().unwrap_or_default();
            cx.at(key, format!("`deploy.{name}` has an effect only in Swarm mode"))
                .help("remove it, or deploy with `docker stack deploy`");
        }
    }
}
