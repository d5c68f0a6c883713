//! `yarn` commands that leave their download cache in a layer of the final image.

use super::shared::Cache;
use crate::commands::cleanup::Leftover;
use crate::commands::packages::Manager;
use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnRun(check)]).fix(Fixable::Sometimes).aka(&["DL3060"]);

const CACHE: Cache = Cache {
    manager: Manager::Yarn,
    leftover: Leftover::Yarn,
    elsewhere: &["--cache-folder", "--offline", "--immutable", "--immutable-cache", "--inline-builds"],
    what: "download cache",
    noun: "cache",
    clean: "cache clean",
    mount: "/usr/local/share/.cache/yarn",
};

fn check(step: &Step<'_>, cx: &Cx<'_>) {
    let uses = step.script.as_ref().is_some_and(|script| script.commands.iter().any(|command| command.is("yarn")));
    if uses && !is_modern(cx) {
        CACHE.report(step, cx);
    }
}

/// Whether it is Yarn 2 or later, which may keep its cache in the project, where the program needs it.
fn is_modern(cx: &Cx<'_>) -> bool {
    let signs = [".yarnrc.yml", ".pnp", ".yarn/", "./.yarn", "corepack", "yarn set version", "yarn workspaces focus"];
    signs.iter().any(|sign| cx.source.mentions(sign))
        || cx.model.context.is_some_and(|context| {
            let manifest = context.read("package.json");
            let pinned = manifest.as_deref().and_then(|text| text.split("\"packageManager\"").nth(1));
            let modern = pinned.and_then(|rest| rest.split("yarn@").nth(1)).is_some_and(|rest| !rest.starts_with('1'));
            modern || context.exists(".yarnrc.yml")
        })
}
