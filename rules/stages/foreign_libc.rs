//! Programs and packages built against glibc and copied to an image without it.

use crate::commands::packages::{Manager, installs};
use crate::finding::prelude::*;
use crate::knowledge::bases;
use crate::knowledge::os::{Distro, Libc};
use crate::knowledge::packages::{LIBC_NODE, LIBC_PYTHON, NATIVE_PYTHON};
use crate::knowledge::platforms::LIBC_SIGNS;
use crate::model::{Thing, Tri};

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnStage(check)]).linux_only();

/// What a stage builds that needs its C library.
enum Built {
    /// What builds it, and how to build it for musl.
    Program(&'static str, &'static str),
    /// Python packages, and one that contains compiled code.
    Python(Option<String>),
    /// A package of npm that contains compiled code.
    Node(String),
}

fn check(stage: &Stage<'_>, cx: &Cx<'_>) {
    let model = cx.model;
    let Some((span, what, python)) = lacks_glibc(stage, model) else { return };
    let mut seen = std::collections::HashSet::new();
    for import in &stage.imports {
        let Origin::Stage(index) = import.origin else { continue };
        let (Some(builder), Some(copy)) = (model.stage(index), stage.steps.get(import.step)) else { continue };
        let has_glibc = builder
            .contents(model)
            .and_then(|contents| contents.os.as_ref())
            .is_some_and(|os| os.libc == Some(Libc::Glibc));
        if !has_glibc || !seen.insert(index) || copy.keyword() != Keyword::Copy {
            continue;
        }
        let handled = |stage| model.provides_in(stage, Thing::Text(LIBC_SIGNS)) != Tri::No;
        if handled(builder) || handled(stage) {
            continue;
        }
        let sources: Vec<&str> =
            copy.copy().map_or(&[][..], |copy| &copy.sources).iter().map(|word| word.text.as_str()).collect();
        for (step, command) in commands(builder, model) {
            let Some(built) = built(command, step, python, cx) else { continue };
            if !sources.iter().any(|source| may_be(source, &built) || is_environment(source, command)) {
                continue;
            }
            report(command, &built, span, &what, cx);
            return;
        }
    }
}

/// The place and the description of a base image without glibc, and whether it has Python.
fn lacks_glibc(stage: &Stage<'_>, model: &Model<'_>) -> Option<(Span, String, bool)> {
    let root = stage.root(model);
    if matches!(root.base, Base::Scratch) {
        return Some((root.from.args_span, "`scratch` has no C library".to_owned(), false));
    }
    let contents = stage.contents(model)?;
    let os = contents.os.as_ref()?;
    let image = stage.root_image(model)?;
    let why = match (os.distro, os.libc) {
        (Distro::Alpine, Some(Libc::Musl)) => "has musl instead of glibc",
        (Distro::Distroless, None) => "has no C library",
        _ => return None,
    };
    // Third-party images may bring a C library.
    bases::image(&contents.name)?;
    Some((image.span, format!("`{}` {why}", image.written.replace('`', "'")), contents.program("python") == Some(true)))
}

fn commands<'m, 'a>(builder: &'m Stage<'a>, model: &'m Model<'a>) -> impl Iterator<Item = (&'m Step<'a>, &'m Command)> {
    let steps = builder.history(model).filter(|step| step.keyword() == Keyword::Run);
    let clean = steps.filter(|step| step.script.as_ref().is_some_and(|script| script.clean));
    clean.flat_map(|step| step.commands().iter().map(move |command| (step, command)))
}

fn built(command: &Command, _step: &Step<'_>, python: bool, cx: &Cx<'_>) -> Option<Built> {
    if command.place.conditional {
        return None;
    }
    match command.name.as_str() {
        "cargo" if command.runs_any(&["cargo"], &["build", "b", "install"]) => {
            let target = command.has_flag(&["--target"]) || command.has_dynamic_arg();
            (!target).then_some(Built::Program(
                "cargo",
                "build in a `rust:…-alpine` stage, or for `--target x86_64-unknown-linux-musl`",
            ))
        }
        "gcc" | "g++" | "cc" | "c++" | "clang"
            if command.has_flag(&["-o"]) && !command.has_flag(&["-c", "-S", "-E"]) =>
        {
            let shared = command.has_arg("-shared") || command.has_dynamic_arg();
            (!shared)
                .then_some(Built::Program("the compiler", "link it with `-static`, or build it in an Alpine stage"))
        }
        "jlink" => Some(Built::Program("jlink", "run `jlink` in an Alpine stage: `eclipse-temurin:21-jdk-alpine`")),
        "dotnet" if command.runs("dotnet", "publish") => {
            let runtime = command.flag_value(&["-r", "--runtime"])?;
            let linux = runtime
                .text
                .as_deref()
                .is_some_and(|text| text.starts_with("linux-x") || text.starts_with("linux-arm"));
            linux.then_some(Built::Program("dotnet publish", "publish for `linux-musl-x64`"))
        }
        "pyinstaller" => Some(Built::Program("pyinstaller", "run it in a `python:…-alpine` stage")),
        "npm" | "yarn" | "pnpm" => {
            installs(command).filter(|install| install.project)?;
            let native = |name: &str| LIBC_NODE.contains(&name);
            let node = cx.model.context.filter(|context| context.is_sure())?.project().node.as_ref()?;
            node.dependencies.iter().find(|it| !it.dev && native(&it.name)).map(|it| Built::Node(it.name.clone()))
        }
        _ => {
            let install = installs(command).filter(|install| {
                python && matches!(install.manager, Manager::Pip | Manager::Uv | Manager::Poetry | Manager::Pipenv)
            })?;
            let native = |name: &str| {
                let name = name.to_ascii_lowercase().replace('_', "-");
                NATIVE_PYTHON.contains(&name.as_str()) || LIBC_PYTHON.contains(&name.as_str())
            };
            let named = install.named().map(|package| package.name.clone()).find(|name| native(name));
            let context = cx.model.context.filter(|context| context.is_sure());
            let wanted = || {
                context?
                    .project()
                    .python
                    .as_ref()?
                    .dependencies
                    .iter()
                    .map(|it| it.name.clone())
                    .find(|name| native(name))
            };
            Some(Built::Python(named.or_else(wanted)))
        }
    }
}

/// Whether a source of COPY may hold what was built.
fn may_be(source: &str, built: &Built) -> bool {
    const DATA: &[&str] = &["/etc/", "/usr/share/", "/var/", "/lib"];
    match built {
        Built::Program(..) => {
            let last = source.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
            !DATA.iter().any(|data| source.starts_with(data)) && !last.contains('.')
        }
        Built::Node(_) => source.trim_end_matches('/').ends_with("node_modules"),
        Built::Python(_) => {
            ["venv", "site-packages", ".local", "/install", "/opt"].iter().any(|part| source.contains(part))
        }
    }
}

/// Whether the source is the virtual environment whose `pip` the command is: `/v` of `/v/bin/pip`.
fn is_environment(source: &str, command: &Command) -> bool {
    let root = command
        .path
        .rsplit_once("/bin/")
        .map(|(root, _)| root)
        .filter(|root| !root.is_empty() && !root.starts_with("/usr"));
    root.is_some_and(|root| source.trim_end_matches('/') == root)
}

fn report(command: &Command, built: &Built, span: Span, what: &str, cx: &Cx<'_>) {
    match built {
        Built::Program(name, help) => {
            let mut found = cx.report(
                command.head_span(),
                format!("the output of `{name}` requires glibc, which the final image does not have")
                    .replace("`the compiler`", "the compiler"),
            );
            found
                .label(span, what.to_owned())
                .help(*help)
                .help("the error, \"not found\", refers to glibc's dynamic loader");
        }
        Built::Node(package) => {
            cx.report(
                command.head_span(),
                format!("`{package}` is installed for glibc here, but the final image has musl"),
            )
            .variant("node")
            .label(span, what.to_owned())
            .help("use the same variant in both stages, or install the packages in the final stage");
        }
        Built::Python(native) => {
            let mut found = cx.report(
                command.head_span(),
                match native {
                    Some(package) => format!("`{package}` is installed for glibc here, but the final image has musl"),
                    None => "packages with compiled code are installed for glibc here, but the final image has musl"
                        .to_owned(),
                },
            );
            found
                .variant("python")
                .label(span, what.to_owned())
                .help("use the same variant in both stages, such as `python:3.13-slim`");
            if native.is_none() {
                found.at_most(Level::Note);
            }
        }
    }
}
