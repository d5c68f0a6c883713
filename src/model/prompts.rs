//! Package managers that would ask whether to go on, where nobody can answer.

use super::{Model, Step};
use crate::commands::packages::{Manager, asks};
use crate::shell::Command;
use crate::text::Span;

/// A command that asks.
#[derive(Clone, Copy)]
pub struct Asking<'m, 'a> {
    pub step: &'m Step<'a>,
    pub command: &'m Command,
    /// The subcommand: `install`.
    pub verb: Span,
}

impl<'a> Model<'a> {
    /// The commands of this manager that install, upgrade or remove, and would ask first. Empty if the file sets the
    /// answer once for all.
    pub fn asking(&self, manager: Manager) -> Vec<Asking<'_, 'a>> {
        let signs: &[&str] = match manager {
            Manager::Apt => &["Assume-Yes", "assume-yes \"", "APT_CONFIG", "apt.conf /", "apt.conf.d/ /"],
            Manager::Dnf | Manager::Yum => &["assumeyes=", "assumeyes =", "dnf.conf /", "yum.conf /"],
            _ => &[],
        };
        // One look at the whole file, not one a command: it may be long.
        let text = self.source.text();
        if signs.iter().any(|sign| text.contains(sign)) {
            return Vec::new();
        }
        let commands = self.runs().flat_map(|(step, script)| script.commands.iter().map(move |it| (step, it)));
        let asking = commands.filter_map(|(step, command)| {
            let (_, verb) = asks(command).filter(|found| found.0 == manager)?;
            let answered = command.place.pipe_index > 0 || command.redirects.iter().any(|it| it.operator.contains('<'));
            (!answered && !step.may_pass_yes(command)).then_some(Asking { step, command, verb })
        });
        asking.collect()
    }
}

impl Step<'_> {
    /// A variable that holds, or may hold, the flag: `$APT_OPTS`. What `$PACKAGES` holds, if unknown, is no flag.
    fn may_pass_yes(&self, command: &Command) -> bool {
        let signs = ["opt", "flag", "arg", "yes", "cmd", "quiet", "param"];
        command.args.iter().filter(|arg| arg.is_dynamic() && arg.raw.starts_with(['$', '"', '`'])).any(|arg| match self
            .value_of(command, &arg.raw)
        {
            Some(value) => value.split_whitespace().any(|word| word.starts_with('-') && word.contains(['y', 'n'])),
            None => {
                let name = arg.raw.to_ascii_lowercase();
                signs.iter().any(|sign| name.contains(sign)) || matches!(&*name, "\"$@\"" | "$@" | "$*")
            }
        })
    }
}
