use crate::finding::Target;
use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnStep(check)]);

fn check(step: &Step<'_>, cx: &mut Cx<'_>) {
    let Some(target) = cx.target(Target::builds_oci) else { return };
    let Some(stage) = cx.model.stage(step.stage).filter(|stage| !stage.windows) else { return };
    let (name, span) = (target.name(), step.instruction.keyword_span);
    let command = name.to_lowercase();
    match step.keyword() {
        Keyword::Shell => {
            let runs = stage
                .steps
                .iter()
                .skip(step.index + 1)
                .find(|later| later.keyword() == Keyword::Run && !later.is_exec_form());
            let found = cx.report(
                span,
                format!("{name} drops this: `RUN` goes on with `/bin/sh -c`, unless it is told `--format docker`"),
            );
            if let Some(run) = runs {
                found.label(run.instruction.keyword_span, "this, for example");
            } else {
                found.at_most(Level::Note);
            }
            found.help(format!("build with `{command} build --format docker`, or say in the script which shell it is for: `RUN <<EOF` with `#!/bin/bash` in its first line"));
        }
        Keyword::Onbuild => {
            cx.report(span, format!("{name} drops this: an image in the OCI's format keeps nothing for later builds"))
                .help(format!("build with `{command} build --format docker`, or write the step where it is needed"));
        }
        _ => {}
    }
}
