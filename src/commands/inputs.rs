//! Which files of its working directory a command cannot do without.

use super::packages::{Install, Manager, PackageKind, installs};
use crate::knowledge::command_lines::NODE_WITHOUT_SCRIPT;
use crate::shell::{Arg, Command};
use crate::text::Span;

/// A file that a command reads, and fails without.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    /// Relative to the working directory, or absolute. Any one of them will do.
    pub names: Vec<String>,
    /// It may also be in a directory above.
    pub above: bool,
    /// Where it is asked for: the name itself, or the subcommand.
    pub span: Span,
    pub what: InputKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InputKind {
    /// A list of packages: `requirements.txt`.
    List,
    /// What describes the project: `package.json`.
    Manifest,
    /// The lock file beside it.
    Lock,
    /// A program to run: `./build.sh`, `app.py`.
    Script,
}

/// The files that a command certainly needs. Empty for what may work without any.
pub fn inputs(command: &Command) -> Vec<Input> {
    if command.has_dynamic_arg() || asks_for_help(command) {
        return Vec::new();
    }
    if let Some(install) = installs(command) {
        return of_install(command, install);
    }
    of_build(command).into_iter().chain(script(command)).collect()
}

fn asks_for_help(command: &Command) -> bool {
    command.args.iter().any(|arg| ["--help", "-h", "--version", "help"].iter().any(|word| arg.is(word)))
}

fn input(names: &[&str], span: Span, what: InputKind) -> Input {
    Input { names: names.iter().map(|name| (*name).to_owned()).collect(), above: false, span, what }
}

fn of_install(command: &Command, install: &Install) -> Vec<Input> {
    let verb = if install.verb.is_empty() { command.name_span } else { install.verb };
    let is_file = |text: &str| !text.contains(['*', '?', '$', '{', '~']) && !text.contains("://") && !text.is_empty();
    let lists = install.packages.iter().filter(|package| package.kind == PackageKind::Requirements);
    let lists = lists.filter(|package| is_file(&package.text) && package.text != "-");
    let mut found: Vec<Input> =
        lists.map(|package| input(&[package.text.as_str()], package.span, InputKind::List)).collect();
    if !install.project || install.dry_run || command.has_flag(Manager::OTHER_DIRECTORY) || elsewhere(command) {
        return found;
    }
    let Some(files) = install.manager.project_files() else { return found };
    let manifest = match install.manager {
        // With a list, it installs that; without a manifest, it creates one.
        Manager::Pipenv => None,
        Manager::Bundle if command.has_flag(&["--gemfile"]) => None,
        Manager::Go | Manager::Cargo | Manager::Uv | Manager::Poetry | Manager::Bun | Manager::Yarn | Manager::Npm => {
            Some(Input { above: true, ..input(&[files.manifest], verb, InputKind::Manifest) })
        }
        _ => Some(input(&[files.manifest], verb, InputKind::Manifest)),
    };
    found.extend(manifest);
    if needs_lock(command, install) {
        found.push(input(files.locks, verb, InputKind::Lock));
    }
    found
}

/// Whether a flag names another project than the one of the working directory.
fn elsewhere(command: &Command) -> bool {
    command.has_flag(Manager::OTHER_PROJECT) || command.has_arg("global")
}

/// Whether it fails without a lock file, and does not only ignore that there is none.
fn needs_lock(command: &Command, install: &Install) -> bool {
    match install.manager {
        Manager::Npm => ["ci", "clean-install", "ic", "install-clean"].iter().any(|verb| command.has_arg(verb)),
        Manager::Pnpm => install.locked,
        Manager::Uv => install.locked,
        Manager::Pipenv => install.locked || command.runs("pipenv", "sync"),
        _ => false,
    }
}

/// What the drivers of builds read.
fn of_build(command: &Command) -> Option<Input> {
    let verb = command.subcommand();
    let is_verb = |verbs: &[&str]| verb.and_then(|verb| verb.text.as_deref()).is_some_and(|verb| verbs.contains(&verb));
    let span = verb.map_or(command.name_span, |verb| verb.span);
    match command.name.as_str() {
        "npm" | "pnpm"
            if is_verb(&["run", "run-script"])
                && !command.has_flag(Manager::OTHER_DIRECTORY)
                && !elsewhere(command) =>
        {
            Some(Input { above: true, ..input(&["package.json"], span, InputKind::Manifest) })
        }
        "mvn"
            if verb.is_some()
                && !command.has_flag(&["-f", "--file"])
                && !command.args.iter().any(is_goal_of_plugin) =>
        {
            Some(input(&["pom.xml"], span, InputKind::Manifest))
        }
        "cargo" if is_verb(Manager::CARGO_ON_PROJECT) && !elsewhere(command) => {
            Some(Input { above: true, ..input(&["Cargo.toml"], span, InputKind::Manifest) })
        }
        _ => None,
    }
}

/// `archetype:generate`, `dependency:get`: may work without a project.
fn is_goal_of_plugin(arg: &Arg) -> bool {
    arg.lexeme().contains(':')
}

/// A script that is run by itself, by a shell or by an interpreter.
fn script(command: &Command) -> Option<Input> {
    let of_arg = |arg: &Arg| Some((arg.text.clone()?, arg.span));
    let (path, span) = match command.name.as_str() {
        _ if command.path.starts_with("./") || command.path.starts_with("/") && command.path.ends_with(".sh") => {
            (command.path.clone(), command.name_span)
        }
        "sh" | "bash" if !command.has_flag(&["-c", "-s", "-n"]) => of_arg(command.operands().next()?)?,
        "python" | "python3" if !command.has_flag(&["-c", "-m"]) => of_arg(command.operands().next()?)?,
        "node" if !command.has_flag(NODE_WITHOUT_SCRIPT) => of_arg(command.operands().next()?)?,
        _ => return None,
    };
    let named = path.rsplit('/').next().is_some_and(|name| name.contains('.')) || path.starts_with("./");
    let plain =
        !path.contains(['*', '?', '$', '{', '~', '<', ' ']) && !path.starts_with("/dev/") && !path.starts_with('-');
    (named && plain).then(|| input(&[path.as_str()], span, InputKind::Script))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shell::{Dialect, parse_script};

    #[test]
    fn what_commands_need() {
        for (text, want) in [
            ("pip install -r requirements.txt", "requirements.txt"),
            ("pip install -r a.txt -r b.txt flask", "a.txt b.txt"),
            ("pip install -r https://example.com/r.txt", ""),
            ("pip install flask", ""),
            ("uv pip install -r requirements.txt", "requirements.txt"),
            ("npm ci", "package.json package-lock.json|npm-shrinkwrap.json"),
            ("npm ci --prefix web", ""),
            ("npm install", "package.json"),
            ("npm install -g yarn", ""),
            ("npm run build", "package.json"),
            ("yarn --frozen-lockfile", "package.json"),
            ("pnpm install --frozen-lockfile", "package.json pnpm-lock.yaml"),
            ("uv sync --frozen", "pyproject.toml uv.lock"),
            ("uv sync", "pyproject.toml"),
            ("bundle install", "Gemfile"),
            ("composer install --working-dir=x", ""),
            ("mvn package", "pom.xml"),
            ("mvn -f x/pom.xml package", ""),
            ("cargo build --release", "Cargo.toml"),
            ("cargo install ripgrep", ""),
            ("go mod download", "go.mod"),
            ("./gradlew build", "./gradlew"),
            ("sh ./a.sh x", "./a.sh"),
            ("bash -c 'a'", ""),
            ("python manage.py migrate", "manage.py"),
            ("python -m build", ""),
            ("python -", ""),
            ("node server.js", "server.js"),
            ("$X/build.sh", ""),
        ] {
            let commands = parse_script(text, 0, Dialect::Bash).commands;
            let found: Vec<String> = inputs(&commands[0]).iter().map(|input| input.names.join("|")).collect();
            assert_eq!(found.join(" "), want, "{text}");
        }
    }
}
