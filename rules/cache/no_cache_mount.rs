//! Dependencies downloaded without a cache mount.

use crate::commands::packages::{Manager, PackageKind, installs};
use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Off, "0.1.0", &[Check::OnRun(check)]).linux_only();

fn check(step: &Step<'_>, cx: &Cx<'_>) {
    let Some(script) = step.script.as_ref().filter(|_| !step.is_exec_form()) else { return };
    // A builder that does not support mounts.
    let old = cx.target(|target| matches!(target, crate::finding::Target::Kaniko)).is_some();
    if old
        || step.run_mounts().any(|mount| mount.kind() == "cache")
        || step.runs_as_root(cx.model) == crate::model::Tri::No
    {
        return;
    }
    for command in &script.commands {
        let Some((name, place)) = cache(command) else { continue };
        cx.report(command.span, format!("every change makes {name} download everything again"))
            .at_most(Level::Note)
            .help(format!(
                "use `RUN --mount=type=cache,target={place} …` to keep the downloads between builds, outside the image"
            ));
        return;
    }
}

/// The tool that downloads a project's dependencies, and its cache directory for root.
fn cache(command: &Command) -> Option<(&'static str, &'static str)> {
    match command.name.as_str() {
        "go" if command.subcommand().is_some_and(|verb| verb.is("build")) => return Some(("Go", "/go/pkg/mod")),
        "cargo" if command.subcommand().is_some_and(|verb| verb.is("build")) => {
            return Some(("Cargo", "/usr/local/cargo/registry"));
        }
        "mvn" | "mvnw" => return Some(("Maven", "/root/.m2")),
        "gradle" | "gradlew" => return Some(("Gradle", "/root/.gradle")),
        "dotnet" if command.runs_any(&["dotnet"], &["restore", "publish", "build"]) => {
            return Some(("NuGet", "/root/.nuget/packages"));
        }
        _ => {}
    }
    let install = installs(command).filter(|install| !install.dry_run)?;
    let listed = install.packages.iter().any(|package| package.kind == PackageKind::Requirements);
    if !install.project && !listed {
        return None;
    }
    Some(match install.manager {
        Manager::Pip => ("pip", "/root/.cache/pip"),
        Manager::Uv => ("uv", "/root/.cache/uv"),
        Manager::Poetry => ("Poetry", "/root/.cache/pypoetry"),
        Manager::Npm => ("npm", "/root/.npm"),
        Manager::Yarn => ("Yarn", "/usr/local/share/.cache/yarn"),
        Manager::Pnpm => ("pnpm", "/root/.local/share/pnpm/store"),
        Manager::Bun => ("Bun", "/root/.bun/install/cache"),
        Manager::Composer => ("Composer", "/root/.composer/cache"),
        Manager::Go => ("Go", "/go/pkg/mod"),
        Manager::Cargo => ("Cargo", "/usr/local/cargo/registry"),
        _ => return None,
    })
}
