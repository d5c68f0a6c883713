//! Flags that BuildKit rejects.

use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Error, "0.1.0", &[Check::OnFile(check), Check::OnRun(mount)]).aka(&["DL1000"]);

fn check(cx: &Cx<'_>) {
    cx.report_syntax(SyntaxErrorKind::Flag);
}

/// `--mount=target=.` where the working directory is `/`. What is `/` as written is a syntax error.
fn mount(step: &Step<'_>, cx: &Cx<'_>) {
    if cx.model.stage(step.stage).is_none_or(|stage| stage.windows) {
        return;
    }
    for target in step.run_mounts().filter_map(|mount| mount.target()) {
        let value = cx.model.expand(step, target).value.filter(|value| !value.starts_with('/') && !value.is_empty());
        if value.and_then(|value| step.resolve(cx.model, &value)).is_some_and(|path| path == "/") {
            cx.report(target.span, "a mount cannot replace the root directory, which is the working directory here")
                .help("set a `WORKDIR` first, or mount to another directory");
        }
    }
}
