//! Stages with a reserved name.

use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnStage(check)]).aka(&["DL3063", "ReservedStageName"]);

fn check(stage: &Stage<'_>, cx: &Cx<'_>) {
    let Some(name) = stage.name else { return };
    let means = match name.text.to_ascii_lowercase().as_str() {
        "scratch" => "`FROM scratch` always means the empty image",
        "context" => "BuildKit uses this name for the build context",
        _ => return,
    };
    cx.report(name.span, format!("`{}` is a reserved stage name: {means}", name.text))
        .help("give the stage another name, such as `build` or `base`");
}
