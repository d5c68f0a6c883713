use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnStep(check)]).words(&["security", "network"]);

fn check(step: &Step<'_>, cx: &mut Cx<'_>) {
    if step.keyword() != Keyword::Run {
        return;
    }
    if let Some(flag) = step.flag("security").filter(|flag| flag.text().as_deref() == Some("insecure")) {
        cx.report(flag.span, "this step runs with all of root's rights over the machine that builds").help(
            "leave `--security=insecure` out; what truly needs it belongs into a machine of its own, not into a build",
        );
    }
    if let Some(flag) = step.flag("network").filter(|flag| flag.text().as_deref() == Some("host")) {
        cx.report(flag.span, "this step reaches every service of the machine that builds, those on `localhost` too")
            .at_most(Level::Note)
            .help("leave `--network=host` out: a step reaches the internet without it");
    }
}
