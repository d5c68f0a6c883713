use crate::prelude::*;
use crate::shell::cleanup::removes_paths;
use crate::shell::fetch::{Output, downloads, extracts};

/// How many commands further on are looked at.
const FAR: usize = 200;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnStep(check)]).fix(Fixable::Sometimes);

fn check(step: &Step<'_>, cx: &mut Cx<'_>) {
    let Some(script) = cx.model.shipped_script(step) else { return };
    let commands = &script.commands;
    for (at, command) in commands.iter().enumerate() {
        let Some(download) = downloads(command) else { continue };
        let target = match &download.output {
            Output::File(file) => file.raw.clone(),
            Output::RemoteName => download.urls[0].raw.clone(),
            Output::Stdout => continue,
        };
        let name = file_name(&target);
        let later = &commands[at + 1..commands.len().min(at + FAR)];
        let unpacks = |next: &&Command| {
            extracts(next).is_some_and(|it| it.archive.is_some_and(|archive| file_name(&archive.raw) == name))
        };
        // `gunzip x.gz` puts the file in place of the archive.
        let keeps = |next: &&Command| matches!(next.name.as_str(), "tar" | "bsdtar" | "unzip" | "7z" | "7za");
        let Some(unpacked) = later.iter().filter(keeps).find(unpacks) else { continue };
        if name.is_empty() || later.iter().any(|next| may_remove(next, name)) || is_elsewhere(&target, step, cx.model) {
            continue;
        }
        let archive = extracts(unpacked).and_then(|it| it.archive).map(|arg| arg.raw).unwrap_or_default();
        let message = format!("`{}` stays in the layer beside what was in it", name.replace('`', "'"));
        // Who needs it later, or removes it there, would miss it.
        let named_later = cx.model.steps_on_top(step).take(200).any(|it| cx.text(it.instruction.span).contains(name));
        let edit = cx.model.append_to_run(step, unpacked, &format!("rm {archive}")).filter(|_| !named_later);
        let found = cx.report(command.span, message);
        found.label(unpacked.span, "unpacked here");
        found.help(format!("remove it in the same `RUN`: `&& rm {archive}`"));
        found.fix(Fix::new(Safety::Unsafe, "remove it once it is unpacked", edit));
    }
}

fn file_name(path: &str) -> &str {
    let path = path.trim_matches(['"', '\'']).split(['?', '#']).next().unwrap_or_default();
    path.rsplit('/').next().unwrap_or_default()
}

/// It, what it lies in, or who knows what.
fn may_remove(command: &Command, name: &str) -> bool {
    let moves = command.is_any(&["mv", "cleanup"]) && command.args.iter().any(|arg| arg.raw.contains(name));
    let removes = removes_paths(command).iter().any(|removed| {
        removed.recursive
            || removed.contents
            || removed.partial
            || file_name(&removed.path) == name
            || removed.path.contains('$')
    });
    moves || removes || command.name.contains("clean")
}

/// In a mount, where no layer has it.
fn is_elsewhere(target: &str, step: &Step<'_>, model: &Model<'_>) -> bool {
    let path = target.trim_matches(['"', '\'']);
    step.run_mounts().next().is_some() && (!path.starts_with('/') || step.is_mounted_over(model, path))
}
