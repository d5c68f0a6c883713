//! Commands whose effects a file does not show.

use super::packages::installs;
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
    let unnamed = || command.args.iter().any(|arg| arg.is_dynamic() || arg.raw.starts_with(['.', '/']));
    runs_unseen_code(command)
        || command.is_any(&["tar", "unzip", "dpkg", "xargs"])
        || installs(command).is_some() && unnamed()
}

/// Commands that create no files besides their own.
const NO_SOURCE_FILES: [&str; 20] = [
    "apt-get", "apt", "apk", "pip", "pip3", "mkdir", "chmod", "chown", "adduser", "addgroup", "useradd", "groupadd",
    "rm", "cd", "set", "true", "update-ca-certificates", "dnf", "yum", "export",
];

/// Whether it may create a source file of any name.
pub fn may_create_any_file(command: &Command) -> bool {
    let installs_only = || {
        let verb = command.operands().next();
        command.is_any(&["npm", "yarn", "pnpm"])
            && verb.is_none_or(|arg| ["ci", "install", "i", "cache"].iter().any(|it| arg.is(it)))
    };
    !NO_SOURCE_FILES.contains(&command.name.as_str()) && !installs_only()
}
