//! Finds stages that use both `curl` and `wget`.

use crate::commands::packages::installs;
use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Note, "0.1.0", &[Check::OnStage(check)]).linux_only().aka(&["DL4001"]);

fn check(stage: &Stage<'_>, cx: &Cx<'_>) {
    let (mut first, mut second) = (None::<&Command>, None::<&Command>);
    let runs = stage.all(Keyword::Run).filter_map(|step| step.script.as_ref());
    for command in runs.flat_map(|script| &script.commands) {
        if command.is_any(&["curl", "wget"]) {
            match first {
                None => first = Some(command),
                Some(other) if other.name != command.name => second = second.or(Some(command)),
                Some(_) => {}
            }
        }
    }
    let (Some(first), Some(second)) = (first, second) else { return };
    let scripts = [stage].into_iter().chain(stage.chain(cx.model)).flat_map(|stage| &stage.steps);
    let commands = scripts.limited(2000).flat_map(Step::commands);
    let brought = commands.filter_map(installs).find_map(|install| {
        install.named().find(|package| matches!(package.name.as_str(), "curl" | "wget")).map(|it| it.span)
    });
    // If the base image has both, omitting one gains nothing.
    let Some(brought) = brought else { return };
    cx.report(second.name_span, format!("this stage uses both `{}` and `{}`", first.name, second.name))
        .label(first.name_span, format!("`{}` used here", first.name))
        .label(brought, "installed here")
        .help(format!("use only one of them: `{}` can download this as well", first.name));
}
