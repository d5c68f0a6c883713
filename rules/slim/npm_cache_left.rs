//! `npm` commands that leave their download cache in a layer of the final image.

use super::shared::{cleaned_too_late, left};
use crate::commands::cleanup::Leftover;
use crate::commands::packages::{Manager, fetches_packages};
use crate::finding::prelude::*;
use crate::fixes::run_script::append_to_run;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnRun(check)]).fix(Fixable::Sometimes);

fn check(step: &Step<'_>, cx: &Cx<'_>) {
    let model = cx.model;
    let left = left(model, step, Leftover::Npm, |command| {
        fetches_packages(command) == Some(Manager::Npm)
            && !command.has_flag(&["--cache", "--offline", "--package-lock-only", "--dry-run"])
    });
    let Some(first) = left.first() else { return };
    let verb = first.subcommand().map_or("", |verb| verb.lexeme());
    let clean = "npm cache clean --force";
    let edit = left.last().and_then(|last| append_to_run(model, step, last, clean));
    let mut found = cx.report(first.head_span(), format!("`npm {verb}` leaves its download cache in this layer"));
    if let Some(late) = cleaned_too_late(model, step, Leftover::Npm) {
        found.label(late.span, "too late: the earlier layer still contains the cache");
    }
    found.help("end the same `RUN` with `&& npm cache clean --force`");
    found.help("or keep the cache in a mount: `RUN --mount=type=cache,target=/root/.npm …`");
    found.fix(Fix::new(Safety::Safe, format!("end with `{clean}`"), edit));
}
