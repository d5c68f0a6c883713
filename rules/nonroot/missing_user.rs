//! A final image that runs as root because nothing sets `USER`.

use super::shared::{explain, how_to_leave_root, why_development};
use crate::finding::prelude::*;
use crate::fixes::leave_root::leave_root;
use crate::knowledge::bases;
use crate::model::{RootNeed, Tri};

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnStage(check)]).linux_only().fix(Fixable::Sometimes);

fn check(stage: &Stage<'_>, cx: &Cx<'_>) {
    if stage.end.user.is_some() || !stage.is_shipped_last(cx.model) {
        return;
    }
    let steps_down = stage.steps_down(cx.model);
    if steps_down == Tri::Yes {
        return;
    }
    let root = stage.base_runs_as_root(cx.model);
    let own_program = stage.entrypoint(cx.model).is_some() || stage.cmd(cx.model).is_some();
    let image = stage.root_image(cx.model);
    let name = image.map_or("scratch", |image| image.value.as_deref().unwrap_or(&image.written));
    let (variant, message) = match root {
        Tri::No => return,
        // It runs nothing: it only carries files.
        Tri::Yes if !own_program && image.is_none() => return,
        Tri::Yes => ("", format!("image runs as root: neither this file nor `{name}` sets `USER`")),
        Tri::Unknown => {
            ("unknown-base", format!("no `USER` is set: image runs as the default user of `{name}`, often root"))
        }
    };
    let base_entrypoint = stage.entrypoint(cx.model).is_none();
    let known = image.and_then(|image| image.familiar_name()).and_then(|name| bases::image(&name));
    let may_step_down = known.is_some_and(|known| known.steps_down_to.is_some());
    if base_entrypoint && may_step_down {
        return;
    }
    let (help, reason) = (how_to_leave_root(stage, cx.model), stage.need_of_root(cx.model));
    let made = stage.made_accounts(cx.model).pop();
    let uid = made.as_ref().and_then(|(_, account)| stage.uid_of(account, cx.model));
    // A script that is not available may drop root; a template may name any base.
    let unsure = stage.may_step_down_unseen(cx.model) || cx.model.file.is_template(cx.source.text());
    let mut found = cx.report(stage.from.span, message);
    found.variant(variant);
    // Its own start script may use what the base image provides to drop root.
    if root == Tri::Unknown || steps_down == Tri::Unknown || may_step_down || unsure || reason.is_some() {
        found.at_most(Level::Note);
    }
    match made {
        Some((span, account)) => {
            let user = uid.unwrap_or_else(|| account.clone());
            found.label(span, format!("account `{account}` is created here but never used"));
            found.help(format!("add `USER {user}` before the last `CMD` or `ENTRYPOINT`"));
        }
        None => drop(found.help(help)),
    }
    let mut before = cx.model.stages[..stage.index].iter().flat_map(|other| &other.steps);
    if before.any(|step| step.instruction.keyword == Keyword::User) {
        found.help("the `USER` of another stage does not count: set it after the last `FROM`");
    }
    if let Some(reason) = reason {
        found.help(explain(&reason));
        if let RootNeed::Development(sign) = &reason {
            found.help(why_development(sign));
        }
    }
    if root == Tri::Yes {
        found.fix_with(Safety::Unsafe, stage.index, |model, stage| leave_root(&model.stages[stage], model));
    }
}
