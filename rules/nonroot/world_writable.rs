use crate::prelude::*;
use crate::shell::mode::{is_world_writable, mode};

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnStep(check)]);

fn check(step: &Step<'_>, cx: &mut Cx<'_>) {
    let Some(stage) = cx.model.stage(step.stage).filter(|stage| !stage.windows) else { return };
    // What a stage that only builds does may still be undone when its files are copied.
    let level = if stage.in_final { Level::Warn } else { Level::Note };
    let report = |span: Span, mode: &str, cx: &mut Cx<'_>| {
        let found = cx.report(span, format!("mode `{mode}` lets everybody write"));
        found.at_most(level).help(
            "give the files to the user that runs the program (`COPY --chown`, `chown`) and let nobody else write: `755` for \
             folders and programs, `644` for files",
        );
    };
    match step.keyword() {
        Keyword::Copy | Keyword::Add => {
            let Some(flag) = step.flag("chmod") else { return };
            if let Some(value) = flag.text().filter(|value| is_world_writable(value)) {
                report(flag.span, &value, cx);
            }
        }
        Keyword::Run => {
            for command in step.script.iter().flat_map(|script| &script.commands) {
                let Some(arg) = mode(command) else { continue };
                let Some(text) = arg.text.as_deref().filter(|text| is_world_writable(text)) else { continue };
                report(arg.span, text, cx);
            }
        }
        _ => {}
    }
}
