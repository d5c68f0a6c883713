//! Packages of R.

use crate::knowledge::command_lines::{LITTLER_INSTALL_OR_FAIL, LITTLER_INSTALLS, R_CHECKS, R_INSTALLS};
use crate::shell::Command;

/// Whether a command runs R code from its arguments.
fn runs_code(command: &Command) -> bool {
    command.is_any(&["R", "Rscript", "r"]) && command.has_arg("-e")
}

/// The function or program with which a command installs packages and succeeds even if it cannot.
pub fn installs_unnoticed(command: &Command) -> Option<&str> {
    if command.is_any(LITTLER_INSTALLS) {
        let fails = command.is(LITTLER_INSTALL_OR_FAIL) && command.has_flag(&["-e", "--error", "-h", "--help"]);
        return (!fails && command.operands().next().is_some()).then_some(&command.name);
    }
    let code = command.args.iter().filter(|_| runs_code(command));
    let mut calls = code.filter_map(|arg| R_INSTALLS.iter().find(|call| arg.raw.contains(**call)));
    calls.next().map(|call| call.trim_end_matches('('))
}

/// Whether a command fails if packages of R are missing.
pub fn checks_packages(command: &Command) -> bool {
    runs_code(command) && command.args.iter().any(|arg| R_CHECKS.iter().any(|call| arg.raw.contains(call)))
}
