//! Finds `.git` directories that are copied into the image.

use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Note, "0.1.0", &[Check::OnCopy(check)]);

fn check(step: &Step<'_>, cx: &Cx<'_>) {
    let (Some(copy), Some(stage)) = (step.copy(), cx.model.stage(step.stage)) else { return };
    if !stage.in_final {
        return;
    }
    for word in &copy.sources {
        let path = word.text.trim_end_matches('/');
        if path.rsplit('/').next() == Some(".git") {
            cx.report(word.span, "this copies the repository's full history into the image").help(
                "pass only the commit hash: `ARG REVISION`, built with `--build-arg REVISION=$(git rev-parse HEAD)`, \
                 or mount it for one step: `RUN --mount=type=bind,source=.git,target=.git …`",
            );
        }
    }
}
