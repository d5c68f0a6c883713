use crate::prelude::*;
use crate::shell::packages::installs;

pub const RULE: Rule = Rule::new(Level::Note, "0.1.0", &[Check::OnStage(check)]).aka(&["DL4001"]);

fn check(stage: &Stage<'_>, cx: &mut Cx<'_>) {
    if stage.windows {
        return;
    }
    let (mut first, mut second, mut brought) = (None::<&Command>, None::<&Command>, None);
    let runs = stage.all(Keyword::Run).filter_map(|step| step.script.as_ref());
    for command in runs.flat_map(|script| &script.commands) {
        if command.is_any(&["curl", "wget"]) {
            match first {
                None => first = Some(command),
                Some(other) if other.name != command.name => second = second.or(Some(command)),
                Some(_) => {}
            }
        }
        if brought.is_none()
            && let Some(install) = installs(command)
        {
            brought =
                install.named().find(|package| matches!(package.name.as_str(), "curl" | "wget")).map(|it| it.span);
        }
    }
    // If the base image has both, nothing is won by leaving one out.
    let (Some(first), Some(second), Some(brought)) = (first, second, brought) else { return };
    cx.report(second.name_span, format!("this stage uses both `{}` and `{}`", first.name, second.name))
        .label(first.name_span, format!("`{}` here", first.name))
        .label(brought, "installed here")
        .help(format!("do all with one of them: `{}` can fetch this too", first.name));
}
