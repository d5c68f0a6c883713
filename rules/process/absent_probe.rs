//! Finds health checks that call a program the image lacks.

use crate::finding::prelude::*;
use crate::knowledge::managers::Manager;
use crate::knowledge::providers;
use crate::model::Tri;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnStage(check)]);

fn check(stage: &Stage<'_>, cx: &Cx<'_>) {
    let Some(step) = stage.all(Keyword::Healthcheck).next_back() else { return };
    let (Some(image), Some(contents)) = (stage.root_image(cx.model), stage.contents(cx.model)) else { return };
    let missing = |command: &&Command| {
        let plain = !command.place.conditional && !command.path.contains('/') && command.wrappers.is_empty();
        plain && providers::is_known(&command.name) && cx.model.has_program_in(stage, &command.name) == Tri::No
    };
    let Some(command) = step.commands().iter().find(missing) else { return };
    let tool = command.name.as_str();
    let mut found = cx.report(command.span, format!("`{tool}` is not in the image, so the check always fails"));
    let manager = contents.os.as_ref().and_then(|os| os.manager);
    found.label(image.span, format!("`{}` does not contain `{tool}`", image.written.replace('`', "'")));
    match (tool, manager) {
        ("curl", Some(Manager::Apk)) => {
            found.help("use BusyBox's `wget`: `wget -q -O /dev/null http://localhost/ || exit 1`")
        }
        ("curl" | "wget", _) => {
            found.help(format!("install `{tool}`, or use the image's language runtime: `python -c` or `node -e`"))
        }
        _ => found.help(format!("install `{tool}`, or use a program that the image contains")),
    };
}
