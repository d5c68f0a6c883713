//! Commands that the image does not have.

use std::collections::HashSet;

use crate::commands::helpers::helpers;
use crate::commands::packages::installs;
use crate::finding::Report;
use crate::finding::prelude::*;
use crate::knowledge::managers::Manager;
use crate::knowledge::{bases, canonical, providers};
use crate::model::{Thing, Tri};
use crate::shell::{Link, Setting, ShellOption, Wrapper};

pub const RULE: Rule = Rule::new(Level::Error, "0.1.0", &[Check::OnStage(check)]);

fn check(stage: &Stage<'_>, cx: &Cx<'_>) {
    if stage.windows {
        return without_powershell(stage, cx);
    }
    if stage.contents(cx.model).is_none() || cx.model.file.is_template(cx.source.text()) {
        return;
    }
    let mut reported = HashSet::new();
    for step in &stage.steps {
        match step.keyword() {
            Keyword::Shell => in_shell(step, stage, cx),
            Keyword::Run => in_run(step, stage, cx, &mut reported),
            _ => {}
        }
    }
    if stage.is_final {
        at_start(stage, cx);
    }
}

/// `SHELL ["/bin/bash", "-c"]`: no later RUN works.
fn in_shell(step: &Step<'_>, stage: &Stage<'_>, cx: &Cx<'_>) {
    let Args::Command(CommandLine::Exec(form)) = &step.instruction.args else { return };
    let Some((item, program)) = form.items.first().and_then(|item| Some((item, program_of(&item.value)?))) else {
        return;
    };
    if cx.model.has_program(step, program) == Tri::No {
        let mut later = stage.steps[step.index + 1..].iter();
        let used = later.any(|later| later.keyword() == Keyword::Run && later.instruction.exec_items().is_none());
        let mut found = report(program, item.span, "every later `RUN` fails", stage, cx);
        if !used {
            found.at_most(Level::Warn);
        }
    }
}

fn in_run(step: &Step<'_>, stage: &Stage<'_>, cx: &Cx<'_>, reported: &mut HashSet<String>) {
    let Some(script) = step.script.as_ref().filter(|script| script.clean) else { return };
    // What is mounted may be on the `PATH`.
    if step.run_mounts().any(|mount| mount.kind() == "bind") {
        return;
    }
    for command in &script.commands {
        let Some(certainty) = certainty(command, script, step) else { continue };
        for (helper, span) in helpers(command) {
            let busybox =
                command.is("tar") && manager_of(stage, cx.model).is_none_or(|manager| manager == Manager::Apk);
            let missing = !busybox && cx.model.has_program_before(step, command, helper) == Tri::No;
            if missing && reported.insert(helper.to_owned()) {
                let end = if certainty == Level::Error { ", so this step fails" } else { "" };
                let name = &command.name;
                let message = |image: &str| format!("`{name}` needs `{helper}`, which is not in `{image}`{end}");
                report_as(helper, span, message, stage, cx).variant("helper").at_most(certainty);
            }
        }
        let Some((program, span)) = called(command) else { continue };
        if reported.contains(program) || !is_missing(program, command, step, stage, cx.model) {
            continue;
        }
        reported.insert(program.to_owned());
        let end = if certainty == Level::Error { "this step fails" } else { "the shell does not find it" };
        report(program, span, end, stage, cx).at_most(certainty);
    }
}

/// CMD or ENTRYPOINT, in whichever form.
fn at_start(stage: &Stage<'_>, cx: &Cx<'_>) {
    let Some(step) = stage.start_step(cx.model) else { return };
    let Some(command) = step.commands().first().filter(|command| !command.place.conditional) else { return };
    let Some((program, span)) = called(command) else { return };
    if cx.model.has_program_in(stage, program) == Tri::No {
        report(program, span, "the container does not start", stage, cx).at_most(Level::Warn);
    }
}

/// The program of a word: a name, or a path in one of the system's directories.
fn program_of(word: &str) -> Option<&str> {
    match word.rsplit_once('/') {
        None => Some(word),
        Some(("/bin" | "/usr/bin" | "/sbin" | "/usr/sbin", name)) => Some(name),
        Some(_) => None,
    }
}

/// The program that the command runs first: what wraps it, `sudo`, or itself.
fn called(command: &Command) -> Option<(&str, Span)> {
    let wrapper =
        |wrapper: &&Wrapper| providers::is_known(&wrapper.name) && !matches!(wrapper.name.as_str(), "sh" | "env");
    if let Some(wrapper) = command.wrappers.first().filter(wrapper) {
        return Some((&wrapper.name, wrapper.span));
    }
    let here =
        command.wrappers.iter().all(|wrapper| matches!(wrapper.name.as_str(), "env" | "sh" | "exec" | "time" | "nice"));
    let program = program_of(&command.path).filter(|program| *program == command.name && here)?;
    let known = providers::is_known(program) || Manager::of_system(program).is_some();
    known.then_some((program, command.name_span))
}

/// Whether the image surely does not have the program when the command runs.
fn is_missing(program: &str, command: &Command, step: &Step<'_>, stage: &Stage<'_>, model: &Model<'_>) -> bool {
    let Some(other) = Manager::of_system(program) else {
        return model.has_program_before(step, command, program) == Tri::No;
    };
    // Each distribution has one; third-party images may contain any.
    let Some(contents) = stage.contents(model) else { return false };
    let own = contents.os.as_ref().and_then(|os| os.manager);
    let official = bases::role(&contents.name).is_some() && !contents.name.contains('/');
    official
        && own.is_some_and(|own| own != other)
        && model.provides(step, Thing::Command(program)) == Tri::No
        && !step.contains_before(model, command, &[program])
}

/// The level that a missing command has at this place; `None` if it may not run, or may fail.
fn certainty(command: &Command, script: &Script, step: &Step<'_>) -> Option<Level> {
    let place = &command.place;
    if place.conditional || place.link == Link::Or || place.excused || place.background {
        return None;
    }
    // After `;` the step goes on, unless errexit is set.
    let ends = script.commands.last().is_some_and(|last| last.place.list == place.list);
    let set = |setting: &Setting| {
        setting.option == ShellOption::Errexit && setting.on && (setting.at as usize) <= command.span.start()
    };
    let counts = ends || step.state.shell.errexit || script.settings.iter().any(set);
    let straight = counts && place.depth == 0 && place.pipe_index + 1 == place.pipe_len.max(1);
    Some(if straight { Level::Error } else { Level::Warn })
}

fn report<'c>(program: &str, span: Span, end: &str, stage: &Stage<'_>, cx: &'c Cx<'_>) -> Report<'c> {
    report_as(program, span, |image| format!("`{program}` is not in `{image}`, so {end}"), stage, cx)
}

fn report_as<'c>(
    program: &str,
    span: Span,
    message: impl Fn(&str) -> String,
    stage: &Stage<'_>,
    cx: &'c Cx<'_>,
) -> Report<'c> {
    let image = stage.root_image(cx.model);
    let written = image.map_or("scratch", |image| &image.written).replace('`', "'");
    let mut found = cx.report(span, message(&written));
    let contents = stage.contents(cx.model);
    let sure = contents.is_some_and(|contents| contents.is_complete()) || Manager::of_system(program).is_some();
    if !sure || Manager::of_system(program).is_none() && stage.runs_any(cx.model, installs_any) {
        found.at_most(Level::Warn);
    }
    let os = contents.and_then(|contents| contents.os.as_ref());
    let manager = os.and_then(|os| os.manager);
    if let (Some(image), Some(manager)) = (image, manager) {
        found.label(image.span, format!("this distribution uses `{}`", manager.program()));
    }
    found.help(advice(program, manager));
    found
}

fn installs_any(command: &Command) -> bool {
    installs(command).is_some_and(|install| install.manager.is_system())
}

fn manager_of(stage: &Stage<'_>, model: &Model<'_>) -> Option<Manager> {
    stage.contents(model)?.os.as_ref()?.manager
}

/// What to do instead.
fn advice(program: &str, manager: Option<Manager>) -> String {
    let alpine = manager == Some(Manager::Apk);
    let package = manager.and_then(|manager| Some((manager, providers::package_of(program, manager)?)));
    match (program, package) {
        ("useradd" | "groupadd" | "usermod", Some(_)) if alpine => {
            "use BusyBox's `addgroup -S app && adduser -S -G app app`, or install `shadow`".to_owned()
        }
        ("adduser", _) => "use `useradd --create-home app`, or install `adduser` first".to_owned(),
        ("addgroup", _) => "use `groupadd app`, or install `adduser` first".to_owned(),
        ("composer", _) => {
            "copy it from its image: `COPY --from=composer:2 /usr/bin/composer /usr/bin/composer`".to_owned()
        }
        ("bash", Some((manager, _))) if alpine => {
            format!("write the script for `sh`, or install `bash` first: `{}`", manager.install_line("bash"))
        }
        ("python", _) => "call `python3`".to_owned(),
        ("pnpm" | "yarn", _) => format!("install it first: `npm install -g {program}`"),
        ("powershell", _) => "on Linux the program is called `pwsh`".to_owned(),
        (_, _) if Manager::of_system(program).is_some() => match manager {
            Some(manager) => format!("use `{}`; package names may differ", manager.install_line("…")),
            None => "copy what you need from a build stage".to_owned(),
        },
        (_, Some((manager, package))) => format!("install it first: `{}`", manager.install_line(package)),
        ("bash" | "zsh" | "ksh", None) => format!("use `sh`, or start from an image that contains `{program}`"),
        (_, None) => "start from an image that contains it".to_owned(),
    }
}

/// Nano Server has no PowerShell since version 1709.
fn without_powershell(stage: &Stage<'_>, cx: &Cx<'_>) {
    let Some(image) = stage.root_image(cx.model) else { return };
    let name = image.familiar_name().unwrap_or_default().into_owned();
    let tag = image.tag_text().unwrap_or_default();
    if canonical(&name) != "mcr.microsoft.com/windows/nanoserver"
        || tag.is_empty()
        || matches!(tag, "sac2016" | "1607")
        || tag.starts_with("10.0.14393")
    {
        return;
    }
    let copied = stage.steps.iter().any(|step| step.contains(cx.model, &["PowerShell\\", "powershell/", "pwsh.exe"]));
    for step in stage.steps.iter().filter(|_| !copied) {
        let word = match (step.keyword(), step.instruction.command_line()) {
            (Keyword::Shell, _) => match &step.instruction.args {
                Args::Command(CommandLine::Exec(form)) => form.items.first().map(|item| item.span),
                _ => None,
            },
            (Keyword::Run, Some(CommandLine::Shell(line))) => Some(*line),
            _ => None,
        };
        let Some(word) = word else { continue };
        let first = cx.text(word).trim_matches('"').split_whitespace().next().unwrap_or_default().to_ascii_lowercase();
        if matches!(first.as_str(), "powershell" | "powershell.exe") {
            let span = Span::new(
                word.start(),
                word.start() + cx.text(word).find(char::is_whitespace).unwrap_or(cx.text(word).len()),
            );
            cx.report(span, "`powershell` is not in Nano Server, so this step fails")
                .variant("nanoserver")
                .label(image.span, "since version 1709 this image has neither PowerShell nor WMI")
                .help("run it in a build stage based on `mcr.microsoft.com/windows/servercore`");
            return;
        }
    }
}
