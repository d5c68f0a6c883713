//! Files without a FROM.

use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Error, "0.1.0", &[Check::OnFile(check)]);

fn check(cx: &mut Cx<'_>) {
    let unknown = cx.model.preamble.iter().any(|instruction| instruction.keyword == Keyword::Unknown);
    let Some(first) = cx.model.preamble.first().filter(|_| cx.model.stages.is_empty() && !unknown) else { return };
    cx.report(first.keyword_span, "there is no `FROM` in this file, so there is no image to build on")
        .help("begin with `FROM image:tag`, or `FROM scratch` to start from nothing");
}
