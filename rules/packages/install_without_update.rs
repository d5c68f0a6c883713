//! Finds `apt-get install` where the image has no package lists.

use crate::commands::cleanup::{Leftover, cleans};
use crate::commands::packages::{Manager, PackageKind, installs, refreshes_index};
use crate::finding::prelude::*;
use crate::knowledge::bases;
use crate::knowledge::programs::Class;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnFile(check)]);

/// What is known about apt's lists at a point.
#[derive(Clone, Copy)]
enum Lists {
    /// The base image ships without them, or they were removed there.
    Gone(Option<Span>),
    There,
    Unknown,
}

fn check(cx: &Cx<'_>) {
    let mut ends: Vec<Lists> = Vec::new();
    for stage in &cx.model.stages {
        let mut lists = match &stage.base {
            Base::Stage(index) => ends.get(*index).copied().unwrap_or(Lists::Unknown),
            Base::Image(image) if comes_without(image) && !stage.windows => Lists::Gone(None),
            _ => Lists::Unknown,
        };
        for step in &stage.steps {
            lists = behind(step, lists, cx);
        }
        ends.push(lists);
    }
}

/// Whether the image has apt but not its lists.
fn comes_without(image: &ImageRef) -> bool {
    let Some(name) = image.familiar_name() else { return false };
    let official = bases::image(&name).is_some() && !name.contains('/');
    let system = bases::os(&name, image.tag.as_ref().and_then(|tag| tag.text.as_deref()));
    official && system.is_some_and(|system| system.manager == Some(Manager::Apt))
}

fn behind(step: &Step<'_>, mut lists: Lists, cx: &Cx<'_>) -> Lists {
    if step.keyword() != Keyword::Run {
        let text = cx.text(step.instruction.span);
        return if text.contains("/var/lib") || step.is_kept || step.onbuild().is_some() {
            Lists::Unknown
        } else {
            lists
        };
    }
    let Some(script) = step.script.as_ref().filter(|script| script.clean) else { return Lists::Unknown };
    if step.run_mounts().any(|mount| matches!(mount.kind(), "cache" | "bind" | "tmpfs")) {
        return Lists::Unknown;
    }
    for command in &script.commands {
        if refreshes_index(command) == Some(Manager::Apt) {
            lists = Lists::There;
        } else if let Some(install) = installs(command).filter(|install| install.manager == Manager::Apt) {
            let by_name =
                !install.packages.is_empty() && install.packages.iter().all(|it| it.kind == PackageKind::Name);
            if let Lists::Gone(removed) = lists
                && by_name
                && !install.refreshes
                && !command.place.conditional
            {
                report(command, removed, cx);
                // Report once.
                lists = Lists::Unknown;
            }
            if install.refreshes {
                lists = Lists::There;
            }
        } else if cleans(command).contains(&Leftover::AptLists) {
            lists = if command.place.conditional { Lists::Unknown } else { Lists::Gone(Some(command.span)) };
        } else if may_update(command) {
            lists = Lists::Unknown;
        }
    }
    lists
}

/// Runs code that is not seen, and that may well be about packages.
const RUNS_SCRIPTS: Class = Class::SHELL
    .or(Class::OTHER_SHELL)
    .or(Class::SHELL_CONTROL)
    .or(Class::SHELL_FUNCTION)
    .or(Class::INTERPRETER)
    .or(Class::TASK_RUNNER);

/// Whether a program or script may run `apt-get update` itself.
fn may_update(command: &Command) -> bool {
    let piped = command.place.pipe_len > 1 && command.is_shell();
    piped
        || command.path.contains('/') && !command.path.starts_with("/usr/bin/")
        || !command.name.is_empty() && (command.class().is_unknown() || command.class().is(RUNS_SCRIPTS))
}

fn report(command: &Command, removed: Option<Span>, cx: &Cx<'_>) {
    let why = match removed {
        Some(_) => "after the package lists were removed",
        None => "without package lists: the base image does not include them",
    };
    let mut found = cx.report(command.span, format!("`{} install` {why}", command.name));
    if let Some(span) = removed {
        found.variant("lists-removed").label(span, "removed here");
    }
    found.help(format!("run `{} update` first, in the same `RUN`", command.name));
}
