//! Commands whose effects a file does not show.

use super::packages::installs;
use crate::knowledge::programs::Class;
use crate::shell::Command;

/// Whether it runs code that is not in the file: a script, a build driver, or a program that a variable names.
pub fn runs_unseen_code(command: &Command) -> bool {
    command.name.is_empty() && command.assignments.is_empty()
        || command.path.contains(".sh")
        || command.path.starts_with("./")
        || command.is_shell() && !command.has_flag(&["-c"])
        || command.is_any(&["source", ".", "make", "ansible-playbook"])
}

/// Whether it may install programs that it does not name: unseen code, an archive, a package file, or packages that a
/// variable lists.
pub fn may_install_anything(command: &Command) -> bool {
    const BRINGS: Class = Class::ARCHIVER.or(Class::BUILD_DRIVER).or(Class::TASK_RUNNER);
    let unnamed = || command.args.iter().any(|arg| arg.is_dynamic() || arg.raw.starts_with(['.', '/']));
    runs_unseen_code(command)
        || command.class().is(BRINGS)
        || command.is_any(&["dpkg", "xargs"])
        || installs(command).is_some() && unnamed()
}

/// Whether it may create a source file of any name.
pub fn may_create_any_file(command: &Command) -> bool {
    let installs_only = || {
        let verb = command.operands().next();
        command.is_any(&["npm", "yarn", "pnpm"])
            && verb.is_none_or(|arg| ["ci", "install", "i", "cache"].iter().any(|it| arg.is(it)))
    };
    command.effects().creates_files && !command.is_any(&["pip", "pip3"]) && !installs_only()
}
