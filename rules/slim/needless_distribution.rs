//! Finds final images with a shell and a package manager that their program has no use for.

use crate::finding::prelude::*;
use crate::fixes::distroless;
use crate::knowledge::bases::variants::size;

pub const RULE: Rule = Rule::new(Level::Note, "0.1.0", &[Check::OnFrom(check)]).linux_only().fix(Fixable::Always);

fn check(image: &ImageRef, stage: &Stage<'_>, cx: &Cx<'_>) {
    let Some(found) = distroless::plan(stage, image, cx.model) else { return };
    let written = &image.written;
    let (name, tag) = found.to.rsplit_once(':').unwrap_or((found.to.as_str(), ""));
    let size = size(name, Some(tag)).map(|size| format!(" (about {size} MB)")).unwrap_or_default();
    cx.report(
        image.span,
        format!("final image has the shell and packages of `{written}`, which its program does not need"),
    )
    .help(format!("use `FROM {}`{size}, which runs as an unprivileged user", found.to))
    .help("`plimsoll verify` applies this fix if the image still does its job")
    .fix(found.fix);
}
