//! Instructions before the first FROM.

use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Error, "0.1.0", &[Check::OnFile(check)]).aka(&["DL3061"]);

fn check(cx: &mut Cx<'_>) {
    // Without a stage at all that is what is wrong; a misspelt FROM is reported as such.
    let early = cx.model.preamble.iter().take_while(|instruction| instruction.keyword != Keyword::Unknown);
    let Some(first) = early.into_iter().find(|instruction| instruction.keyword != Keyword::Arg) else { return };
    let Some(from) = cx.model.stages.first().map(|stage| stage.from) else { return };
    let keyword = first.keyword.as_str();
    cx.report(
        first.keyword_span,
        format!("`{keyword}` stands before the first `FROM`: there is no image to apply it to"),
    )
    .label(from.keyword_span, "the first stage begins here")
    .help(format!("move `{keyword}` below a `FROM`; only `ARG`, comments and directives may come first"));
}
