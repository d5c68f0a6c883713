//! What a command installs, and with which manager.

use super::facts::facts;
use std::borrow::Cow;

use crate::commands::{joined, requirement};
use crate::knowledge::command_lines::{EMERGE_WITHOUT_INSTALL, PACMAN_WITHOUT_INSTALL};
pub use crate::knowledge::managers::Manager;
use crate::knowledge::managers::{ROWS, Row, Syntax};
use crate::knowledge::programs;
use crate::shell::{Arg, Command, Token};
use crate::text::Span;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PackageKind {
    /// A name, perhaps with a version.
    Name,
    /// A file or directory: `./x.deb`, `.`, `/src`.
    Path,
    Url,
    /// A repository: `git+https://…`, `user/repo`.
    Vcs,
    /// Only the shell knows: `$PACKAGES`.
    Variable,
    /// A file that lists packages: the value of `-r`.
    Requirements,
    /// A group or pattern of packages: `@development`; or one that must not be there: `!x`.
    Group,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Package {
    pub kind: PackageKind,
    /// Without version, architecture, channel and extras; everything for kinds other than a name.
    pub name: String,
    /// What separates name and version: `=`, `==`, `@`, `-`, `:`; empty without a version.
    pub operator: String,
    /// As written; may hold variables and wildcards.
    pub version: Option<String>,
    /// `name[these]`
    pub extras: Vec<String>,
    pub span: Span,
    /// Without quotes.
    pub text: String,
}

impl Package {
    /// Whether a version is asked for that is not simply the newest. `>=1` counts.
    pub fn is_versioned(&self) -> bool {
        self.version
            .as_deref()
            .is_some_and(|version| !matches!(version, "" | "*" | "latest" | "x" | "none" | "upgrade"))
    }
}

/// What one command installs.
#[derive(Clone, Debug)]
pub struct Install {
    pub manager: Manager,
    /// The subcommand: `install`. The command's name where there is none.
    pub verb: Span,
    /// In the order they are written, requirement files included.
    pub packages: Vec<Package>,
    /// Installs what a file of the project asks for: `npm ci`, `bundle install`.
    pub project: bool,
    /// It fetches the index first: `apk add -U`, `apt-get install --update`, `pacman -Sy`.
    pub refreshes: bool,
    /// It will not ask, or it never does.
    pub assume_yes: bool,
    /// Without what packages merely recommend.
    pub no_recommends: bool,
    /// It does not keep a cache.
    pub no_cache: bool,
    /// It only simulates or downloads.
    pub dry_run: bool,
    /// Keeps to a lock file, or to hashes.
    pub locked: bool,
    /// The name under which `apk add --virtual` groups the packages.
    pub virtual_group: Option<Arg>,
    /// An argument that the shell expands may hold further flags or packages.
    pub open: bool,
}

impl Install {
    /// The packages given by name.
    pub fn named(&self) -> impl Iterator<Item = &Package> {
        self.packages.iter().filter(|package| package.kind == PackageKind::Name)
    }
}

/// `python -m pip …` and `uv pip …` as `pip …`, `php composer.phar …` as `composer …`.
fn plain(command: &Command) -> Cow<'_, Command> {
    let found = if programs::is_python(&command.name) {
        let at = command.args.iter().position(|arg| !arg.lexeme().starts_with('-') || arg.is("-m"));
        at.filter(|at| command.args[*at].is("-m") && command.args.get(at + 1).is_some_and(|arg| arg.is("pip")))
            .map(|at| ("pip", at + 2))
    } else if command.runs("uv", "pip") {
        command.args.iter().position(|arg| arg.is("pip")).map(|at| ("pip", at + 1))
    } else if command.is("php") {
        let at = command.args.iter().position(|arg| !arg.lexeme().starts_with('-'));
        at.filter(|at| {
            let file = command.args[*at].lexeme().rsplit('/').next().unwrap_or_default();
            matches!(file, "composer.phar" | "composer")
        })
        .map(|at| ("composer", at + 1))
    } else {
        None
    };
    match found {
        Some((name, skip)) => {
            let mut plain = command.clone();
            plain.args.drain(..skip);
            plain.memo = Default::default();
            plain.name = name.to_owned();
            Cow::Owned(plain)
        }
        None => Cow::Borrowed(command),
    }
}

/// The table's line for a command, and the manager.
fn row(command: &Command) -> Option<&'static Row> {
    *facts(command).row.get_or_init(|| {
        let name = if programs::is_pip(&command.name) { "pip" } else { command.name.as_str() };
        ROWS.iter().find(|row| row.names.contains(&name))
    })
}

/// Whether the operands begin with one of these subcommands: of how many words it is.
fn verb(operands: &[&Arg], verbs: &[&str]) -> Option<usize> {
    verbs.iter().find_map(|verb| {
        let mut operands = operands.iter();
        let mut words = 0;
        for word in verb.split(' ') {
            if !operands.next()?.is(word) {
                return None;
            }
            words += 1;
        }
        Some(words)
    })
}

/// What a command installs; `None` if it installs nothing.
pub fn installs(command: &Command) -> Option<&Install> {
    facts(command).install.get_or_init(|| read(command).map(Box::new)).as_deref()
}

fn read(command: &Command) -> Option<Install> {
    let plain = plain(command);
    let command = &*plain;
    match command.name.as_str() {
        "pacman" => return pacman(command),
        "emerge" => return emerge(command),
        _ => {}
    }
    let row = row(command)?;
    // What follows is another command, with an operator missing before it.
    let end = joined::joined_command(command).map_or(u32::MAX, |arg| arg.span.start);
    // What follows `--` is for the build of the gem's extension.
    let options = command.args.iter().find(|arg| row.manager == Manager::Gem && arg.is("--"));
    let end = options.map_or(end, |arg| end.min(arg.span.start));
    let operands: Vec<&Arg> = command.operands().filter(|arg| arg.span.start < end).collect();
    let (words, project) = if let Some(words) = verb(&operands, row.install) {
        (words, row.bare && operands.len() == words)
    } else if let Some(words) = verb(&operands, row.project) {
        (words, true)
    } else if operands.is_empty()
        && matches!(row.manager, Manager::Yarn | Manager::Bundle)
        && !command.has_flag(&["-v", "--version", "-h", "--help"])
    {
        (0, true)
    } else {
        return None;
    };
    let first_is_venv = row.manager == Manager::Pipx && operands[0].is("inject");
    let packages =
        operands.iter().skip(words + usize::from(first_is_venv)).map(|arg| requirement::package(arg, row.syntax));
    let mut packages: Vec<Package> = if verb(&operands, row.project).is_some() && row.manager != Manager::Apt {
        Vec::new()
    } else {
        packages.collect()
    };
    if operands.get(..words).is_some_and(|verb| verb.iter().any(|word| word.lexeme().contains("group"))) {
        packages.iter_mut().for_each(|package| package.kind = PackageKind::Group);
    }
    let files = command.flag_values(row.requirements);
    packages.extend(files.iter().map(|file| {
        let mut package = requirement::package(file, Syntax::Plain);
        package.kind = PackageKind::Requirements;
        package
    }));
    if row.manager == Manager::Pip {
        packages.extend(command.flag_values(&["-e", "--editable"]).iter().map(editable));
    }
    versions_by_flag(command, row.manager, &mut packages);
    packages.sort_by_key(|package| package.span.start);
    Some(Install {
        manager: row.manager,
        verb: words.checked_sub(1).and_then(|last| operands.get(last)).map_or(command.name_span, |arg| arg.span),
        project,
        refreshes: command.has_flag(row.refresh_flags),
        assume_yes: row.yes.is_empty() || assume_yes(command, row),
        no_recommends: no_recommends(command, row),
        no_cache: command.has_flag(row.no_cache)
            || ["PIP_NO_CACHE_DIR", "UV_NO_CACHE"].iter().any(|name| command.assigned(name).is_some()),
        dry_run: command.has_flag(row.dry_run),
        locked: command.has_flag(row.locked)
            || matches!(row.manager, Manager::Npm | Manager::Bun) && verb(&operands, row.project).is_some(),
        virtual_group: (row.manager == Manager::Apk).then(|| command.flag_value(&["-t", "--virtual"])).flatten(),
        open: command.has_dynamic_arg(),
        packages,
    })
}

fn editable(arg: &Arg) -> Package {
    let mut package = requirement::package(arg, Syntax::Pep508);
    if package.kind == PackageKind::Name {
        package.kind = PackageKind::Path;
    }
    package
}

/// `gem install x -v 1`, `cargo install x --version 1 --git …`.
fn versions_by_flag(command: &Command, manager: Manager, packages: &mut [Package]) {
    let flags: &[&str] = match manager {
        Manager::Gem => &["-v", "--version"],
        Manager::Cargo => &["--version", "--vers"],
        _ => return,
    };
    if let Some(version) = command.flag_value(flags) {
        for package in packages.iter_mut().filter(|package| package.version.is_none()) {
            package.operator = "=".to_owned();
            package.version = Some(version.lexeme().to_owned());
        }
    }
    if manager == Manager::Cargo && command.has_flag(&["--git", "--path"]) {
        let kind = if command.has_flag(&["--git"]) { PackageKind::Vcs } else { PackageKind::Path };
        packages.iter_mut().for_each(|package| package.kind = kind);
    }
}

/// The value of an `-o Name=value` of apt, or of `--setopt=name=value` of dnf.
fn option_is(command: &Command, flags: &[&str], name: &str, values: &[&str]) -> bool {
    command.flag_values(flags).iter().any(|option| {
        let (found, value) = option.lexeme().split_once('=').unwrap_or_default();
        found.eq_ignore_ascii_case(name)
            && values.iter().any(|wanted| value.trim_matches('"').eq_ignore_ascii_case(wanted))
    })
}

const NO: &[&str] = &["false", "0", "no", "off"];
const YES: &[&str] = &["true", "1", "yes", "on"];

fn assume_yes(command: &Command, row: &Row) -> bool {
    if command.has_flag(row.yes) {
        return true;
    }
    if row.manager != Manager::Apt {
        return option_is(command, &["--setopt"], "assumeyes", YES);
    }
    let quiet = command.tokens().map(|token| match token {
        Token::Flag { name, value, .. } if matches!(&*name, "-q" | "--quiet") => {
            value.and_then(|value| value.lexeme().parse::<usize>().ok()).unwrap_or(1)
        }
        _ => 0,
    });
    // `apt-get` takes a second `-q` for a yes; `apt` and `aptitude` do not.
    (command.is("apt-get") && quiet.sum::<usize>() > 1)
        || option_is(command, &["-o", "--option"], "APT::Get::Assume-Yes", YES)
}

fn no_recommends(command: &Command, row: &Row) -> bool {
    command.has_flag(row.no_recommends)
        || (command.is("aptitude") && command.has_flag(&["-R"]))
        || (row.manager == Manager::Apt && option_is(command, &["-o", "--option"], "APT::Install-Recommends", NO))
        || (row.manager == Manager::Apt && command.has_arg("APT::Install-Recommends=false"))
        || option_is(command, &["--setopt"], "install_weak_deps", NO)
}

fn install(manager: Manager, command: &Command, packages: Vec<Package>) -> Install {
    Install {
        manager,
        verb: command.name_span,
        packages,
        project: false,
        refreshes: false,
        assume_yes: true,
        no_recommends: false,
        no_cache: false,
        dry_run: false,
        locked: false,
        virtual_group: None,
        open: command.has_dynamic_arg(),
    }
}

fn pacman(command: &Command) -> Option<Install> {
    let sync = command.flag(&["-S", "--sync"]);
    let verb = sync.or_else(|| command.flag(&["-U", "--upgrade"]))?;
    if command.has_flag(PACMAN_WITHOUT_INSTALL) {
        return None;
    }
    let packages: Vec<Package> = command.operands().map(|arg| requirement::package(arg, Syntax::Zypper)).collect();
    let dry_run = command.has_flag(&["-p", "--print", "-w", "--downloadonly"]);
    let assume_yes = command.has_flag(&["--noconfirm"]);
    let refreshes = command.has_flag(&["-y", "--refresh"]);
    let found =
        Install { verb: verb.span, refreshes, dry_run, assume_yes, ..install(Manager::Pacman, command, packages) };
    (!found.packages.is_empty()).then_some(found)
}

fn emerge(command: &Command) -> Option<Install> {
    if command.has_flag(EMERGE_WITHOUT_INSTALL) {
        return None;
    }
    let packages: Vec<Package> = command.operands().map(|arg| requirement::package(arg, Syntax::Plain)).collect();
    let dry_run = command.has_flag(&["-p", "--pretend", "-f", "--fetchonly"]);
    let found = Install { dry_run, ..install(Manager::Emerge, command, packages) };
    (!found.packages.is_empty()).then_some(found)
}

fn does(command: &Command, verbs: fn(&Row) -> &'static [&'static str]) -> Option<(Manager, usize)> {
    let row = row(command)?;
    let operands: Vec<&Arg> = command.operands().collect();
    verb(&operands, verbs(row)).map(|words| (row.manager, words))
}

/// Whether it only fetches the package index: `apt-get update`, `apk update`, `pacman -Sy`.
pub fn refreshes_index(command: &Command) -> Option<Manager> {
    *facts(command).refreshes.get_or_init(|| read_refresh(command))
}

fn read_refresh(command: &Command) -> Option<Manager> {
    if command.is("pacman") && command.has_flag(&["-S", "--sync"]) && command.has_flag(&["-y", "--refresh"]) {
        return Some(Manager::Pacman);
    }
    if command.is("emerge") && command.has_flag(&["--sync"]) || command.is("emerge-webrsync") {
        return Some(Manager::Emerge);
    }
    does(command, |row| row.refresh).map(|(manager, _)| manager)
}

/// Whether it brings all packages, or those it names, up to date: `apt-get upgrade`, `yum update`, `apk upgrade`.
pub fn upgrades(command: &Command) -> Option<&(Manager, Vec<Package>)> {
    facts(command).upgrades.get_or_init(|| read_upgrade(command).map(Box::new)).as_deref()
}

fn read_upgrade(command: &Command) -> Option<(Manager, Vec<Package>)> {
    if command.is("pacman") && command.has_flag(&["-S", "--sync"]) && command.has_flag(&["-u", "--sysupgrade"]) {
        return Some((Manager::Pacman, Vec::new()));
    }
    does(command, |row| row.upgrade).map(|(manager, words)| (manager, named_behind(command, words)))
}

/// The manager that this command lets download something: an index or packages.
pub fn fetches_packages(command: &Command) -> Option<Manager> {
    let install = installs(command).filter(|install| !install.dry_run).map(|install| install.manager);
    install.or_else(|| upgrades(command).map(|found| found.0)).or_else(|| refreshes_index(command))
}

/// Which packages it removes: `apt-get purge x`, `apk del .build-deps`.
pub fn uninstalls(command: &Command) -> Option<&(Manager, Vec<Package>)> {
    facts(command).uninstalls.get_or_init(|| read_uninstall(command).map(Box::new)).as_deref()
}

fn read_uninstall(command: &Command) -> Option<(Manager, Vec<Package>)> {
    let plain = plain(command);
    let command = &*plain;
    does(command, |row| row.remove).map(|(manager, words)| (manager, named_behind(command, words)))
}

/// The manager whose command installs, upgrades or removes and would ask first whether to go on; and the subcommand.
pub fn asks(command: &Command) -> Option<(Manager, Span)> {
    let row = row(command).filter(|row| !row.yes.is_empty() && row.manager.is_system())?;
    let operands: Vec<&Arg> = command.operands().collect();
    let verbs = [row.install, row.project, row.upgrade, row.remove];
    let words = verbs.iter().find_map(|verbs| verb(&operands, verbs))?;
    let named = verb(&operands, row.install).or_else(|| verb(&operands, row.remove));
    // `apt-get purge` without a package has nothing to ask.
    let repairs = command.has_flag(&["-f", "--fix-broken"]);
    if named == Some(operands.len()) && !operands[words - 1].lexeme().starts_with("auto") && !repairs {
        return None;
    }
    let help = command.has_flag(&["-h", "--help", "--version"]);
    let answered = help || assume_yes(command, row) || command.has_flag(row.dry_run);
    (!answered).then(|| (row.manager, operands[words - 1].span))
}

/// A word that a variable holds, read as a package of this command's manager.
pub fn read_package(command: &Command, word: &str, span: Span) -> Package {
    let plain = plain(command);
    let syntax = row(&plain).map_or(Syntax::Plain, |row| row.syntax);
    let mut arg = Arg::new(word, span);
    arg.text = Some(word.to_owned());
    requirement::package(&arg, syntax)
}

/// pip, uv and what else reads pip's settings, `python -m pip` included.
pub fn is_python_tool(command: &Command) -> bool {
    let plain = plain(command);
    let managers = [Manager::Pip, Manager::Pipx, Manager::Uv, Manager::Pipenv, Manager::Poetry];
    row(&plain).is_some_and(|row| managers.contains(&row.manager))
}

fn named_behind(command: &Command, words: usize) -> Vec<Package> {
    let syntax = row(command).map_or(Syntax::Plain, |row| row.syntax);
    command.operands().skip(words).map(|arg| requirement::package(arg, syntax)).collect()
}

#[cfg(test)]
#[path = "packages_tests.rs"]
mod tests;
