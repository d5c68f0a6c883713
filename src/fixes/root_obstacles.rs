//! Obstacles to leaving root: what the program does when it starts, where it writes, what is in root's home directory.

use crate::commands::chmod;
use crate::commands::effects::rewrites_files;
use crate::commands::packages;
use crate::commands::packages::installs;
use crate::fixes::leave_root::is_own;
use crate::knowledge::file_kinds::{Kind, kind};
use crate::knowledge::packages::service;
use crate::knowledge::paths;
use crate::knowledge::programs::{self, Class};
use crate::model::{Model, Stage, Step, lies_below, script_path};
use crate::shell::Command;
use crate::syntax::Keyword;

/// The first obstacle, for the reader to check.
pub(super) fn doubt<'a>(stage: &Stage<'a>, model: &Model<'a>) -> Option<String> {
    if let Some(port) = stage.ports(model).find(|port| (1..1024).contains(&port.first)) {
        let port = port.first;
        return Some(format!("port {port} is privileged; not every engine lets a non-root user bind it"));
    }
    // A script that is not seen may do anything, and those of entrypoints often do what only root may.
    for step in [stage.entrypoint(model), stage.cmd(model)].into_iter().flatten() {
        let commands = step.commands().iter();
        let mut scripts = commands
            .filter_map(|command| script_path(command))
            .filter(|path| path.ends_with(".sh") || path.contains("entrypoint"));
        if let Some(path) = scripts.find(|path| stage.shipped_file(model, step, path).is_none()) {
            return Some(format!("it is not known what `{}` does", path.replace('`', "'")));
        }
    }
    if let Some(reason) = works_on_mounts(stage, model) {
        return Some(reason);
    }
    for start in stage.start_commands(model) {
        if let Some(package) = packaged_server(start.command, stage) {
            return Some(format!("`{package}` sets up directories for an account of its own"));
        }
        if let Some(reason) = start_needs(start.command) {
            return Some(reason);
        }
        // `/opt/server/bin/server start` starts a service as the user that its own files name.
        let verb = start.command.subcommand().is_some_and(|verb| verb.is("start"));
        if verb && start.command.path.starts_with('/') {
            return Some(format!("it is not known what `{}` does", start.command.path.replace('`', "'")));
        }
    }
    if let Some(node) = model.context.and_then(|context| context.project().node.as_ref()) {
        let script = stage.start_commands(model).iter().find_map(|start| node_script(start.command));
        let line = script.and_then(|script| node.scripts.get(&script));
        let tool =
            line.and_then(|line| line.split_whitespace().find(|word| programs::class(word).is(Class::FRONTEND_TOOL)));
        if let Some(tool) = tool {
            return Some(format!("`{tool}` writes to its working directory"));
        }
    }
    if let Some(path) = unread_configuration(stage, model) {
        return Some(format!("`{}` may name directories that are relative to `/`", path.replace('`', "'")));
    }
    if let Some(volume) = stage.volumes(model).find(|volume| !is_own(&volume.path) && !volume.path.starts_with("/tmp"))
    {
        return Some(format!("root owns the volume `{}`", volume.path.replace('`', "'")));
    }
    if let Some(path) = closed_file(stage, model) {
        return Some(format!("only root may use `{}`", path.replace('`', "'")));
    }
    let steps = stage.history(model);
    for step in steps.filter(|step| {
        matches!(
            step.keyword(),
            Keyword::Run
                | Keyword::Env
                | Keyword::Copy
                | Keyword::Add
                | Keyword::Workdir
                | Keyword::Cmd
                | Keyword::Entrypoint
        )
    }) {
        if let Some(what) = at_home(step, model) {
            return Some(format!("{what} is in root's home directory, which no other user may read"));
        }
    }
    None
}

/// A configuration file that a program is started with in `/` and that is copied from a build context that is not here:
/// relative paths in it are below `/`, where only root may create anything.
fn unread_configuration<'a>(stage: &Stage<'a>, model: &Model<'a>) -> Option<String> {
    let start = stage.cmd(model).or_else(|| stage.entrypoint(model))?;
    let workdir = stage.end.workdir.as_ref().map(|workdir| workdir.value.as_deref());
    if workdir.unwrap_or_else(|| stage.base_workdir(model)) != Some("/") {
        return None;
    }
    let brought = |path: &str| {
        let copies = stage.history(model).filter(|step| step.copy().is_some() && step.flag("from").is_none());
        copies.into_iter().any(|step| step.brings(model).iter().any(|file| file.path == path))
    };
    let commands = stage.start_commands(model);
    let args = commands.iter().flat_map(|start| &start.command.args).filter_map(|arg| arg.text.as_deref());
    let mut paths = args.map(|arg| arg.rsplit_once('=').map_or(arg, |(_, value)| value)).filter(|path| {
        let name = path.rsplit('/').next().unwrap_or_default();
        path.starts_with('/') && kind(name).is(Kind::CONFIGURATION)
    });
    let found = paths.find(|path| brought(path) && stage.shipped_file(model, start, path).is_none());
    found.map(str::to_owned)
}

/// A tool that is given its files when it runs: its ENTRYPOINT takes arguments, it serves nothing, and nothing is put
/// into its working directory, or into its volume. It may have to write there as the owner of what is mounted.
fn works_on_mounts<'a>(stage: &Stage<'a>, model: &Model<'a>) -> Option<String> {
    let entrypoint = stage.entrypoint(model)?;
    let serves = stage.ports(model).next().is_some() || stage.healthcheck(model).is_some();
    if serves || entrypoint.commands().is_empty() {
        return None;
    }
    let workdir = stage.end.workdir.as_ref().and_then(|workdir| workdir.value.as_deref());
    let copies = || stage.history(model).filter(|step| matches!(step.keyword(), Keyword::Copy | Keyword::Add));
    let filled = |folder: &str| {
        copies().any(|step| step.copy_dest(model).is_none_or(|dest| lies_below(dest, folder)))
            || stage.history(model).any(|step| {
                step.keyword() == Keyword::Run
                    && step.state.workdir.as_ref().and_then(|workdir| workdir.value.as_deref()) == Some(folder)
            })
    };
    let empty = workdir.filter(|folder| *folder != "/").filter(|folder| !filled(folder));
    let bare = copies().next().is_none() && stage.end.workdir.is_none();
    let place = match empty {
        Some(path) => format!("`{}`", path.replace('`', "'")),
        None if bare => "a mounted directory".to_owned(),
        None => return None,
    };
    Some(format!("a tool that writes to {place} needs the user who owns what is mounted"))
}

/// A file that a mode leaves to its owner, and nothing gives to anyone else: `chmod u+x /start`, `COPY --chmod=700`,
/// `ADD https://…`.
fn closed_file<'a>(stage: &Stage<'a>, model: &Model<'a>) -> Option<String> {
    let steps = || stage.history(model).filter(|step| step.keyword() == Keyword::Run);
    let given = |path: &str| {
        let gives = |command: &Command| {
            let changes = command.is_any(&["chown", "rm"]);
            changes && command.operands().filter_map(|arg| arg.text.as_deref()).any(|other| lies_below(path, other))
        };
        steps().flat_map(Step::commands).any(gives)
    };
    let closes = |command: &Command| {
        let mode = chmod::mode(command).filter(|_| command.is("chmod"))?;
        let path = chmod::targets(command)
            .next()?
            .text
            .clone()
            .filter(|path| path.starts_with('/') && !path.starts_with("/etc/sudoers"))?;
        (chmod::is_for_owner(mode.text.as_deref()?) && !given(&path)).then_some(path)
    };
    let copied = |step: &Step<'a>| {
        let mode = step.flag("chmod")?.value.as_ref()?;
        let closed = step.flag("chown").is_none() && chmod::is_for_owner(&mode.text);
        let path = step.copy_dest(model).filter(|_| closed)?;
        (!given(path)).then(|| path.to_owned())
    };
    // What `ADD` downloads is root's alone. A step that names it has used it, or opened it.
    let named = |path: &str| {
        let names = |command: &Command| {
            command.operands().filter_map(|arg| arg.text.as_deref()).any(|other| lies_below(path, other))
        };
        steps().flat_map(Step::commands).any(names)
    };
    let downloaded = |step: &Step<'a>| {
        let is_plain = step.keyword() == Keyword::Add && step.flag("chmod").is_none() && step.flag("chown").is_none();
        let is_url = |source: &str| source.starts_with("http") && source.contains("://") && !source.ends_with(".git");
        let mut files = step.brings(model).into_iter().filter(|_| is_plain);
        files.find(|file| file.source.as_deref().is_some_and(is_url) && !named(&file.path)).map(|file| file.path)
    };
    let mut copies = stage.history(model).filter(|step| matches!(step.keyword(), Keyword::Copy | Keyword::Add));
    let closed = steps().flat_map(Step::commands).find_map(closes);
    closed.or_else(|| copies.find_map(|step| copied(step).or_else(|| downloaded(step))))
}

/// The package of the server that a command starts, if the distribution's package prepares its files and account.
fn packaged_server<'a>(command: &Command, stage: &Stage<'a>) -> Option<String> {
    let name = command.name.as_str();
    let stem = name.trim_end_matches("-server").trim_end_matches(['d', '_', '-']);
    let systems = stage.installs().filter(|(_, _, install)| install.manager.is_system());
    let mut services = systems.flat_map(|(_, _, install)| {
        install.packages.iter().filter(|package| service(install.manager, &package.name).is_some())
    });
    services.find(|package| package.name.starts_with(stem)).map(|package| package.name.clone())
}

/// The script of package.json that a command runs.
fn node_script(command: &Command) -> Option<String> {
    if !command.is_any(&["npm", "yarn", "pnpm", "bun"]) {
        return None;
    }
    let mut operands = command.operands().filter_map(|arg| arg.text.as_deref());
    match operands.next()? {
        "run" | "run-script" => operands.next().map(str::to_owned),
        other => Some(other.to_owned()),
    }
}

/// What a start command cannot do without root, or without root's directories.
fn start_needs(command: &Command) -> Option<String> {
    let name = command.name.as_str();
    let class = command.class();
    let builds = match name {
        "go" => command.subcommand().is_some_and(|verb| verb.is("run") || verb.is("test")),
        "dotnet" => command.subcommand().is_some_and(|verb| verb.is("run") || verb.is("watch") || verb.is("test")),
        "cargo" | "tox" => true,
        _ => class.is(Class::BUILD_DRIVER.or(Class::FRONTEND_TOOL)),
    };
    if builds {
        return Some(format!("`{name}` builds when the container starts and writes to its working directory"));
    }
    if class.is(Class::COMPILER) {
        return Some(format!("`{name}` writes to its working directory"));
    }
    if matches!(name, "rails" | "artisan") {
        return Some(format!("`{name}` writes to directories of the project"));
    }
    let system = installs(command).is_some_and(|install| install.manager.is_system())
        || packages::refreshes_index(command).is_some()
        || class.is(Class::ACCOUNT_TOOL.or(Class::INIT_SYSTEM).or(Class::STARTS_AS_ROOT))
        || command.path.starts_with("/etc/init.d/");
    if system {
        return Some(format!("`{name}` needs root when the container starts"));
    }
    if class.is(Class::SYSTEM_SERVICE) {
        return Some(format!("`{name}` uses files of root or of its own account"));
    }
    if rewrites_files(command) {
        return Some(format!("`{name}` writes to files of root when the container starts"));
    }
    let to_system = command.stdout_file().and_then(|file| file.text.as_deref()).filter(|path| path.starts_with('/'));
    if let Some(path) =
        to_system.filter(|path| !path.starts_with("/dev/") && !path.starts_with("/tmp") && !path.starts_with("/proc/"))
    {
        return Some(format!("the container writes to `{path}` when it starts"));
    }
    None
}

/// What a step puts into root's home directory, which other users may not read.
fn at_home<'a>(step: &Step<'a>, model: &Model<'a>) -> Option<String> {
    let text = model.source.slice(step.instruction.span);
    if step.keyword() == Keyword::Run {
        let mut rest = text.to_owned();
        paths::DISPENSABLE.iter().for_each(|place| rest = rest.replace(place, ""));
        if rest.contains("/root") || rest.contains("~/") || rest.contains("$HOME") || rest.contains("${HOME}") {
            return Some("a file".to_owned());
        }
        for command in step.commands().iter() {
            let stored = match command.name.as_str() {
                "pip" | "pip3" => command.has_flag(&["--user"]),
                "pipx" | "rustup" | "nvm" | "pyenv" | "sdk" | "playwright" | "huggingface-cli" | "rye" => true,
                "poetry" => {
                    command.has_arg("install")
                        && !text.contains("virtualenvs.create")
                        && !step.state.variables.keys().any(|name| name.starts_with("POETRY_VIRTUALENVS"))
                }
                "pipenv" => {
                    !command.has_flag(&["--system"])
                        && (command.has_arg("install") || command.has_arg("sync"))
                        && !step.state.variables.keys().any(|name| &**name == "PIPENV_VENV_IN_PROJECT")
                }
                "npx" => command.has_arg("playwright") || command.has_arg("puppeteer"),
                "dotnet" => command.has_arg("tool"),
                "python" | "python3" => {
                    text.contains("nltk")
                        || text.contains("playwright")
                        || text.contains("from_pretrained")
                        || text.contains("spacy")
                }
                "composer" => command.has_arg("global"),
                _ => false,
            };
            if stored {
                return Some(format!("what `{}` stores", command.name));
            }
        }
        return None;
    }
    (text.contains("/root/") || text.trim_end().ends_with("/root")).then(|| "a file".to_owned())
}
