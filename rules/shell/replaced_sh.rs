//! Finds commands that replace `/bin/sh` with another shell.

use crate::commands::system_shell::new_system_shell;
use crate::finding::prelude::*;

pub const RULE: Rule =
    Rule::new(Level::Warn, "0.1.0", &[Check::OnCommand(&["ln", "cp", "mv", "update-alternatives"], check)])
        .fix(Fixable::Sometimes)
        .aka(&["DL4005"]);

fn check(command: &Command, step: &Step<'_>, cx: &Cx<'_>) {
    let Some(shell) = new_system_shell(command) else { return };
    let name = shell.lexeme();
    let path = if name.starts_with('/') { name.to_owned() } else { format!("/bin/{name}") };
    let wanted = format!("SHELL [\"{path}\", \"-c\"]");
    let fix = replaces_alone(step).then(|| Edit::replace(step.instruction.span, wanted.clone()));
    // Where no later step uses the shell, the link is meant for the programs of the image, which SHELL does not reach.
    let safety = if cx.model.after(step).any(|later| uses_shell(later)) { Safety::Unsafe } else { Safety::Display };
    let fix = fix.and_then(|edit| Fix::new(safety, format!("use `{wanted}`"), [edit]));
    let message = format!("`/bin/sh` is replaced with `{}` for every script in the image", shell.lexeme());
    cx.report(command.span, message).help(format!("set the shell for later steps with `{wanted}`")).fix(fix);
}

/// Whether a shell runs the instruction.
fn uses_shell(step: &Step<'_>) -> bool {
    matches!(
        step.keyword(),
        Keyword::Run | Keyword::Cmd | Keyword::Entrypoint | Keyword::Healthcheck | Keyword::Onbuild
    ) && !step.is_exec_form()
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
