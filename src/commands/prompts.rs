//! Prompts for confirmation, which a build cannot answer.

use super::packages::Manager;
use crate::shell::Command;

/// Whether a Dockerfile may configure the answer of a package manager once and for all.
pub fn may_answer_all(dockerfile: &str, manager: Manager) -> bool {
    let signs: &[&str] = match manager {
        Manager::Apt => &["Assume-Yes", "assume-yes \"", "APT_CONFIG", "apt.conf /", "apt.conf.d/ /"],
        Manager::Dnf | Manager::Yum => &["assumeyes=", "assumeyes =", "dnf.conf /", "yum.conf /"],
        _ => &[],
    };
    signs.iter().any(|sign| dockerfile.contains(sign))
}

/// Whether its standard input is a pipe, a file or a heredoc, which may hold the answer.
pub fn is_fed(command: &Command) -> bool {
    command.place.pipe_index > 0 || command.redirects.iter().any(|redirect| redirect.operator.contains('<'))
}

/// Whether a variable among the arguments holds, or may hold, the flag: `$APT_OPTS`. `value_of` gives the value of a
/// word that is one variable. An unknown `$PACKAGES` is assumed to hold no flag.
pub fn may_pass_yes(command: &Command, value_of: impl Fn(&str) -> Option<String>) -> bool {
    let signs = ["opt", "flag", "arg", "yes", "cmd", "quiet", "param"];
    let mut dynamic = command.args.iter().filter(|arg| arg.is_dynamic() && arg.raw.starts_with(['$', '"', '`']));
    dynamic.any(|arg| match value_of(&arg.raw) {
        Some(value) => value.split_whitespace().any(|word| word.starts_with('-') && word.contains(['y', 'n'])),
        None => {
            let name = arg.raw.to_ascii_lowercase();
            signs.iter().any(|sign| name.contains(sign)) || matches!(&*name, "\"$@\"" | "$@" | "$*")
        }
    })
}
