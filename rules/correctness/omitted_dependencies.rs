//! Finds Node.js builds whose tools the installation has left out.

use crate::commands::packages::{Install, Manager};
use crate::finding::prelude::*;
use crate::knowledge::managers::PROGRAMS_OF_PACKAGES;

pub const RULE: Rule = Rule::new(Level::Error, "0.1.0", &[Check::OnStage(check)]).linux_only().fix(Fixable::Sometimes);

fn check(stage: &Stage<'_>, cx: &Cx<'_>) {
    for step in stage.all(Keyword::Run) {
        for command in step.commands() {
            let Some(name) = script_name(command).filter(|_| !command.place.conditional) else { continue };
            let Some(manifest) = step.manifest(cx.model, "package.json") else { continue };
            let Some((program, package)) = missing(&manifest, name) else { continue };
            let Some((at, install, cause)) = omission(stage, step, command) else { continue };
            report(command, (program, package), at, install, cause, stage, cx);
            return;
        }
    }
}

/// The script of package.json that a command runs.
fn script_name(command: &Command) -> Option<&str> {
    if !command.is_any(&["npm", "yarn", "pnpm"]) || command.has_flag(Manager::OTHER_DIRECTORY) {
        return None;
    }
    let mut words = command.operands().filter_map(|arg| arg.text.as_deref());
    match words.next()? {
        "run" | "run-script" => words.next(),
        // npm runs only some scripts without `run`.
        name if !command.is("npm") && name.starts_with("build") => Some(name),
        _ => None,
    }
}

/// The program that a script runs first and the development dependency that it belongs to.
fn missing(manifest: &str, script: &str) -> Option<(String, String)> {
    let json: serde_json::Value = serde_json::from_str(manifest).ok()?;
    let text = json["scripts"][script].as_str()?;
    // A script that runs others, or installs something first, is not read.
    let first = text.split("&&").next()?.split_whitespace().find(|word| !word.contains('='))?;
    let package = PROGRAMS_OF_PACKAGES.iter().find(|row| row.0 == first).map_or(first, |row| row.1);
    let lists = |table: &str| json[table].get(package).is_some();
    let only_dev =
        lists("devDependencies") && !["dependencies", "optionalDependencies"].iter().any(|table| lists(table));
    only_dev.then(|| (first.to_owned(), package.to_owned()))
}

/// Why an installation leaves development dependencies out.
#[derive(Clone, Copy)]
enum Cause {
    /// A flag.
    Flag(Span),
    /// `NODE_ENV=production`, set here.
    Variable(Option<Span>),
}

/// The last installation before a command, if none before it includes development dependencies.
fn omission<'m>(
    stage: &'m Stage<'_>,
    build: &Step<'_>,
    command: &Command,
) -> Option<(&'m Command, &'m Install, Cause)> {
    let mut last = None;
    for (step, other, install) in stage.installs() {
        let before = step.index < build.index || step.index == build.index && other.span.end() <= command.span.start();
        let global = other.has_flag(&["-g", "--global"]) || other.has_arg("global");
        if !before || !install.manager.is_node() || global {
            continue;
        }
        // Packages by name, or in another directory: the tool may be among them.
        let plain =
            install.project && !install.open && !other.place.conditional && !other.has_flag(Manager::OTHER_DIRECTORY);
        last = Some((other, install, cause(step, other, install).filter(|_| plain)?));
    }
    last
}

fn cause(step: &Step<'_>, command: &Command, install: &Install) -> Option<Cause> {
    let manager = install.manager;
    let includes = command.args.iter().any(|arg| {
        let text = arg.lexeme();
        text.contains("include") || text.contains("production=false") || text.contains("--dev") || text == "-D"
    });
    if includes || !matches!(manager, Manager::Npm | Manager::Pnpm | Manager::Yarn) {
        return None;
    }
    let omits = |text: &str| match manager {
        Manager::Npm => matches!(text, "--omit=dev" | "--production" | "--only=production" | "--only=prod" | "--prod"),
        _ => matches!(text, "--production" | "--prod" | "--production=true" | "-P"),
    };
    if let Some(flag) = command.args.iter().find(|arg| omits(arg.lexeme())) {
        return Some(Cause::Flag(flag.span));
    }
    let known = step.state.variables.iter().any(|(name, _)| name.to_ascii_lowercase().starts_with("npm_config_"));
    // Yarn 2 and later install everything whatever the variable says.
    if known || manager == Manager::Yarn {
        return None;
    }
    if let Some(value) = command.assigned("NODE_ENV") {
        return (value == Some("production")).then_some(Cause::Variable(None));
    }
    let variable = step.state.variables.get("NODE_ENV")?;
    (variable.value.as_deref() == Some("production")).then_some(Cause::Variable(variable.span))
}

fn report(
    command: &Command,
    (program, package): (String, String),
    at: &Command,
    install: &Install,
    cause: Cause,
    stage: &Stage<'_>,
    cx: &Cx<'_>,
) {
    let (program, package) = (program.replace('`', "'"), package.replace('`', "'"));
    let message = format!("this build needs `{program}`, but development dependencies are not installed, so it fails");
    let mut found = cx.report(command.span, message);
    let verb = if install.verb.is_empty() { at.name_span } else { install.verb };
    let written = cx.text(at.name_span.cover(verb));
    match cause {
        Cause::Flag(flag) => _ = found.label(flag, format!("this leaves out `{package}`, a development dependency")),
        Cause::Variable(span) => {
            found.label(at.name_span.cover(verb), format!("leaves out `{package}`, a development dependency"));
            if let Some(span) = span {
                found.label(span, "because of this");
            }
        }
    }
    let edit = match (cause, install.manager) {
        (Cause::Flag(flag), Manager::Npm) => Some(Edit::replace(flag, "--include=dev")),
        (Cause::Variable(_), Manager::Npm) => Some(Edit::insert(verb.end(), " --include=dev")),
        _ => None,
    };
    let help = match install.manager {
        Manager::Npm => format!("use `{written} --include=dev` in the build stage"),
        _ => format!("use `{written}` without `--prod` and without `NODE_ENV=production` in the build stage"),
    };
    found.help(help);
    // In the final image the development dependencies would stay.
    let fix = edit
        .filter(|_| !stage.is_final)
        .and_then(|edit| Fix::new(Safety::Unsafe, "install development dependencies for the build", [edit]));
    found.fix(fix);
}
