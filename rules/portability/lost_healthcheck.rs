//! Finds `HEALTHCHECK` for builders and engines that ignore it.

use crate::finding::Target;
use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnStage(check)]);

fn check(stage: &Stage<'_>, cx: &Cx<'_>) {
    let builder = cx.target(Target::builds_oci);
    let Some(target) = builder.or_else(|| cx.target(Target::ignores_healthcheck)).filter(|_| stage.is_final) else {
        return;
    };
    let Some(step) = stage.healthcheck(cx.model) else { return };
    // `HEALTHCHECK NONE` holds in any case.
    if cx.text(step.instruction.args_span).trim().eq_ignore_ascii_case("none") {
        return;
    }
    let name = target.name();
    let span = step.instruction.keyword_span;
    if builder.is_some() {
        cx.report(span, format!("{name} drops this: the OCI image format does not support health checks")).help(
            format!(
                "build with `{} build --format docker`, or set the health check when starting the container",
                name.to_lowercase()
            ),
        );
    } else {
        let help = match target {
            Target::Kubernetes | Target::CriO => {
                "define the check as the container's `livenessProbe` and `readinessProbe`"
            }
            _ => "configure the check in the tool that starts the container",
        };
        cx.report(span, format!("{name} ignores this health check")).variant("ignored").at_most(Level::Note).help(help);
    }
}
