//! Finds Python projects that are installed before their source is copied.

use crate::commands::packages::{Install, Manager, PackageKind, installs};
use crate::context::Confidence;
use crate::finding::prelude::*;
use crate::model::join_path;

pub const RULE: Rule = Rule::new(Level::Error, "0.1.0", &[Check::OnRun(check)]).linux_only().fix(Fixable::Sometimes);

fn check(step: &Step<'_>, cx: &Cx<'_>) {
    let Some(context) = cx.model.context.filter(|context| context.is_sure()) else { return };
    for (index, (command, folder)) in step.commands_in(cx.model).enumerate() {
        let Some((install, folder)) = installs(command).zip(folder).filter(|_| !command.place.conditional) else {
            continue;
        };
        let Some((directory, remedy)) = project(command, install, step, &folder) else { continue };
        let at = |name: &str| {
            join_path(Some(&directory), name, false).map(|path| cx.model.file_before(step, Some(index), &path))
        };
        let Some(origin) = at("pyproject.toml").and_then(|state| state.origin) else { continue };
        let text = origin.context.as_deref().and_then(|path| context.read(path));
        let Some(package) = text.and_then(|text| package(&text)) else { continue };
        let places = [package.clone(), format!("src/{package}"), format!("{package}.py"), format!("src/{package}.py")];
        if !places.iter().all(|place| at(place).is_some_and(|state| state.is_absent())) {
            continue;
        }
        let Some(stage) = cx.model.stage(step.stage) else { return };
        let later = places.iter().find_map(|place| {
            let origin = cx.model.file_in(stage, &join_path(Some(&directory), place, false)?).origin?;
            cx.model.origin_step(&origin).filter(|copy| copy.stage == step.stage && copy.index > step.index)
        });
        let verb = if install.verb.is_empty() { command.name_span } else { install.verb };
        let span = command.name_span.cover(verb);
        let written = cx.text(span);
        let sure = later.is_some() || context.confidence() == Confidence::Certain;
        let end = if sure { ", so this step fails" } else { "" };
        let message = format!("`{written}` also builds the project, but `{package}` is not copied yet{end}");
        let mut found = cx.report(span, message);
        if let Some(copy) = later {
            found.label(copy.instruction.span, "its source is copied only here");
        } else if !sure {
            found.at_most(Level::Warn);
        }
        match remedy {
            Some(flag) => {
                let edit = Edit::insert(verb.end(), format!(" {flag}"));
                found.help(format!("install only the dependencies here with `{written} {flag}`, and the project after its source is copied"));
                let fix = Fix::new(Safety::Unsafe, format!("add `{flag}`"), [edit]);
                found.fix(fix.filter(|_| !step.is_exec_form() && installs_again(step, install.manager, cx)));
            }
            None => _ = found.help("copy the source before this step"),
        }
        return;
    }
}

/// The directory of the project that a command builds, and the flag with which it would not. `None` if it builds none.
fn project(
    command: &Command,
    install: &Install,
    step: &Step<'_>,
    folder: &str,
) -> Option<(String, Option<&'static str>)> {
    let set = |name: &str| step.state.variables.get(name).is_some() || command.assigned(name).is_some();
    match install.manager {
        Manager::Uv if install.project => {
            let here = !command.has_flag(Manager::UV_WITHOUT_PROJECT)
                && !command.has_dynamic_arg()
                && !set("UV_NO_INSTALL_PROJECT");
            here.then(|| (folder.to_owned(), Some("--no-install-project")))
        }
        Manager::Poetry if install.project => {
            let here = !command.has_flag(Manager::POETRY_WITHOUT_PROJECT);
            here.then(|| (folder.to_owned(), Some("--no-root")))
        }
        Manager::Pip => {
            let local = install.packages.iter().filter(|package| package.kind == PackageKind::Path);
            let path = local.map(|package| package.text.as_str()).next()?;
            let path = path.split('[').next().filter(|path| matches!(*path, "." | "./") || path.starts_with('/'))?;
            (!path.contains(['*', '$'])).then(|| join_path(Some(folder), path, false).map(|path| (path, None)))?
        }
        _ => None,
    }
}

/// The Python package that a project's build back end looks for, if it fails without it.
fn package(text: &str) -> Option<String> {
    let toml: toml::Table = text.parse().ok()?;
    let backend = toml.get("build-system")?.get("build-backend")?.as_str()?;
    let tool = |name: &str| toml.get("tool").and_then(|tool| tool.get(name));
    let name = toml.get("project").and_then(|project| project.get("name")?.as_str());
    let (strict, named) = match backend.split('.').next()? {
        "hatchling" => (tool("hatch").is_none_or(|hatch| hatch.get("build").is_none()), name),
        "uv_build" => {
            (tool("uv").is_none_or(|uv| uv.get("build-backend").is_none() && uv.get("package").is_none()), name)
        }
        "flit_core" => (tool("flit").is_none(), name),
        "poetry" => {
            let poetry = tool("poetry");
            let own = poetry.and_then(|poetry| poetry.get("name")?.as_str());
            let open =
                poetry.is_none_or(|poetry| poetry.get("packages").is_none() && poetry.get("package-mode").is_none());
            (open, own.or(name))
        }
        _ => return None,
    };
    let package = named?.to_lowercase().replace(['-', '.'], "_");
    let plain = package.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    (strict && plain).then_some(package)
}

/// Whether a later step of the stage installs the project after all.
fn installs_again(step: &Step<'_>, manager: Manager, cx: &Cx<'_>) -> bool {
    let stage = cx.model.stage(step.stage);
    let later = stage.into_iter().flat_map(|stage| stage.steps.iter().skip(step.index + 1)).flat_map(Step::commands);
    later.filter_map(installs).any(|install| install.manager == manager && install.project)
}
