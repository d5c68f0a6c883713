//! Finds secret mounts that every user of the step can read.

use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Note, "0.1.0", &[Check::OnRun(check)]);

fn check(step: &Step<'_>, cx: &Cx<'_>) {
    for mount in step.run_mounts().filter(|mount| matches!(mount.kind(), "secret" | "ssh")) {
        let Some(word) = mount.field("mode") else { continue };
        let Ok(mode) = u32::from_str_radix(word.text.trim_start_matches("0o"), 8) else { continue };
        if mode & 0o004 == 0 {
            continue;
        }
        let message = format!(
            "mode `{}` lets every user in this step read the {}",
            word.text,
            match mount.kind() {
                "ssh" => "agent's socket",
                _ => "secret",
            }
        );
        let uid = step.state.user.as_ref().and_then(|user| user.value.as_deref());
        let uid =
            uid.and_then(|user| user.split(':').next()).filter(|user| user.parse::<u32>().is_ok()).unwrap_or("UID");
        cx.report(word.span, message).help(format!(
            "omit the mode (default `0400` for a secret) and set the owner to the step's user: `uid={uid}`"
        ));
    }
}
