//! Finds `SHELL` and `ONBUILD` for builders that ignore them.

use crate::finding::Target;
use crate::finding::prelude::*;

pub const RULE: Rule =
    Rule::new(Level::Warn, "0.1.0", &[Check::OnInstruction(&[Keyword::Onbuild, Keyword::Shell], check)]).linux_only();

fn check(step: &Step<'_>, cx: &Cx<'_>) {
    let Some(target) = cx.target(Target::builds_oci) else { return };
    let Some(stage) = cx.model.stage(step.stage) else { return };
    let (name, span) = (target.name(), step.instruction.keyword_span);
    let command = name.to_lowercase();
    match step.keyword() {
        Keyword::Shell => {
            let runs = stage
                .steps
                .iter()
                .skip(step.index + 1)
                .find(|later| later.keyword() == Keyword::Run && !later.is_exec_form());
            let mut found = cx
                .report(span, format!("{name} ignores this without `--format docker`: `RUN` still uses `/bin/sh -c`"));
            if let Some(run) = runs {
                found.label(run.instruction.keyword_span, "this `RUN`, for example");
            } else {
                found.at_most(Level::Note);
            }
            found.help(format!("build with `{command} build --format docker`, or specify the shell in the script: `RUN <<EOF` with `#!/bin/bash` as the first line"));
        }
        Keyword::Onbuild => {
            cx.report(span, format!("{name} drops this: the OCI image format does not support build triggers"))
                .variant("onbuild")
                .help(format!(
                    "build with `{command} build --format docker`, or move the step to the images that need it"
                ));
        }
        _ => {}
    }
}
