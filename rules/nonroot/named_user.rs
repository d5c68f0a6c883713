//! A final `USER` given as a name, which `runAsNonRoot` cannot verify.

use crate::finding::prelude::*;
use crate::model::Tri;

pub const RULE: Rule = Rule::new(Level::Off, "0.1.0", &[Check::OnStage(check)]).linux_only().aka(&["DL3066"]);

fn check(stage: &Stage<'_>, cx: &Cx<'_>) {
    let Some(user) = stage.end.user.as_deref().filter(|_| stage.is_final) else { return };
    let Some(value) = user.value.as_deref().filter(|_| stage.end.user_is_root() == Tri::No) else { return };
    let name = value.split(':').next().unwrap_or_default();
    if name.bytes().all(|byte| byte.is_ascii_digit()) || name.contains("{{") {
        return;
    }
    let uid = stage.uid_of(name, cx.model);
    let mut found = cx.report(user.span, format!("Kubernetes cannot tell whether user `{name}` is root"));
    found.at_most(Level::Note);
    found.help(match uid {
        Some(uid) => format!("use the UID: `USER {uid}`"),
        None => "use the user's UID, as printed by `id -u`".to_owned(),
    });
}
