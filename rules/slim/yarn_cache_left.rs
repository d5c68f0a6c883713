//! `yarn` commands that leave their download cache in a layer of the final image.

use super::shared::{cleaned_too_late, left};
use crate::commands::cleanup::Leftover;
use crate::commands::packages::{Manager, fetches_packages};
use crate::finding::prelude::*;
use crate::fixes::run_script::append_to_run;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnRun(check)]).fix(Fixable::Sometimes).aka(&["DL3060"]);

fn check(step: &Step<'_>, cx: &Cx<'_>) {
    let model = cx.model;
    let left = left(model, step, Leftover::Yarn, |command| {
        fetches_packages(command) == Some(Manager::Yarn)
            && !command
                .has_flag(&["--cache-folder", "--offline", "--immutable", "--immutable-cache", "--inline-builds"])
    });
    let Some(first) = left.first() else { return };
    if is_modern(cx) {
        return;
    }
    let clean = "yarn cache clean";
    let edit = left.last().and_then(|last| append_to_run(model, step, last, clean));
    let mut found = cx.report(first.head_span(), "`yarn` leaves its download cache in this layer");
    if let Some(late) = cleaned_too_late(model, step, Leftover::Yarn) {
        found.label(late.span, "too late: the earlier layer still contains the cache");
    }
    found.help("end the same `RUN` with `&& yarn cache clean`");
    found.help("or keep the cache in a mount: `RUN --mount=type=cache,target=/usr/local/share/.cache/yarn …`");
    found.fix(Fix::new(Safety::Safe, format!("end with `{clean}`"), edit));
}

/// Whether it is Yarn 2 or later, which may keep its cache in the project, where the program needs it.
fn is_modern(cx: &Cx<'_>) -> bool {
    let signs = [".yarnrc.yml", ".pnp", ".yarn/", "./.yarn", "corepack", "yarn set version", "yarn workspaces focus"];
    signs.iter().any(|sign| cx.source.text().contains(sign))
        || cx.model.context.is_some_and(|context| {
            let manifest = context.read("package.json");
            let pinned = manifest.as_deref().and_then(|text| text.split("\"packageManager\"").nth(1));
            let modern = pinned.and_then(|rest| rest.split("yarn@").nth(1)).is_some_and(|rest| !rest.starts_with('1'));
            modern || context.exists(".yarnrc.yml")
        })
}
