//! Instructions before the first `FROM`.

use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Error, "0.1.0", &[Check::OnFile(check)]).aka(&["DL3061"]);

fn check(cx: &Cx<'_>) {
    // A file without any stage and a misspelt `FROM` are reported by other rules.
    let early = cx.model.preamble.iter().take_while(|instruction| instruction.keyword != Keyword::Unknown);
    let Some(first) = early.into_iter().find(|instruction| instruction.keyword != Keyword::Arg) else { return };
    let Some(from) = cx.model.stages.first().map(|stage| stage.from) else { return };
    let keyword = first.keyword.as_str();
    cx.report(
        first.keyword_span,
        format!("`{keyword}` comes before the first `FROM`, so there is no image to apply it to"),
    )
    .label(from.keyword_span, "the first stage starts here")
    .help(format!("move `{keyword}` after a `FROM`; only `ARG`, comments and directives may come first"));
}
