//! What a command is, and what kind of work it does for the image.

use super::facts::facts;
use crate::commands::download::{downloads, extracts};
use crate::commands::packages::{installs, refreshes_index, upgrades};
use crate::knowledge::command_lines;
use crate::knowledge::programs::{self, Class};
use crate::shell::Command;

impl Command {
    /// The classes of its program; none for a program that is not known.
    pub fn class(&self) -> Class {
        *facts(self).class.get_or_init(|| programs::class(&self.name))
    }
}

/// What kind of work a command does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Work {
    /// Fetches or unpacks something that later commands need.
    Fetch,
    /// Compiles or generates.
    Build,
    /// Installs packages.
    Install,
}

/// `None` for commands that only arrange things, or that are not known.
pub fn work(command: &Command) -> Option<Work> {
    if installs(command).is_some_and(|install| !install.dry_run)
        || upgrades(command).is_some()
        || installs_file(command)
    {
        return Some(Work::Install);
    }
    let verbs = command_lines::build_subcommands(&command.name);
    let builds = command.subcommand().is_some_and(|verb| verbs.iter().any(|known| verb.is(known)));
    let tidies = command.args.iter().any(|arg| arg.is("clean") || arg.is("distclean") || arg.is("--version"));
    if (command.class().is(Class::COMPILER.or(Class::BUILD_DRIVER)) || command.is("patch") || builds) && !tidies {
        return Some(Work::Build);
    }
    let fetches = refreshes_index(command).is_some()
        || downloads(command).is_some()
        || extracts(command).is_some_and(|extract| !extract.stdout)
        || command.runs_any(&["git"], &["clone", "checkout", "fetch", "submodule"]);
    fetches.then_some(Work::Fetch)
}

/// `apt-get install -f`: what `dpkg -i` has left undone, and failed for, is made good.
pub fn mends(command: &Command) -> bool {
    command.runs_any(&["apt-get", "apt"], &["install"]) && command.has_flag(&["-f", "--fix-broken"])
}

/// A package that lies there as a file.
fn installs_file(command: &Command) -> bool {
    match command.name.as_str() {
        "dpkg" => command.has_flag(&["-i", "--install"]),
        "rpm" => command.has_flag(&["-i", "-U", "--install", "--upgrade"]),
        _ => false,
    }
}
