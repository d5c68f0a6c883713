//! Files without a `FROM`.

use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Error, "0.1.0", &[Check::OnFile(check)]);

fn check(cx: &Cx<'_>) {
    if cx.model.is_fragment {
        return;
    }
    let unknown = cx.model.preamble.iter().any(|instruction| instruction.keyword == Keyword::Unknown);
    let Some(first) = cx.model.preamble.first().filter(|_| cx.model.stages.is_empty() && !unknown) else { return };
    cx.report(first.keyword_span, "the file has no `FROM`, so there is no base image")
        .help("start with `FROM image:tag`, or with `FROM scratch` for an empty image");
}
