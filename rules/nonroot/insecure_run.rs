//! `RUN --security=insecure` and `RUN --network=host`.

use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnRun(check)]);

fn check(step: &Step<'_>, cx: &Cx<'_>) {
    if let Some(flag) = step.flag("security").filter(|flag| flag.text().as_deref() == Some("insecure")) {
        cx.report(flag.span, "this step has full root privileges on the build host")
            .help("omit `--security=insecure`, and run commands that require it on a separate machine instead");
    }
    if let Some(flag) = step.flag("network").filter(|flag| flag.text().as_deref() == Some("host")) {
        cx.report(flag.span, "this step can reach every service on the build host, even on `localhost`")
            .variant("host-network")
            .at_most(Level::Note)
            .help("omit `--network=host`: steps have internet access without it");
    }
}
