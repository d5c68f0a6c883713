//! `yum` commands that leave their cache in a layer of the final image.

use super::shared::{cleaned_too_late, left};
use crate::commands::cleanup::Leftover;
use crate::commands::packages::{Manager, fetches_packages};
use crate::finding::prelude::*;
use crate::fixes::run_script::append_to_run;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnRun(check)]).fix(Fixable::Sometimes).aka(&["DL3032"]);

fn check(step: &Step<'_>, cx: &Cx<'_>) {
    let model = cx.model;
    let left = left(model, step, Leftover::Yum, |command| {
        fetches_packages(command) == Some(Manager::Yum)
            && !command.has_flag(&["--installroot", "--root", "-R", "-C", "--cacheonly"])
    });
    let Some(first) = left.first() else { return };
    let name = &first.name;
    let clean = format!("{name} clean all");
    let edit = left.last().and_then(|last| append_to_run(model, step, last, &clean));
    let mut found =
        cx.report(first.head_span(), format!("`{name}` leaves its package index (often over 100 MB) in this layer"));
    if let Some(late) = cleaned_too_late(model, step, Leftover::Yum) {
        found.label(late.span, "too late: the earlier layer still contains the index");
    }
    found.help(format!("end the same `RUN` with `&& {clean}`"));
    found.fix(Fix::new(Safety::Safe, format!("end with `{clean}`"), edit));
}
