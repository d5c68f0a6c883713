//! Finds modes in `COPY --chmod` that only BuildKit understands.

use crate::finding::Target;
use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnCopy(check)]);

fn check(step: &Step<'_>, cx: &Cx<'_>) {
    let Some(target) = cx.target(|target| matches!(target, Target::Podman | Target::Buildah | Target::Kaniko)) else {
        return;
    };
    let Some(word) = step.flag("chmod").and_then(|flag| flag.value.as_ref()) else { return };
    let Some(mode) = cx.model.expand(step, word).value else { return };
    if mode.is_empty() || mode.bytes().all(|byte| byte.is_ascii_digit()) {
        return;
    }
    let shown = mode.replace('`', "'");
    cx.report(word.span, format!("{} accepts only octal modes, not `{shown}`", target.name()))
        .help("use an octal mode such as `--chmod=755`, or run `chmod` in a `RUN`");
}
