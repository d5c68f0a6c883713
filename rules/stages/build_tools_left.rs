//! Finds compilers, headers and build tools that stay in the final image.

use crate::commands::packages::{Install, Package, installs, uninstalls};
use crate::finding::prelude::*;
use crate::fixes::two_stages;
use crate::knowledge::bases::variants::is_toolchain;
use crate::knowledge::packages::{Category, SMALL_BUILD_TOOLS, category};
use crate::knowledge::programs::Class;
use crate::model::Tri;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnFile(check)]).fix(Fixable::Sometimes);

fn check(cx: &Cx<'_>) {
    let Some(last) = cx.model.final_stage() else { return };
    let runs = match last.runs_a_program(cx.model) {
        // A place to work in may be one for building; one that has compiled a program is less likely to be.
        Tri::No if has_compiled(last, cx.model) => Tri::Unknown,
        Tri::No => return,
        other => other,
    };
    if needs_tools(last, cx.model) {
        return;
    }
    let works_for_others = has_docker(cx.model) || last.root_image(cx.model).is_some_and(is_for_graphics);
    let runs = if works_for_others || works_on_mounts(last, cx.model) { Tri::Unknown } else { runs };
    let starts_java = last.start_commands(cx.model).iter().any(|start| start.command.is("java"));
    let takes_from_stages = last.imports.iter().any(|import| matches!(import.origin, Origin::Stage(_)));
    let image = Image { runs, starts_java, takes_from_stages };
    for stage in cx.model.stages.iter().filter(|stage| stage.is_shipped()) {
        look_at(stage, &image, cx);
    }
}

/// Facts about the final image that decide how its tools are reported.
struct Image {
    /// Whether it runs a program that was built for it.
    runs: Tri,
    starts_java: bool,
    takes_from_stages: bool,
}

fn look_at(stage: &Stage<'_>, image: &Image, cx: &Cx<'_>) {
    if stage.windows || stage.is_for_developing(cx.model) || stage.is_for_building(cx.model) {
        return;
    }
    // `toolchain-base` reports the images of toolchains.
    let on_toolchain = stage
        .root_image(cx.model)
        .is_some_and(|image| image.familiar_name().is_some_and(|name| is_toolchain(&name, image.tag_text())));
    if on_toolchain || is_for_other_machines(stage) {
        return;
    }
    for step in stage.all(Keyword::Run) {
        let Some(script) = cx.model.shipped_script(step) else { continue };
        for command in &script.commands {
            let Some(install) = installs(command).filter(|it| it.manager.is_system() && !it.dry_run) else { continue };
            let kind = |package: &Package| category(install.manager, &package.name).filter(|it| it.is_for_building());
            let found: Vec<(&Package, Category)> = install
                .named()
                .filter_map(|package| Some((package, kind(package)?)))
                .filter(|(package, _)| !is_removed(package, install, script))
                .collect();
            // A server started by a script may call the JDK's compiler.
            let kit = |name: &str| name.contains("jdk") || name.starts_with("java-") && name.ends_with("-devel");
            let only_kit = !image.starts_java && found.iter().all(|(package, _)| kit(&package.name));
            let runs = if only_kit { Tri::Unknown } else { image.runs };
            report(&found, runs, image.takes_from_stages, stage, cx);
        }
    }
}

fn report(found: &[(&Package, Category)], runs: Tri, copies_from_stages: bool, stage: &Stage<'_>, cx: &Cx<'_>) {
    // Compilers come first, as they matter most.
    let first = found.iter().find(|(_, kind)| *kind == Category::Build).or(found.first());
    let Some((first, kind)) = first else { return };
    let names: Vec<String> = found.iter().take(4).map(|(package, _)| format!("`{}`", package.name)).collect();
    let more = if found.len() > 4 { format!(" and {} more", found.len() - 4) } else { String::new() };
    let names = format!("{}{more}", names.join(", "));
    let (variant, message) = match (kind, found.len()) {
        (Category::Headers, 1) => {
            ("header", format!("{names} is only needed to compile, but stays in the final image"))
        }
        (Category::Headers, _) => {
            ("headers", format!("{names} are only needed to compile, but stay in the final image"))
        }
        (_, 1) => ("tool", format!("build tool {names} is left in the final image")),
        _ => ("", format!("build tools {names} are left in the final image")),
    };
    let base = stage.root_image(cx.model).map(|image| image.value.clone().unwrap_or_else(|| image.written.clone()));
    let mut diagnostic = cx.report(first.span, message);
    diagnostic.variant(variant);
    for (package, _) in found.iter().filter(|(package, _)| package.span != first.span) {
        diagnostic.label(package.span, "and this");
    }
    if !copies_from_stages {
        diagnostic.fix_with(Safety::Unsafe, stage.index, |model, _| two_stages::plan(model));
    }
    let light = found
        .iter()
        .all(|(package, kind)| *kind == Category::Headers || SMALL_BUILD_TOOLS.contains(&package.name.as_str()));
    if light || runs == Tri::Unknown {
        diagnostic.at_most(Level::Note);
    }
    let obstacle = two_stages::obstacle(cx.model).filter(|_| !copies_from_stages && !light);
    match base {
        _ if copies_from_stages => diagnostic.help("install them in the build stage, and copy the result with `COPY --from`"),
        Some(base) => diagnostic.help(format!(
            "install them and build in a build stage, `FROM {base} AS build`, and copy the result with `COPY --from=build`"
        )),
        None => diagnostic.help("install them and build in a build stage, and copy the result with `COPY --from`"),
    };
    if *kind == Category::Headers {
        diagnostic.help("install only the libraries in the runtime stage: `libpq5` instead of `libpq-dev`, `libpq` instead of `postgresql-dev`");
    } else {
        diagnostic.help("or install, use and remove them in a single `RUN`");
    }
    if let Some(reason) = obstacle {
        diagnostic.help(reason);
    }
}

/// Whether the Docker CLI is installed, as on a CI agent: the tools are for later builds.
fn has_docker(model: &Model<'_>) -> bool {
    const CLIENTS: [&str; 5] = ["docker.io", "docker-ce", "docker-ce-cli", "docker-cli", "moby-cli"];
    let mut scripts = model.steps().filter_map(|step| step.script.as_ref());
    scripts.any(|script| {
        let mut installs = script.commands.iter().filter_map(installs);
        installs.any(|install| install.named().any(|package| CLIENTS.contains(&package.name.as_str())))
    })
}

/// Whether cross compilers are installed, which makes it an image for building.
fn is_for_other_machines(stage: &Stage<'_>) -> bool {
    let crosses = |name: &str| (name.starts_with("gcc-") || name.starts_with("g++-")) && name.contains("-linux-");
    stage.installs().any(|(_, _, install)| install.named().any(|package| crosses(&package.name)))
}

/// Whether the program is mounted or written in the container, and may compile packages there: Bundler without an
/// installation in the build, or notebooks.
fn works_on_mounts(stage: &Stage<'_>, model: &Model<'_>) -> bool {
    let runs = |name: &str| stage.run_commands(model).any(|command| command.is(name));
    let bundler =
        stage.start_commands(model).iter().any(|start| start.command.is("bundle") || start.command.is_behind("bundle"));
    bundler && !runs("bundle") || runs("jupyter") || runs("jupyter-nbextension")
}

/// Whether this is a CUDA image, on which programs compile kernels at run time.
fn is_for_graphics(image: &ImageRef) -> bool {
    image.familiar_name().is_some_and(|name| name.contains("cuda"))
}

/// Whether it compiles a program and puts it on `PATH`.
fn has_compiled(stage: &Stage<'_>, model: &Model<'_>) -> bool {
    let on_path = stage.history(model).any(|step| {
        let Args::Pairs(args) = &step.instruction.args else { return false };
        step.keyword() == Keyword::Env && args.pairs.iter().any(|pair| pair.name.text == "PATH")
    });
    on_path && stage.run_commands(model).any(|command| command.class().is(Class::COMPILER.or(Class::BUILD_DRIVER)))
}

/// Whether the container runs a build.
fn needs_tools(stage: &Stage<'_>, model: &Model<'_>) -> bool {
    let builds = |command: &Command| {
        let class = command.class();
        class.is(Class::COMPILER.or(Class::BUILD_DRIVER)) || command.is_any(&["go", "cargo", "tox", "build.sh"])
    };
    stage.start_commands(model).iter().any(|start| builds(start.command))
}

/// Whether a package is removed in the same `RUN`: by name, with its group, or by a list known only to the shell.
fn is_removed(package: &Package, install: &Install, script: &Script) -> bool {
    let group = install.virtual_group.as_ref().map(|group| group.lexeme());
    let removes = |command: &Command| {
        // After `apt-mark auto '.*'`, `autoremove` removes everything that was not requested by name.
        if command.runs("apt-mark", "auto") || command.has_arg("autoremove") && command.has_dynamic_arg() {
            return true;
        }
        let Some((_, removed)) = uninstalls(command) else { return false };
        command.has_dynamic_arg()
            || removed.iter().any(|removed| {
                let text = removed.text.trim_end_matches('*');
                text == package.name
                    || Some(text) == group
                    || removed.text.contains('*') && package.name.starts_with(text)
            })
    };
    script.commands.iter().any(removes)
}
