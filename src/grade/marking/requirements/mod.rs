//! Checks of a submission's files: criteria with `require`.

mod files;
mod image;
mod instructions;

use super::rule_page;
use crate::grade::rubric::static_checks::Requirements;
use crate::grade::runs::Failure;
use crate::grade::sheet::Location;

pub(super) use files::{of_files, of_text};
pub(super) use image::of_dockerfile;

/// How the account of the final image is praised.
pub(super) const RUNS_AS: &str = "the final image runs as ";

/// Whether any of the requirements is about the Dockerfile.
pub(super) fn needs_dockerfile(wanted: &Requirements) -> bool {
    let Requirements { files, lacks_files, compose, .. } = wanted;
    let others = Requirements {
        files: files.clone(),
        lacks_files: lacks_files.clone(),
        compose: compose.clone(),
        ..Requirements::default()
    };
    format!("{wanted:?}") != format!("{others:?}")
}

/// What is wrong; `rule` is the rule whose page says why that matters, empty if none does.
fn failure(what: String, rule: &str, earn_back: impl Into<String>, place: Option<Location>) -> Failure {
    Failure { what, why: rule_page::why_of(rule), earn_back: earn_back.into(), place, seen: String::new() }
}
