//! `RUN --security=insecure` and `RUN --network=host`.

use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnRun(check)]);

fn check(step: &Step<'_>, cx: &Cx<'_>) {
    if let Some(flag) = step.flag("security").filter(|flag| flag.text().as_deref() == Some("insecure")) {
        cx.report(flag.span, "this step has full root privileges on the build host")
            .help("omit `--security=insecure`; run what truly needs it on a separate machine, not in a build");
    }
    if let Some(flag) = step.flag("network").filter(|flag| flag.text().as_deref() == Some("host")) {
        cx.report(flag.span, "this step can reach every service on the build host, even on `localhost`")
            .variant("host-network")
            .at_most(Level::Note)
            .help("omit `--network=host`: a step has internet access without it");
    }
}
