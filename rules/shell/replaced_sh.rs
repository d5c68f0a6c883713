//! Finds commands that replace `/bin/sh` with another shell.

use crate::finding::prelude::*;
use crate::shell::Dialect;

pub const RULE: Rule =
    Rule::new(Level::Warn, "0.1.0", &[Check::OnCommand(&["ln", "cp", "mv", "update-alternatives"], check)])
        .fix(Fixable::Sometimes)
        .aka(&["DL4005"]);

fn check(command: &Command, step: &Step<'_>, cx: &Cx<'_>) {
    if command.is_behind("chroot") {
        return;
    }
    let is_sh = |text: &str| matches!(text, "/bin/sh" | "/usr/bin/sh");
    let operands: Vec<_> = command.operands().collect();
    let shell = match (command.name.as_str(), operands.as_slice()) {
        // `--install LINK NAME PATH PRIORITY`
        ("update-alternatives", [link, _, path, ..]) if command.has_flag(&["--install"]) && is_sh(link.lexeme()) => {
            path
        }
        ("update-alternatives", _) => return,
        (_, [from, to]) if is_sh(to.lexeme()) => from,
        _ => return,
    };
    let name = shell.lexeme();
    if !matches!(Dialect::from_name(name), Dialect::Bash | Dialect::Zsh | Dialect::Ksh) {
        return;
    }
    let path = if name.starts_with('/') { name.to_owned() } else { format!("/bin/{name}") };
    let wanted = format!("SHELL [\"{path}\", \"-c\"]");
    let fix = replaces_alone(step).then(|| Edit::replace(step.instruction.span, wanted.clone()));
    let fix = fix.and_then(|edit| Fix::new(Safety::Unsafe, format!("use `{wanted}`"), [edit]));
    let message = format!("`/bin/sh` is replaced with `{}` for every script in the image", shell.lexeme());
    cx.report(command.span, message).help(format!("set the shell for later steps with `{wanted}`")).fix(fix);
}

/// Whether the RUN does nothing else.
fn replaces_alone(step: &Step<'_>) -> bool {
    let Some(script) = step.script.as_ref().filter(|script| script.clean && step.instruction.flags.is_empty()) else {
        return false;
    };
    let is_sh = |command: &Command| command.operands().all(|arg| matches!(arg.lexeme(), "/bin/sh" | "/usr/bin/sh"));
    let aside = |command: &Command| command.is("ln") || (command.is_any(&["rm", "unlink"]) && is_sh(command));
    script.commands.iter().all(aside) && script.named("ln").count() == 1
}
