//! Finds Node.js programs that are built in the stage that runs them.

use crate::finding::prelude::*;
use crate::fixes::two_stages;
use crate::knowledge::canonical;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnFrom(check)]).fix(Fixable::Sometimes);

fn check(image: &ImageRef, _: &Stage<'_>, cx: &Cx<'_>) {
    // `toolchain-base` and `build-tools-left` cover other languages.
    if image.familiar_name().is_none_or(|name| canonical(&name) != "node") {
        return;
    }
    let fix = two_stages::plan(cx.model);
    let site = two_stages::is_site(cx.model);
    if fix.is_none() && !site {
        return;
    }
    let mut found = cx.report(image.span, "the build's sources and development dependencies stay in the final image");
    found.help(if site {
        "build in a build stage, and copy the directory that is served to a runtime stage"
    } else {
        "build in a build stage, and copy the result, `package.json` and the production dependencies to a runtime stage"
    });
    match fix {
        Some(fix) => _ = found.fix(fix),
        None => two_stages::obstacle(cx.model).into_iter().for_each(|reason| _ = found.help(reason)),
    }
}
