//! Finds Node.js programs that are built in the stage that runs them.

use crate::finding::prelude::*;
use crate::fixes::two_stages;
use crate::knowledge::canonical;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnFrom(check)]).fix(Fixable::Always);

fn check(image: &ImageRef, _: &Stage<'_>, cx: &Cx<'_>) {
    // `toolchain-base` and `build-tools-left` cover other languages.
    if image.familiar_name().is_none_or(|name| canonical(&name) != "node") {
        return;
    }
    let Some(fix) = two_stages::plan(cx.model) else { return };
    cx.report(
        image.span,
        "the build's sources and development dependencies stay in the final image",
    )
    .help("build in a build stage, and copy the result, `package.json` and the production dependencies to a runtime stage")
    .fix(fix);
}
