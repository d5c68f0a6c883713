//! Commands that make `/bin/sh` another shell.

use crate::shell::{Arg, Command, Dialect};

/// The shell that `/bin/sh` becomes by this command.
pub fn new_system_shell(command: &Command) -> Option<&Arg> {
    if command.is_behind("chroot") || !command.is_any(&["ln", "cp", "mv", "update-alternatives"]) {
        return None;
    }
    let is_sh = |arg: &Arg| matches!(arg.lexeme(), "/bin/sh" | "/usr/bin/sh");
    let operands: Vec<_> = command.operands().collect();
    let shell = match (command.name.as_str(), operands.as_slice()) {
        // `--install LINK NAME PATH PRIORITY`
        ("update-alternatives", [link, _, path, ..]) if command.has_flag(&["--install"]) && is_sh(link) => *path,
        ("update-alternatives", _) => return None,
        (_, [from, to]) if is_sh(to) => *from,
        _ => return None,
    };
    matches!(Dialect::from_name(shell.lexeme()), Dialect::Bash | Dialect::Zsh | Dialect::Ksh).then_some(shell)
}
