//! Finds OCI labels with a value in the wrong format.

use crate::finding::prelude::*;
use crate::knowledge::labels::{Form, STANDARD, licence_meant};

pub const RULE: Rule =
    Rule::new(Level::Note, "0.1.0", &[Check::OnStage(check)]).aka(&["DL3052", "DL3053", "DL3054", "DL3055", "DL3056"]);

fn check(stage: &Stage<'_>, cx: &Cx<'_>) {
    let model = cx.model;
    for label in stage.labels(model) {
        let (Some(key), Some(value)) = (&label.key, &label.value) else { continue };
        let Some((_, form)) = STANDARD.iter().find(|(standard, _)| standard == key) else { continue };
        // `${DATE}` of an `ARG` without a value.
        if value.is_empty() || form.fits(value) {
            continue;
        }
        let mut found = cx.report(label.value_span(), format!("`{key}` must be {}", form.what()));
        found.variant(form.hadolint_code());
        match licence_meant(value).filter(|_| *form == Form::Spdx) {
            Some(meant) => found.help(format!("use `{meant}` if that is the intended license")),
            None => found.help(format!("use a value such as `{}`", form.example())),
        };
    }
}
