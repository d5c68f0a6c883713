//! Scripts whose interpreter is not in the image.

use crate::finding::prelude::*;
use crate::knowledge::managers::Manager;
use crate::knowledge::providers;
use crate::model::{Tri, script_path};

pub const RULE: Rule = Rule::new(Level::Error, "0.1.0", &[Check::OnStage(check)]).linux_only();

fn check(stage: &Stage<'_>, cx: &Cx<'_>) {
    let runs = stage.all(Keyword::Run).filter_map(|step| Some((step, step.script.as_ref()?)));
    for (step, script) in runs.filter(|(_, script)| script.clean) {
        let mut commands = script.commands.iter().filter(|command| is_sure(command));
        if commands.any(|command| look_at(command, step, stage, cx)) {
            return;
        }
    }
    if !stage.is_final {
        return;
    }
    let step = stage.start_step(cx.model).filter(|_| !stage.base_completes_cmd(cx.model));
    if let Some((step, command)) = step.and_then(|step| Some((step, step.commands().first()?))) {
        look_at(command, step, stage, cx);
    }
}

fn is_sure(command: &Command) -> bool {
    !command.place.conditional && command.wrappers.is_empty()
}

/// Reports the command if it starts a script that the image cannot run, and says whether it did.
fn look_at(command: &Command, step: &Step<'_>, stage: &Stage<'_>, cx: &Cx<'_>) -> bool {
    let Some(path) = script_path(command).filter(|_| !command.is_shell()) else { return false };
    let Some(shipped) = stage.shipped_file(cx.model, step, path) else { return false };
    let Some(interpreter) = interpreter(&shipped.text) else { return false };
    let has = match step.keyword() {
        Keyword::Run => cx.model.has_program_before(step, command, interpreter),
        _ => cx.model.has_program_in(stage, interpreter),
    };
    if has != Tri::No {
        return false;
    }
    let file = shipped.file.as_deref().unwrap_or("the heredoc");
    let mut found = cx.report(command.span, format!("`{file}` needs `{interpreter}`, which is not in the image"));
    found.label(shipped.step.instruction.span, "the script is copied here");
    if !stage.contents(cx.model).is_some_and(|contents| contents.is_complete()) || stage.installs().next().is_some() {
        found.at_most(Level::Warn);
    }
    let manager = stage.contents(cx.model).and_then(|contents| contents.os.as_ref()?.manager);
    let install = manager.and_then(|manager| Some(manager.install_line(providers::package_of(interpreter, manager)?)));
    match (interpreter, install) {
        ("bash", Some(install)) if manager == Some(Manager::Apk) => {
            found.help(format!("write it for `sh` and start it with `#!/bin/sh`, or install `bash`: `{install}`"))
        }
        (_, Some(install)) => found.help(format!("install it: `{install}`")),
        (_, None) => found.help(format!("use a base image that contains it, and start the script with `#!/usr/bin/env {interpreter}`; or write it for `sh`, with `#!/bin/sh`")),
    };
    if step.keyword() == Keyword::Run {
        found.help("the error of the step, \"no such file or directory\" or \"not found\", means the interpreter");
    } else {
        found.at_most(Level::Warn);
        found.help("the error of the container, \"no such file or directory\" or \"not found\", means the interpreter");
    }
    true
}

/// The program that a script's `#!` line names, if it is looked up in the system's directories.
fn interpreter(text: &str) -> Option<&str> {
    let line = text.strip_prefix("#!")?.lines().next()?.trim();
    let mut words = line.split_whitespace();
    let first = words.next()?;
    let (directory, name) = first.rsplit_once('/')?;
    if !matches!(directory, "/bin" | "/usr/bin" | "/sbin" | "/usr/sbin") {
        return None;
    }
    let name = if name == "env" { words.find(|word| !word.starts_with('-'))? } else { name };
    providers::is_known(name).then_some(name)
}
