use crate::prelude::*;
use crate::shell::cleanup::Leftover;
use crate::shell::packages::{Manager, refreshes_index};

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnStep(check)]).aka(&["DL3009"]);

fn check(step: &Step<'_>, cx: &mut Cx<'_>) {
    let model = cx.model;
    let left = model.left(step, Leftover::AptLists, |command| refreshes_index(command) == Some(Manager::Apt));
    let Some(update) = left.first() else { return };
    let message = format!("`{} update` leaves the package lists (20 to 50 MB) in this layer", update.name);
    let found = cx.report(update.span, message);
    if let Some(late) = model.cleaned_too_late(step, Leftover::AptLists) {
        found.label(late.span, "too late here: a layer never shrinks, they stay in the earlier one");
    }
    found.help("end the same `RUN` with `&& rm -rf /var/lib/apt/lists/*`");
}
