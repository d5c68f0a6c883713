//! A final image whose last `USER` is root.

use super::shared::{explain, how_to_leave_root, why_development};
use crate::finding::prelude::*;
use crate::fixes::leave_root::leave_root;
use crate::model::{RootNeed, Tri};

pub const RULE: Rule =
    Rule::new(Level::Warn, "0.1.0", &[Check::OnStage(check)]).linux_only().fix(Fixable::Sometimes).aka(&["DL3002"]);

fn check(stage: &Stage<'_>, cx: &Cx<'_>) {
    let Some(user) = stage.end.user.as_deref().filter(|_| stage.is_shipped_last(cx.model)) else {
        return;
    };
    let steps_down = stage.steps_down(cx.model);
    if stage.end.user_is_root() != Tri::Yes || steps_down == Tri::Yes {
        return;
    }
    // An unprivileged user that was in effect before, here or in a stage this one is `FROM`.
    let steps = stage.history(cx.model);
    let earlier =
        steps.filter(|step| step.state.user_is_root() == Tri::No).filter_map(|step| step.state.user.as_deref());
    let earlier = earlier.filter(|earlier| earlier.span.end <= user.span.start).max_by_key(|earlier| earlier.span.end);
    let undone = earlier.map(|earlier| (earlier.span, earlier.value.clone().unwrap_or_default()));
    let help = how_to_leave_root(stage, cx.model);
    // Where an unprivileged user was in effect, switching back is easy.
    let had_left = undone.is_some() || stage.base_runs_as_root(cx.model) == Tri::No;
    let reason = stage.need_of_root(cx.model).filter(|_| !had_left);
    let fixable = undone.is_some() || stage.base_runs_as_root(cx.model) == Tri::Yes;
    let mut found = cx.report(user.span, "image runs as root: the last `USER` is root");
    if steps_down == Tri::Unknown || reason.is_some() {
        found.at_most(Level::Note);
    }
    match undone {
        Some((span, name)) => {
            found.label(span, format!("`{name}` is the user from here until the switch back to root"));
            found.help(format!("switch back to the unprivileged user after the steps that need root: `USER {name}`"));
        }
        None => drop(found.help(help)),
    }
    if let Some(reason) = reason {
        found.help(explain(&reason));
        if let RootNeed::Development(sign) = &reason {
            found.help(why_development(sign));
        }
    }
    if fixable {
        found.fix_with(Safety::Unsafe, stage.index, |model, stage| leave_root(&model.stages[stage], model));
    }
}
