//! Finds packages of Python and Node.js that are installed in a build stage and not copied to the final one.

use crate::commands::packages::{Install, Manager};
use crate::finding::prelude::*;
use crate::knowledge::packages::{BUNDLERS, TRANSPILERS};
use crate::knowledge::programs::{self, Class};

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnFile(check), Check::OnFile(node)]).linux_only();

/// Node.js: the build only transpiles, so the program still needs its packages.
fn node(cx: &Cx<'_>) {
    let model = cx.model;
    let Some(last) = model.final_stage().filter(|stage| stage.chain(model).next().is_none()) else { return };
    let Some(start) = last.start_commands(model).into_iter().find(|start| start.file.is_none()) else { return };
    let Some(manifest) = model.context.filter(|context| context.is_sure()).and_then(|it| it.project().node.as_ref())
    else {
        return;
    };
    let transpiles = manifest.scripts.get("build").is_some_and(|line| {
        let mut words =
            line.split(|char: char| char.is_whitespace() || char == '&' || char == ';').filter(|word| !word.is_empty());
        TRANSPILERS.contains(&words.next().unwrap_or_default()) && words.all(|word| !BUNDLERS.contains(&word))
    });
    let needs = manifest.dependencies.iter().find(|it| !it.dev);
    let (true, Some(needs), true) = (transpiles, needs, start.command.is("node")) else { return };
    let own = last.all(Keyword::Run).next().is_some() || last.all(Keyword::Add).next().is_some();
    let takes_all = |path: &str| {
        !path.contains("dist") && !path.contains("build") && !path.contains("lib") || path.contains("node_modules")
    };
    if let Some(import) = last.imports.first() {
        let Origin::Stage(from) = import.origin else { return };
        let Some(builder) = model.stage(from) else { return };
        let mut copies = last.all(Keyword::Copy).flat_map(|step| step.copy().map(|copy| (step, copy)));
        let brought = copies.any(|(step, copy)| {
            let expanded = |word: &Word| {
                model.expand(step, word).value.is_none_or(|path| takes_all(&path) && !path.ends_with(".json"))
            };
            copy.sources.iter().any(expanded)
        });
        let mut installs = builder
            .installs()
            .filter(|(_, command, install)| install.project && command.is_any(&["npm", "yarn", "pnpm"]));
        let Some((_, command, install)) = installs.next().filter(|_| !own && !brought) else { return };
        let name = builder.name.map_or_else(|| builder.index.to_string(), |name| name.text.replace('`', "'"));
        let mut found = cx.report(
            command.name_span.cover(install.verb),
            format!("packages installed in stage `{name}` are not copied to the final image"),
        );
        found
            .variant("node")
            .label(start.span, format!("the program starts without `{}`", needs.name.replace('`', "'")));
        found.help("copy `node_modules` as well, or install with `npm ci --omit=dev` in the final stage");
    }
}

fn check(cx: &Cx<'_>) {
    let model = cx.model;
    let Some(last) = model.final_stage().filter(|stage| is_python(stage, model)) else { return };
    let Some(start) = last.start_commands(model).into_iter().find(|start| start.file.is_none()) else { return };
    let runs_python = programs::is_python(&start.command.name) || start.command.class().is(Class::PYTHON_SERVER);
    // What the final image installs by itself, or gets in a way that is not seen, is enough.
    let own = || {
        last.lineage(model).flat_map(|stage| stage.all(Keyword::Run)).next().is_some_and(|_| installs_some(last, model))
    };
    if !runs_python || own() || last.chain(model).next().is_some() {
        return;
    }
    for import in &last.imports {
        let Origin::Stage(from) = import.origin else { return };
        let Some(builder) = model.stage(from).filter(|stage| is_python(stage, model)) else { continue };
        let Some((command, install)) = system_install(builder) else { continue };
        if takes_packages(last, from, model) || !is_same_project(builder, last, model) {
            return;
        }
        let verb = command.name_span.cover(install.verb);
        let name = builder.name.map_or_else(|| builder.index.to_string(), |name| name.text.replace('`', "'"));
        let mut found =
            cx.report(verb, format!("packages installed in stage `{name}` are not copied to the final image"));
        if let Some(step) = last.steps.get(import.step) {
            found.label(step.instruction.span, "this does not copy the packages");
        }
        found.label(start.span, "the program starts without them");
        found.help(format!("install into a virtual environment such as `/opt/venv`, and copy it with `COPY --from={name} /opt/venv /opt/venv`"));
        return;
    }
}

fn is_python(stage: &Stage<'_>, model: &Model<'_>) -> bool {
    let name = stage.root_image(model).and_then(|image| image.familiar_name());
    name.is_some_and(|name| crate::knowledge::canonical(&name) == "python")
}

fn installs_some(stage: &Stage<'_>, model: &Model<'_>) -> bool {
    stage.lineage(model).flat_map(|stage| stage.all(Keyword::Run)).any(|step| {
        step.script.as_ref().is_none_or(|script| !script.clean)
            || step.commands().iter().any(|command| {
                command.class().is(Class::LANGUAGE_MANAGER)
                    || crate::commands::opaque::runs_unseen_code(command)
                    || command.is_any(&["apt-get", "apk", "python", "python3"])
            })
    })
}

/// An installation of a project's packages into the system's Python.
fn system_install<'m>(stage: &'m Stage<'_>) -> Option<(&'m Command, &'m Install)> {
    let sets = |name: &str| stage.end.variables.get(name).is_some_and(|variable| variable.span.is_some());
    let makes_environment = stage.all(Keyword::Run).flat_map(Step::commands).any(|command| {
        command.args.iter().any(|arg| arg.is("venv") || arg.is("virtualenv")) || command.is_any(&["virtualenv", "."])
    });
    if makes_environment
        || sets("VIRTUAL_ENV")
        || sets("PIP_TARGET")
        || sets("PIP_PREFIX")
        || sets("PIP_USER")
        || sets("PATH")
    {
        return None;
    }
    let mut installs = stage.installs().filter(|(_, command, install)| {
        install.manager == Manager::Pip
            && !install.open
            && !command.has_flag(Manager::PIP_ELSEWHERE)
            && command.operands().next().is_some_and(|verb| verb.is("install"))
            && install
                .packages
                .iter()
                .any(|package| package.kind == crate::commands::packages::PackageKind::Requirements)
    });
    installs.next().map(|(_, command, install)| (command, install))
}

/// Whether anything that the final stage copies may contain the packages.
fn takes_packages(last: &Stage<'_>, from: usize, model: &Model<'_>) -> bool {
    last.imports.iter().any(|import| {
        let Some(step) = last.steps.get(import.step) else { return true };
        let is_it = matches!(import.origin, Origin::Stage(stage) if stage == from);
        let Some(copy) = step.copy() else { return true };
        let system = |path: &str| {
            let path = path.trim_end_matches('/');
            path.is_empty()
                || path.starts_with("/usr") && !path.starts_with("/usr/src")
                || path.starts_with("/root")
                || path.contains("site-packages")
        };
        !is_it
            || copy
                .sources
                .iter()
                .any(|word| model.expand(step, word).value.is_none_or(|path| system(&path) || !path.starts_with('/')))
    })
}

/// Whether the final stage copies the directory in which the builder installed.
fn is_same_project(builder: &Stage<'_>, last: &Stage<'_>, model: &Model<'_>) -> bool {
    let workdir = builder.end.workdir.as_ref().and_then(|workdir| workdir.value.as_deref());
    last.imports.iter().filter_map(|import| last.steps.get(import.step)).any(|step| {
        step.copy().is_some_and(|copy| {
            copy.sources.iter().any(|word| {
                let path = model.expand(step, word).value;
                path.is_some_and(|path| workdir.is_some_and(|workdir| path.trim_end_matches('/').starts_with(workdir)))
            })
        })
    })
}
