//! Cache mounts for apt that two builds can use at once.

use crate::commands::packages::{Manager, fetches_packages};
use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnRun(check)]).fix(Fixable::Always);

fn check(step: &Step<'_>, cx: &Cx<'_>) {
    let Some(script) = step.script.as_ref().filter(|_| step.run_mounts().next().is_some()) else { return };
    if !script.commands.iter().any(|command| fetches_packages(command) == Some(Manager::Apt)) {
        return;
    }
    for mount in step.run_mounts().filter(|mount| mount.kind() == "cache") {
        let Some(target) = mount.target() else { continue };
        let Some(place) = cx.model.expand(step, target).value else { continue };
        let place = place.trim_end_matches('/');
        // An id with a variable may be unique to each build.
        if !["/var/cache/apt", "/var/lib/apt", "/var/lib/apt/lists", "/var/cache/apt/archives"].contains(&place)
            || mount.has("sharing")
            || mount.id().is_some_and(|id| id.text.contains('$'))
        {
            continue;
        }
        let edit = Edit::insert(target.span.end(), ",sharing=locked");
        cx.report(mount.flag.span, format!("concurrent builds share this cache, but apt locks `{place}`"))
            .help("add `sharing=locked`, so that the second build waits for the first")
            .fix(Fix::new(Safety::Safe, "add `sharing=locked`", [edit]));
    }
}
