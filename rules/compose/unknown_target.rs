//! Finds targets that the Dockerfile does not have.

use crate::finding::compose::*;
use crate::text::suggest::nearest;

pub const RULE: Rule = Rule::new(Level::Error, "0.1.0", &[Check::OnService(check)]);

fn check(service: &Service, cx: &ComposeCx<'_>) {
    let Some(build) = &service.build else { return };
    let (Some(target), Some(facts)) = (&build.target, cx.model.build(service)) else { return };
    if facts.has_target || facts.count == 0 {
        return;
    }
    let Some(name) = target.text() else { return };
    let mut found = cx.at(target, format!("the Dockerfile has no stage `{}`", name.replace('`', "'")));
    let stages = facts.stages.iter().map(String::as_str);
    match nearest(name, stages) {
        Some(near) => found.help(format!("did you mean `{near}`?")),
        None if facts.stages.is_empty() => found.help("its stages have no names"),
        None => found.help(format!(
            "its stages are {}",
            facts.stages.iter().take(8).map(|stage| format!("`{stage}`")).collect::<Vec<_>>().join(", ")
        )),
    };
}
