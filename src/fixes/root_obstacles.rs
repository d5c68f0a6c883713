//! Obstacles to leaving root: what the program does when it starts, where it writes, what is in root's home directory.

use crate::commands::packages;
use crate::commands::packages::installs;
use crate::fixes::leave_root::is_own;
use crate::knowledge::paths;
use crate::knowledge::programs::{self, Class};
use crate::model::{Model, Stage, Step, script_path};
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
    for start in stage.start_commands(model) {
        if let Some(reason) = start_needs(start.command) {
            return Some(reason);
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
    if let Some(volume) = stage.volumes(model).find(|volume| !is_own(&volume.path) && !volume.path.starts_with("/tmp"))
    {
        return Some(format!("root owns the volume `{}`", volume.path.replace('`', "'")));
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
