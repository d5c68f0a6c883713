//! `conda` and `mamba` commands that leave downloaded packages in a layer of the final image.

use super::shared::{cleaned_too_late, left};
use crate::commands::cleanup::Leftover;
use crate::commands::packages::{Manager, fetches_packages};
use crate::finding::prelude::*;
use crate::fixes::run_script::append_to_run;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnRun(check)]).fix(Fixable::Sometimes);

fn check(step: &Step<'_>, cx: &Cx<'_>) {
    let model = cx.model;
    let left = left(model, step, Leftover::Conda, |command| {
        fetches_packages(command) == Some(Manager::Conda)
            && !command.has_flag(&["--offline", "--dry-run", "-d", "--help"])
    });
    let (Some(first), Some(last)) = (left.first(), left.last()) else { return };
    let written = format!("{} {}", first.name, first.subcommand().map_or("", |verb| verb.lexeme()).replace('`', "'"));
    let clean = format!("{} clean {}", last.name, if last.is("micromamba") { "--all --yes" } else { "-afy" });
    // A conda called by its path keeps its cache elsewhere.
    let plain = last.path == last.name;
    let edit = append_to_run(model, step, last, &clean).filter(|_| plain);
    let mut found = cx.report(first.span, format!("`{written}` leaves its downloaded packages in this layer"));
    if let Some(late) = cleaned_too_late(model, step, Leftover::Conda) {
        found.label(late.span, "too late: the earlier layer still contains them");
    }
    found.help(format!("end the same `RUN` with `&& {clean}`"));
    found.fix(Fix::new(Safety::Safe, format!("end with `{clean}`"), edit));
}
