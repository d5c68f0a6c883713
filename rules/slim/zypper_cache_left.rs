//! `zypper` commands that leave their cache in a layer of the final image.

use super::shared::{Cache, OTHER_ROOT};
use crate::commands::cleanup::Leftover;
use crate::commands::packages::Manager;
use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnRun(|step, cx| CACHE.report(step, cx))])
    .fix(Fixable::Sometimes)
    .aka(&["DL3036"]);

const CACHE: Cache = Cache {
    manager: Manager::Zypper,
    leftover: Leftover::Zypper,
    elsewhere: OTHER_ROOT,
    what: "package index (tens of MB)",
    noun: "index",
    clean: "clean --all",
    mount: "",
};
