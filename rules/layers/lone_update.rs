//! A package index that is fetched in a separate `RUN`.

use crate::commands::packages::{Install, Manager, installs, refreshes_index, upgrades};
use crate::finding::prelude::*;
use crate::fixes::package_index::fetch_index_there;
use crate::fixes::run_script::remove_run;
use crate::knowledge::programs::Class;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnStage(check)]).fix(Fixable::Sometimes);

fn check(stage: &Stage<'_>, cx: &Cx<'_>) {
    let runs: Vec<_> = stage.all(Keyword::Run).filter_map(|step| Some((step, step.script.as_ref()?))).collect();
    for (at, (step, script)) in runs.iter().enumerate() {
        let Some((manager, command)) = lone_update(script) else { continue };
        // In a cache mount, the index is not part of the layer.
        if step.run_mounts().any(|mount| mount.kind() == "cache") {
            continue;
        }
        let used = runs[at + 1..].iter().find_map(|(_, script)| {
            let mut commands = script.commands.iter();
            // `apk add --no-cache` and `-U` fetch an index of their own.
            let uses = |install: &Install| install.manager == manager && !install.refreshes && !install.no_cache;
            commands.find(|command| installs(command).is_some_and(uses))
        });
        let used = used.filter(|_| !command.has_flag(&["--no-cache"]));
        let name = command.name.as_str();
        let verb = command.subcommand().and_then(|arg| arg.text.as_deref()).unwrap_or_default();
        let written = format!("{name} {verb}");
        match used {
            Some(install) => {
                let message = format!("`{written}` in a separate `RUN` is cached, so later installs use an old index");
                cx.report(command.span, message)
                    .label(install.span, "installs from the index of an earlier layer")
                    .help(format!("merge them: `RUN {written} && {name} …`"))
                    .fix(fix(step, command, manager, cx));
            }
            None => {
                cx.report(command.span, format!("`{written}` fetches an index that nothing in this stage uses"))
                    .variant("unused")
                    .at_most(Level::Note)
                    .help("omit it, or merge it with the step that installs, using `&&`");
            }
        }
    }
}

/// Moves the fetch to the step that installs.
fn fix(step: &Step<'_>, command: &Command, manager: Manager, cx: &Cx<'_>) -> Option<Fix> {
    let model = cx.model;
    let later = model.needs_index(step, manager)?;
    let safety = if later.next { Safety::Safe } else { Safety::Unsafe };
    let edits = (later.step.stage == step.stage)
        .then(|| Some([remove_run(model, step, command)?, fetch_index_there(model, step, command, &later)?]));
    Fix::new(safety, "fetch the index where packages are installed", edits.flatten()?)
}

/// The update in a script that does nothing else of importance.
fn lone_update(script: &Script) -> Option<(Manager, &Command)> {
    let mut found = None;
    for command in &script.commands {
        let manager = refreshes_index(command);
        if let Some(manager) = manager.filter(|_| installs(command).is_none() && upgrades(command).is_none()) {
            found = Some((manager, command));
        } else if !command.class().is(Class::ELEMENTARY) && !command.runs_any(MANAGERS, &["clean", "autoclean"]) {
            // It may install packages itself.
            return None;
        }
    }
    found.filter(|_| script.clean)
}

const MANAGERS: &[&str] = &["apt-get", "apt", "yum", "dnf", "zypper"];
