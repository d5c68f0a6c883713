//! A `RUN` of an unprivileged user that writes to a `WORKDIR` owned by root.

use crate::commands::packages::{Manager, installs};
use crate::finding::prelude::*;
use crate::model::{Thing, Tri};

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnRun(check)]).linux_only();

fn check(step: &Step<'_>, cx: &Cx<'_>) {
    let Some(stage) = cx.model.stage(step.stage) else { return };
    // Only a USER in this file counts: the base image's own user may own the directory.
    if step.state.user_is_root() != Tri::No {
        return;
    }
    let Some(script) = step.script.as_ref().filter(|script| script.clean) else { return };
    let (Some(user), Some(workdir)) = (step.state.user.as_deref(), step.state.workdir.as_deref()) else { return };
    let Some(folder) = workdir.value.as_deref().filter(|_| workdir.stage == stage.index) else { return };
    // BuildKit makes that user the owner of a WORKDIR after a USER.
    if user.span.start < workdir.span.start || user.stage != stage.index {
        return;
    }
    if step.run_mounts().next().is_some() || may_be_writable(folder, step, stage, cx) {
        return;
    }
    if cx.model.file_before(step, None, folder).owner.as_deref() != Some("root") {
        return;
    }
    let moves = script.commands.iter().position(|command| command.is_any(&["cd", "pushd"]));
    let commands = &script.commands[..moves.unwrap_or(script.commands.len())];
    let Some(command) = commands.iter().find(|command| command.wrappers.is_empty() && writes_here(command)) else {
        return;
    };
    let name = user.value.as_deref().unwrap_or_default();
    let owner = name.split(':').next().unwrap_or_default();
    let mut found = cx.report(
        command.span,
        format!("`{}` writes to `{folder}`, which is owned by root, but runs as `{name}`", command.name),
    );
    found.label(workdir.span, "root creates the directory here");
    found.label(user.span, "the user changes here");
    if let Some(flag) = chown(folder, step, stage, cx) {
        found.label(flag, "this sets the files' owner, not the directory's");
    }
    found.help(format!("change the owner as root: `RUN mkdir -p {folder} && chown {owner} {folder}` before `USER`"));
}

/// The `--chown` of a COPY into the directory.
fn chown(folder: &str, step: &Step<'_>, stage: &Stage<'_>, cx: &Cx<'_>) -> Option<Span> {
    let mut copies = stage.steps[..step.index].iter().filter(|step| step.copy().is_some());
    copies.find_map(|copy| {
        let flag = copy.flag("chown")?;
        (copy.copy_dest(cx.model)?.trim_end_matches('/') == folder).then_some(flag.span)
    })
}

/// Whether a command is certain to create files or directories in its working directory.
fn writes_here(command: &Command) -> bool {
    let local =
        |arg: &crate::shell::Arg| arg.text.as_deref().is_some_and(|text| !text.starts_with(['/', '~', '-', '.']));
    if let Some(install) = installs(command) {
        let node = matches!(install.manager, Manager::Npm | Manager::Yarn | Manager::Pnpm | Manager::Bun);
        return node
            && !install.dry_run
            && !command.has_flag(&["-g", "--global", "--prefix", "-C", "--cwd"])
            && !command.has_arg("global");
    }
    match command.name.as_str() {
        "mkdir" | "touch" => command.operands().next().is_some_and(local),
        "git" => command.subcommand().is_some_and(|arg| arg.is("clone")) && command.rest().nth(1).is_none_or(local),
        _ => false,
    }
}

/// Whether others may be able to write there: a home directory, or one created, copied or handed over before.
fn may_be_writable(folder: &str, step: &Step<'_>, stage: &Stage<'_>, cx: &Cx<'_>) -> bool {
    let open = ["/home/", "/tmp", "/var/tmp", "/root"].iter().any(|place| folder.starts_with(place)) || folder == "/";
    let first = folder.split('/').nth(1).unwrap_or_default();
    if open || first.is_empty() {
        return true;
    }
    let top = format!("/{first}");
    let known_base = stage.root_image(cx.model).is_some_and(|image| {
        image.familiar_name().and_then(|name| crate::knowledge::bases::role(&name)).is_some_and(|role| {
            use crate::knowledge::bases::Role::*;
            matches!(role, Os | Runtime | Toolchain)
        })
    });
    let thing = Thing::WriteAccess(&top);
    !known_base || cx.model.provides(step, thing).or(step.may_provide(cx.model, thing)) != Tri::No
}
