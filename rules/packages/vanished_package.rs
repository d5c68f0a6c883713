//! Finds packages that do not exist in the release of the base image.

use std::borrow::Cow;

use crate::commands::packages::{Manager, installs};
use crate::finding::prelude::*;
use crate::knowledge::bases;
use crate::knowledge::os::Os;
use crate::knowledge::packages::{Instead, vanished};

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnStage(check)]).fix(Fixable::Sometimes);

fn check(stage: &Stage<'_>, cx: &Cx<'_>) {
    let Some(image) = stage.root_image(cx.model) else { return };
    let official = |name: &Cow<str>| bases::image(name).is_some() && !name.contains('/');
    let Some(name) = image.familiar_name().filter(official) else { return };
    let Some(os) = bases::os(&name, image.tag_text()).filter(|os| os.version.is_some()) else { return };
    let below: Vec<&Stage<'_>> = stage.chain(cx.model).take(32).collect();
    if below.len() == 32 || below.into_iter().any(|stage| stage.steps.iter().any(|step| adds_source(step, cx))) {
        return;
    }
    let from = image.span;
    for step in &stage.steps {
        if step.keyword() == Keyword::Run
            && let Some(script) = &step.script
        {
            script.commands.iter().for_each(|command| look_at(command, step, &os, from, cx));
        }
        if adds_source(step, cx) {
            return;
        }
    }
}

fn look_at(command: &Command, step: &Step<'_>, os: &Os, from: Span, cx: &Cx<'_>) {
    let wanted = installs(command).filter(|install| install.manager == Manager::Apt && !install.dry_run);
    let Some(install) = wanted.filter(|_| !command.place.conditional) else { return };
    let system = format!("{} {}", os.distro, os.version.as_deref().unwrap_or_default());
    for package in install.named() {
        let Some(row) = vanished(os, &package.name) else { continue };
        // `add-apt-repository` may be used later in the step that installs it.
        let start = step.instruction.span.start();
        if brings_source(cx.text(Span::new(start, command.span.start().max(start)))) {
            return;
        }
        let (help, fix) = match row.instead {
            Instead::Package(new) => {
                let bare = cx.text(package.span) == package.name && install.named().all(|other| other.name != new);
                let edit = Edit::replace(package.span, new);
                let fix = Fix::new(Safety::Unsafe, format!("install `{new}`"), [edit]).filter(|_| bare);
                (format!("install `{new}`"), fix)
            }
            Instead::Advice(advice) => (advice.to_owned(), None),
        };
        cx.report(package.span, format!("{system} does not have a package `{}`", package.name))
            .label(from, format!("this image is based on {system}"))
            .help(help)
            .fix(fix);
    }
}

/// Whether it may add packages from another source.
fn adds_source(step: &Step<'_>, cx: &Cx<'_>) -> bool {
    match step.keyword() {
        Keyword::Run => {
            let is_own = |command: &Command| command.path.starts_with("./") || command.path.ends_with(".sh");
            step.script.as_ref().is_none_or(|script| script.commands.iter().any(is_own))
                || brings_source(cx.text(step.instruction.span))
        }
        Keyword::Copy | Keyword::Add => {
            step.copy_dest(cx.model).is_none_or(|dest| dest == "/" || dest.starts_with("/etc"))
        }
        Keyword::Onbuild => true,
        _ => false,
    }
}

fn brings_source(text: &str) -> bool {
    let told = ["/etc/apt", "apt-repository", "sources.list", "setup_", "bash", "sh -", "| sh", ".deb", "dpkg"];
    told.iter().any(|what| text.contains(what))
}
