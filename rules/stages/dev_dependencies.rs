//! Finds development dependencies that are installed in the final image.

use std::collections::HashMap;

use crate::commands::packages::{Install, Manager, Package, PackageKind, installs};
use crate::finding::prelude::*;
use crate::knowledge::bases::tag::version;
use crate::knowledge::managers::{Omission, RUN_SUBCOMMANDS};
use crate::knowledge::packages::PYTHON_DEVELOPMENT;
use crate::knowledge::programs::Class;
use crate::knowledge::stage_names::{Kinds, TESTS, word_of};
use crate::model::Tri;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnStage(check)]).linux_only().fix(Fixable::Sometimes);

fn check(stage: &Stage<'_>, cx: &Cx<'_>) {
    let Some(last) = cx.model.final_stage().filter(|_| stage.is_shipped()) else {
        return;
    };
    let for_work = stage.is_for_developing(cx.model) || stage.is_for_building(cx.model);
    let runs = last.runs_a_program(cx.model);
    if for_work || runs == Tri::No || runs_a_development_tool(last, cx.model) {
        return;
    }
    let last_build = stage.all(Keyword::Run).rfind(|step| builds_with_them(step)).map(|step| step.index);
    let mut settled: HashMap<Manager, bool> = HashMap::new();
    for step in stage.all(Keyword::Run) {
        let Some(script) = cx.model.shipped_script(step) else { continue };
        let built = last_build.is_some_and(|at| at >= step.index);
        for command in &script.commands {
            let Some(install) = installs(command).filter(|install| !install.dry_run && !install.open) else { continue };
            if matches!(install.manager, Manager::Pip | Manager::Pipenv | Manager::Uv) {
                listed(install, command, runs, cx);
            }
            if install.project {
                let mut settles = |install: &Install, omission: &Omission| {
                    let known = settled.entry(install.manager);
                    *known.or_insert_with(|| settles_elsewhere(install, omission, stage, cx.model))
                };
                project(install, command, step, built, &mut settles, cx);
            }
        }
    }
}

/// Reports packages requested by name, or by a file or extra named after development.
fn listed(install: &Install, command: &Command, runs: Tri, cx: &Cx<'_>) {
    let most = if runs == Tri::Yes { Level::Warn } else { Level::Note };
    if install.manager == Manager::Pipenv {
        if let Some(flag) = command.flag(&["--dev", "-d"]) {
            cx.report(flag.span, "`--dev` installs development dependencies, which stay in the final image")
                .variant("pipenv")
                .at_most(most)
                .help("omit `--dev`, and run the tests in their own stage");
        }
        return;
    }
    let message = |package: &Package| match package.kind {
        PackageKind::Requirements if is_development(&package.text) => Some((
            "requirements",
            format!("`{}` lists development dependencies, which stay in the final image", package.text),
        )),
        PackageKind::Name
            if PYTHON_DEVELOPMENT.contains(&package.name.as_str()) || package.name.starts_with("pytest-") =>
        {
            Some(("tool", format!("`{}` is a development tool, but stays in the final image", package.name)))
        }
        PackageKind::Path | PackageKind::Name if package.extras.iter().any(|extra| is_development(extra)) => Some((
            "extra",
            format!("`{}` installs development dependencies, which stay in the final image", package.text),
        )),
        _ => None,
    };
    let mut found = install.packages.iter().filter_map(|package| Some((package.span, message(package)?)));
    let Some((span, (variant, message))) = found.next() else { return };
    let others: Vec<Span> = found.map(|(span, _)| span).collect();
    let mut report = cx.report(span, message);
    report.variant(variant).at_most(most);
    for span in others {
        report.label(span, "and this");
    }
    report.help("install it in a separate stage that runs the tests, such as `FROM build AS test`");
}

fn is_development(name: &str) -> bool {
    word_of(name, Kinds::DEVELOPMENT.or(TESTS)).is_some()
}

/// Reports an installation of everything in the project's manifest.
fn project(
    install: &Install,
    command: &Command,
    step: &Step<'_>,
    built: bool,
    settles: &mut dyn FnMut(&Install, &Omission) -> bool,
    cx: &Cx<'_>,
) {
    let Some(omission) = install.manager.omission() else { return };
    let Some(files) = install.manager.project_files() else { return };
    if leaves_out(install, command, step, &omission, cx.model) || settles(install, &omission) {
        return;
    }
    let known = step.manifest(cx.model, files.manifest).map(|text| lists_development(files.manifest, &text));
    // Without the manifest, `composer-dev-packages` has a note.
    if known.is_none() && install.manager == Manager::Composer {
        return;
    }
    if known == Some(false) || step.manifest(cx.model, ".npmrc").is_some() {
        return;
    }
    let span = command.name_span.cover(install.verb);
    let text = cx.text(span);
    let flag =
        if omission.flag == "--omit=dev" && has_old_npm(step, cx.model) { "--production" } else { omission.flag };
    let at = Edit::insert(install.verb.end(), format!(" {flag}"));
    let fixable = !step.is_exec_form()
        && !flag.is_empty()
        && !built
        && !command.has_flag(&["--immutable"])
        && starts_plainly(step, cx.model);
    let mut found =
        cx.report(span, format!("`{text}` also installs development dependencies, which stay in the final image"));
    if known.is_none() {
        found.at_most(Level::Note);
    }
    if built {
        found.help("install them and build in a build stage, and copy the result to a runtime stage");
    } else if flag.is_empty() {
        found.help("add `ENV BUNDLE_WITHOUT=\"development:test\"` before it");
    } else {
        found.help(format!("use `{text} {flag}`"));
    }
    if fixable {
        found.fix(Fix::new(Safety::Unsafe, format!("omit them with `{flag}`"), [at]));
    }
}

/// Whether npm is older than 7, which ignores `--omit`: in the images of Node.js before 15.
fn has_old_npm<'a>(step: &Step<'a>, model: &Model<'a>) -> bool {
    let image = model.stage(step.stage).and_then(|stage| stage.root_image(model));
    let is_node = |name: &str| name.rsplit('/').next() == Some("node");
    let image = image.filter(|image| image.repository.text.as_deref().is_some_and(is_node));
    let tag = image.and_then(|image| image.tag_text());
    tag.is_some_and(|tag| matches!(version(tag)[..], [..15, ..]))
}

/// Whether a flag or a variable omits them, or may do so: its value is not known, or `--build-arg` decides.
fn leaves_out<'a>(
    install: &Install,
    command: &Command,
    step: &Step<'a>,
    omission: &Omission,
    model: &Model<'a>,
) -> bool {
    let set = |name: &&str| step.state.variables.get(*name).is_some() || command.assigned(name).is_some();
    if command.has_flag(omission.flags) || omission.variables.iter().any(set) {
        return true;
    }
    let environment = step.state.variables.get("NODE_ENV").map(|variable| variable.value.as_deref());
    let production = |value: Option<&str>| value.is_none_or(|value| value == "production");
    install.manager.is_node()
        && (environment.is_some_and(production)
            || step.is_from_arg("NODE_ENV", model)
            || command.assigned("NODE_ENV").is_some_and(production))
}

/// Whether another command of the stage omits them by an earlier setting, or removes them later.
fn settles_elsewhere(install: &Install, omission: &Omission, stage: &Stage<'_>, model: &Model<'_>) -> bool {
    let after = stage.steps.last().into_iter().flat_map(|last| model.after(last));
    let mut commands = stage.steps.iter().chain(after).flat_map(Step::commands);
    commands.any(|other| {
        let sets = other.class().is(Class::LANGUAGE_MANAGER)
            && other.subcommand().is_some_and(|verb| verb.is("config") || verb.is("prune") || verb.is("autoclean"));
        let exports = other.is("export") && other.args.iter().any(|arg| arg.raw.starts_with("NODE_ENV="));
        let removes = other.is("rm")
            && other.args.iter().any(|arg| arg.raw.contains("node_modules") || arg.raw.contains("vendor"));
        let again =
            installs(other).is_some_and(|again| again.manager == install.manager && other.has_flag(omission.flags));
        let focus = other.is("yarn") && other.has_arg("focus");
        sets || exports || removes || again || focus || other.is("node-prune")
    })
}

fn lists_development(manifest: &str, text: &str) -> bool {
    let table = |key: &str| {
        let json: Option<serde_json::Value> = serde_json::from_str(text).ok();
        json.is_some_and(|json| json[key].as_object().is_some_and(|table| !table.is_empty()))
    };
    match manifest {
        "package.json" => table("devDependencies"),
        "composer.json" => table("require-dev"),
        "Gemfile" => text.lines().any(|line| {
            (line.contains("group") || line.contains("groups:"))
                && (line.contains("development") || line.contains("test"))
        }),
        _ => ["[dependency-groups]", "[tool.poetry.group.dev", "[tool.poetry.group.test", "dev-dependencies"]
            .iter()
            .any(|sign| text.contains(sign)),
    }
}

/// Whether this step builds the application.
fn builds_with_them(step: &Step<'_>) -> bool {
    step.commands().iter().any(|command| {
        command.class().is(Class::FRONTEND_TOOL.or(Class::TASK_RUNNER))
            || command.is_any(&["npx", "rails"])
            || command.is_any(&["npm", "yarn", "pnpm", "bun"])
                && command
                    .subcommand()
                    .and_then(|verb| verb.text.as_deref())
                    .is_some_and(|verb| RUN_SUBCOMMANDS.contains(&verb) || verb.contains("build"))
            || command.runs_any(&["poetry", "uv", "bundle"], &["run", "exec"])
    })
}

/// Whether the container certainly starts without them, because it starts the runtime directly.
fn starts_plainly(step: &Step<'_>, model: &Model<'_>) -> bool {
    let Some(stage) = model.final_stage() else { return false };
    let commands = stage.start_commands(model);
    let plain = |command: &Command| {
        command.class().is(Class::INTERPRETER.or(Class::PYTHON_SERVER))
            || command.is_any(&["bun", "apache2-foreground", "php-fpm"])
    };
    let script = step.manifest(model, "package.json").and_then(|text| {
        let json: serde_json::Value = serde_json::from_str(&text).ok()?;
        Some(json["scripts"]["start"].as_str()?.starts_with("node "))
    });
    let by_script = |command: &Command| {
        command.is_any(&["npm", "yarn", "pnpm"]) && command.has_arg("start") && script == Some(true)
    };
    commands.is_empty() || commands.iter().all(|start| plain(start.command) || by_script(start.command))
}

/// Whether the container runs a development tool: a watcher, a test runner, a development server.
fn runs_a_development_tool(stage: &Stage<'_>, model: &Model<'_>) -> bool {
    // `script/docker_test.rb`, `supervisord_dev.conf`.
    let file = |text: &str| text.rsplit('/').next().is_some_and(is_development);
    let names = |text: &str| matches!(text, "watch" | "serve") || file(text);
    stage.starts_a_development_tool(model)
        || stage.start_commands(model).iter().any(|start| {
            names(&start.command.name) || start.command.args.iter().any(|arg| arg.text.as_deref().is_some_and(names))
        })
}
