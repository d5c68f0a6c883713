//! `npm` commands that leave their download cache in a layer of the final image.

use super::shared::Cache;
use crate::commands::cleanup::Leftover;
use crate::commands::packages::Manager;
use crate::finding::prelude::*;

pub const RULE: Rule =
    Rule::new(Level::Warn, "0.1.0", &[Check::OnRun(|step, cx| CACHE.report(step, cx))]).fix(Fixable::Sometimes);

const CACHE: Cache = Cache {
    manager: Manager::Npm,
    leftover: Leftover::Npm,
    elsewhere: &["--cache", "--offline", "--package-lock-only", "--dry-run"],
    what: "download cache",
    noun: "cache",
    clean: "cache clean --force",
    mount: "/root/.npm",
};
