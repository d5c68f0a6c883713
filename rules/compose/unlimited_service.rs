//! Finds services without a memory limit.

use crate::finding::compose::*;

pub const RULE: Rule = Rule::new(Level::Off, "0.1.0", &[Check::OnService(check)]).aka(&["CL-0015"]);

fn check(service: &Service, cx: &ComposeCx<'_>) {
    let limits = service.get("deploy").and_then(|deploy| deploy.get("resources")).and_then(|all| all.get("limits"));
    let has_memory = service.get("mem_limit").is_some() || limits.is_some_and(|limits| limits.get("memory").is_some());
    if !has_memory {
        cx.at(&service.key, format!("`{}` has no memory limit", service.name)).help("set `mem_limit`, such as `512m`");
    }
}
