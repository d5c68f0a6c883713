//! Shell commands in images without a shell.

use crate::finding::prelude::*;
use crate::knowledge::bases::os;
use crate::knowledge::os::Shells;
use crate::model::{Thing, Tri};

pub const RULE: Rule = Rule::new(Level::Error, "0.1.0", &[Check::OnStage(check)]);

fn check(stage: &Stage<'_>, cx: &Cx<'_>) {
    let root = stage.root(cx.model);
    let (span, what) = match &root.base {
        Base::Scratch => (root.from.args_span, "an empty image has no shell".to_owned()),
        Base::Image(image) if !stage.windows => {
            let system = image.familiar_name().and_then(|name| os(&name, image.tag_text()));
            if system.is_none_or(|system| system.shells != Shells::None) {
                return;
            }
            (image.span, format!("`{}` has no shell", image.written))
        }
        _ => return,
    };
    for step in &stage.steps {
        let brought = cx.model.provides(step, Thing::Shell).or(step.may_provide(cx.model, Thing::Shell));
        if brought != Tri::No || step.state.shell.span.is_some() {
            return;
        }
        let Some(CommandLine::Shell(line)) = step.instruction.command_line() else { continue };
        // Other rules report broken arrays, and a heredoc may be for another interpreter.
        if cx.text(*line).starts_with('[') || cx.text(*line).starts_with("<<") {
            continue;
        }
        let name = step.keyword().as_str();
        let end = if step.keyword() == Keyword::Run { ", so this step fails" } else { "" };
        let mut found = cx.report(*line, format!("this `{name}` needs a shell, but the image does not have one{end}"));
        found.label(span, what.clone());
        if step.keyword() == Keyword::Run {
            found.help("run it in a build stage, and copy the result with `COPY --from`");
        } else {
            found.at_most(Level::Warn);
            found.help("use exec form, as in `[\"/program\", \"argument\"]`");
        }
    }
}
