//! Stages referenced by number.

use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Note, "0.1.0", &[Check::OnStage(check)]);

fn check(stage: &Stage<'_>, cx: &Cx<'_>) {
    for import in &stage.imports {
        let written = cx.text(import.span);
        let Origin::Stage(index) = import.origin else { continue };
        let Some(source) = cx.model.stage(index).filter(|_| written.bytes().all(|byte| byte.is_ascii_digit())) else {
            continue;
        };
        let help = match source.name {
            Some(name) => format!("use the stage's name, `{}`", name.text),
            None => {
                format!("name the stage, as in `{} AS build`, and use that name here", cx.text(source.from.span))
            }
        };
        cx.report(import.span, format!("stage number `{written}` changes meaning when a stage is inserted before it"))
            .label(source.from.keyword_span, "this stage")
            .help(help);
    }
}
