//! A package index that is fetched in a separate `RUN`.

use std::collections::HashMap;

use crate::commands::packages::{Manager, installs, refreshes_index, upgrades};
use crate::finding::prelude::*;
use crate::fixes::package_index::fetch_index_there;
use crate::fixes::run_script::{remove_comment, remove_run};
use crate::knowledge::programs::Class;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnStage(check)]).fix(Fixable::Sometimes);

fn check(stage: &Stage<'_>, cx: &Cx<'_>) {
    // By manager: the first command of a later RUN that installs from an index of an earlier one.
    let mut uses: HashMap<Manager, &Command> = HashMap::new();
    for step in stage.all(Keyword::Run).rev() {
        let Some(script) = &step.script else { continue };
        let used = lone_update(script).and_then(|(manager, _)| uses.get(&manager).copied());
        for command in script.commands.iter().rev() {
            // `apk add --no-cache` and `-U` fetch an index of their own.
            if let Some(install) = installs(command).filter(|install| !install.refreshes && !install.no_cache) {
                uses.insert(install.manager, command);
            }
        }
        let Some((manager, command)) = lone_update(script) else { continue };
        // In a cache mount, the index is not part of the layer.
        if step.run_mounts().any(|mount| mount.kind() == "cache") {
            continue;
        }
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
                    .help("omit it, or merge it with the step that installs packages, using `&&`");
            }
        }
    }
}

/// Moves the fetch to the step that installs.
fn fix(step: &Step<'_>, command: &Command, manager: Manager, cx: &Cx<'_>) -> Option<Fix> {
    let model = cx.model;
    let later = model.needs_index(step, manager)?;
    let safety = if later.next { Safety::Safe } else { Safety::Unsafe };
    if later.step.stage != step.stage {
        return None;
    }
    let mut edits = vec![remove_run(model, step, command)?, fetch_index_there(model, step, command, &later)?];
    // Where something else follows, the comment above would describe that.
    if !later.next {
        edits.extend(remove_comment(model, step, &["update", "index", "package list", "refresh"]));
    }
    Fix::new(safety, "fetch the index where packages are installed", edits)
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
