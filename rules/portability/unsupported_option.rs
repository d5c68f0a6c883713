//! Finds options that BusyBox's version of a program does not have.

use crate::commands::packages::installs;
use crate::finding::prelude::*;
use crate::knowledge::busybox;
use crate::knowledge::managers::Manager;
use crate::knowledge::packages::bare_name;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnCommand(&[], check)]).linux_only();

fn check(command: &Command, step: &Step<'_>, cx: &Cx<'_>) {
    let Some(applet) = busybox::applet(&command.name).filter(|_| !command.path.contains('/')) else { return };
    let rejected = command.args.iter().take_while(|arg| !arg.is("--")).find_map(|arg| {
        let option = arg.text.as_deref()?;
        let name = option.split('=').next()?;
        if name.starts_with("--") || option.len() == 2 || applet.name == "find" {
            return applet.rejects(name).then(|| (arg.span, name.to_owned()));
        }
        let letters = option.strip_prefix('-').filter(|letters| letters.bytes().all(|it| it.is_ascii_alphabetic()))?;
        let letter = letters.chars().map(|letter| format!("-{letter}")).find(|letter| applet.rejects(letter))?;
        Some((arg.span, letter))
    });
    let Some((span, option)) = rejected else { return };
    if command.place.conditional || !is_busybox(applet, command, step, cx.model) {
        return;
    }
    let name = applet.name;
    cx.report(span, format!("`{name}` from BusyBox does not support the option `{option}`"))
        .help(format!("install the full `{name}` with `apk add --no-cache {}`, or omit the option", applet.package));
}

/// Whether the image has only BusyBox's program before the command runs.
fn is_busybox(applet: &busybox::Applet, command: &Command, step: &Step<'_>, model: &Model<'_>) -> bool {
    let Some(stage) = model.stage(step.stage) else { return false };
    let Some(contents) =
        stage.contents(model).filter(|contents| busybox::PLAIN_IMAGES.contains(&contents.name.as_str()))
    else {
        return false;
    };
    let manager = contents.os.as_ref().and_then(|os| os.manager);
    if contents.name != "busybox" && manager != Some(Manager::Apk) {
        return false;
    }
    let full = |other: &Command| {
        installs(other).is_some_and(|install| {
            install.open
                || install.packages.iter().any(|package| {
                    let name = bare_name(&package.name).unwrap_or(&package.name);
                    name == applet.package || busybox::FULL_PACKAGES.contains(&name)
                })
        })
    };
    let before = step.commands().iter().take_while(|other| other.span.start() < command.span.start());
    let mut earlier = stage.history(model).take_while(|other| (other.stage, other.index) != (step.stage, step.index));
    !before.into_iter().any(full) && !earlier.any(|other| other.commands().iter().any(full))
}
