use crate::finding::prelude::*;
use crate::fixes::two_stages;
use crate::knowledge::canonical;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnStage(check)]).fix(Fixable::Always);

fn check(stage: &Stage<'_>, cx: &mut Cx<'_>) {
    // Of other languages toolchain-base and build-tools-left speak.
    let Some(image) =
        stage.image().filter(|image| image.familiar_name().is_some_and(|name| canonical(&name) == "node"))
    else {
        return;
    };
    let Some(fix) = two_stages::plan(cx.model) else { return };
    cx.report(
        image.span,
        "the program is built where it runs: sources and development packages stay in the final image",
    )
    .help("build in a first stage, and copy the result, `package.json` and the packages of production to a last one")
    .fix(fix);
}
