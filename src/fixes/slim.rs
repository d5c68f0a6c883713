//! Whether a slim variant has what the steps of a file need.

use crate::commands::packages::{Manager, PackageKind, installs};
use crate::context::Context;
use crate::knowledge::canonical;
use crate::knowledge::packages::{NATIVE_NODE, NATIVE_PYTHON};
use crate::knowledge::bases::variants::FULL_IMAGE_PROGRAMS;
use crate::model::{Model, Stage};
use crate::shell::Command;
use crate::syntax::Keyword;

/// What in the file needs the full image, for a message; `None` if nothing does.
pub fn what_needs_full<'a>(stage: &Stage<'a>, model: &Model<'a>, name: &str) -> Option<String> {
    let steps = || stage.history(model);
    let runs = || steps().filter(|step| matches!(step.keyword(), Keyword::Run | Keyword::Healthcheck));
    let commands = || runs().flat_map(|step| step.commands());
    let installed = |tool: &str| {
        let fits = |package: &str| {
            package == tool || package == "build-essential" || tool == "ssh" && package.starts_with("openssh")
        };
        commands()
            .filter_map(installs)
            .any(|install| install.manager.is_system() && install.packages.iter().any(|package| fits(&package.name)))
    };
    let starts = stage.start_commands(model);
    let all = commands().chain(starts.iter().map(|start| start.command));
    let needed = |command: &Command| {
        let name = command.name.as_str();
        FULL_IMAGE_PROGRAMS.contains(&name) && !installed(name)
    };
    if let Some(command) = all.into_iter().find(|command| needed(command)) {
        return Some(command.name.clone());
    }
    // Headers are installed to compile with.
    let has_compiler = ["gcc", "g++", "clang"].iter().any(|tool| installed(tool));
    let headers = commands().filter_map(installs).filter(|install| install.manager == Manager::Apt && !has_compiler);
    if let Some(package) = headers.flat_map(|install| install.named()).find(|package| package.name.ends_with("-dev")) {
        return Some(package.name.clone());
    }
    let context = model.context.filter(|context| context.is_sure());
    for command in commands() {
        let Some(install) = installs(command) else { continue };
        match (canonical(name), install.manager) {
            // Nearly every list of these has something to compile in it.
            ("ruby", Manager::Bundle | Manager::Gem) => return Some(command.name.clone()),
            ("python" | "pypy", Manager::Pip | Manager::Uv | Manager::Poetry | Manager::Pipenv) => {
                for package in &install.packages {
                    let bare = package.name.to_ascii_lowercase().replace('_', "-");
                    if NATIVE_PYTHON.contains(&bare.as_str()) {
                        return Some(package.name.clone());
                    }
                    if package.kind == PackageKind::Vcs {
                        return Some("git".to_owned());
                    }
                }
                if let Some(found) = context.and_then(compiled_python) {
                    return Some(found);
                }
            }
            ("node", _) if !install.manager.is_system() => {
                let asked = context
                    .and_then(|context| context.project().node.as_ref())
                    .into_iter()
                    .flat_map(|node| &node.dependencies);
                let asked = asked.map(|dependency| dependency.name.as_str());
                let named = install.named().map(|package| package.name.as_str());
                if let Some(found) = asked.chain(named).find(|name| NATIVE_NODE.contains(name)) {
                    return Some(found.to_owned());
                }
            }
            _ => {}
        }
    }
    commands()
        .find(|command| canonical(name) == "perl" && command.is_any(&["cpan", "cpanm", "carton"]))
        .map(|command| command.name.clone())
}

fn compiled_python(context: &Context) -> Option<String> {
    let lists = context.entries().iter().filter(|entry| {
        let name = entry.path.rsplit('/').next().unwrap_or_default();
        name.starts_with("requirements") && name.ends_with(".txt")
    });
    for list in lists.take(8) {
        let Some(text) = context.read(&list.path) else { continue };
        for line in text.lines().map(str::trim).filter(|line| !line.starts_with('#')) {
            if line.contains("git+") {
                return Some("git".to_owned());
            }
            let end =
                line.find(|char: char| !(char.is_ascii_alphanumeric() || "-_.".contains(char))).unwrap_or(line.len());
            let name = line[..end].to_ascii_lowercase().replace('_', "-");
            if NATIVE_PYTHON.contains(&name.as_str()) {
                return Some(name);
            }
        }
    }
    let python = context.project().python.as_ref()?;
    python
        .dependencies
        .iter()
        .map(|dependency| dependency.name.replace('_', "-"))
        .find(|name| NATIVE_PYTHON.contains(&name.as_str()))
}
