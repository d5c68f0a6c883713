//! A `RUN` that needs root while an unprivileged user is in effect.

use crate::commands::packages::{installs, refreshes_index, upgrades};
use crate::finding::prelude::*;
use crate::knowledge::programs::Class;
use crate::model::{Thing, Tri};

pub const RULE: Rule = Rule::new(Level::Error, "0.1.0", &[Check::OnRun(check)]).linux_only();

fn check(step: &Step<'_>, cx: &Cx<'_>) {
    let (Some(stage), Some(script)) = (cx.model.stage(step.stage), &step.script) else { return };
    if step.runs_as_root(cx.model) != Tri::No {
        return;
    }
    // What may not run, or may fail, need not stop the build.
    let first = script.commands.iter().find(|command| {
        let needs = || needs_root(command) || writes_to_prefix(command, step, cx);
        command.wrappers.is_empty() && !command.place.conditional && needs() && !command.place.excused
    });
    let Some(command) = first else { return };
    let user = step.state.user.as_deref();
    let name = user.and_then(|user| user.value.clone());
    let base = stage.root_image(cx.model).map(|image| image.value.clone().unwrap_or_else(|| image.written.clone()));
    let who = match (&name, &base) {
        (Some(name), _) => format!("`{name}`"),
        (None, Some(base)) => format!("the default user of `{base}`"),
        (None, None) => return,
    };
    let end = if user.is_some() { ", so this step fails" } else { "" };
    let mut found = cx.report(command.span, format!("`{}` needs root, but runs as {who}{end}", command.name));
    if user.is_none() {
        // The user known for this image may differ in this tag.
        found.at_most(Level::Warn);
    }
    match (user, name) {
        (Some(user), _) => {
            found.label(user.span, "the user changes here");
            found.help("move the step before that `USER`, or add `USER root` before it and switch back afterwards");
        }
        _ => drop(found.help("add `USER root` before the step, and switch back to the image's user afterwards")),
    }
}

fn needs_root(command: &Command) -> bool {
    let manages = || {
        installs(command).is_some_and(|install| install.manager.is_system() && !install.dry_run)
            || refreshes_index(command).is_some_and(|manager| manager.is_system())
            || upgrades(command).is_some_and(|(manager, _)| manager.is_system())
    };
    let information = command.has_flag(&["--help", "-h", "--version", "-V"]);
    !information && (command.class().is(Class::ACCOUNT_TOOL) || manages() || command.is_any(WRITES_TO_SYSTEM))
}

/// Programs that write to the system's directories whatever their arguments are.
const WRITES_TO_SYSTEM: &[&str] = &["ldconfig", "locale-gen", "update-ca-certificates", "a2enmod", "a2ensite"];

/// Whether it writes to `/usr/local`, which belongs to root in Node.js's official image.
fn writes_to_prefix(command: &Command, step: &Step<'_>, cx: &Cx<'_>) -> bool {
    let stage = cx.model.stage(step.stage);
    let official = stage.and_then(|stage| stage.contents(cx.model)).is_some_and(|contents| contents.name == "node");
    const MOVED: &[&str] = &["prefix", "PREFIX", "chown", "chmod", ".npmrc"];
    if !official || cx.model.provides(step, Thing::Text(MOVED)) != Tri::No || step.contains(cx.model, MOVED) {
        return false;
    }
    let global = command.is("npm") && command.has_flag(&["-g", "--global"]) && installs(command).is_some();
    let corepack = command.is("corepack") && command.has_arg("enable") && !command.has_flag(&["--install-directory"]);
    global || corepack
}
