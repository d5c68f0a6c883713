//! One file a subcommand: what the command line asked for → the exit code.

mod check;
mod rule;

use std::process::{ExitCode, Termination};

use crate::cli::{Cli, Color, Command};

/// What the process says by its exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Nothing at or above `--fail-on`.
    Clean = 0,
    /// Findings.
    Findings = 1,
    /// Could not do the job: a bad argument, an unreadable file.
    Failed = 2,
    /// There was nothing to check.
    Nothing = 3,
}

impl Termination for Exit {
    fn report(self) -> ExitCode {
        ExitCode::from(self as u8)
    }
}

/// Does what the command line asks.
pub fn run(cli: &Cli) -> Exit {
    match &cli.command {
        Command::Check(options) => check::run(options, cli.color),
        Command::Rule { name } => rule::run(name.as_deref()),
    }
}

/// Says on standard error what went wrong.
#[expect(clippy::print_stderr, reason = "the one place that commands speak to people by")]
fn complain(message: &str) {
    eprintln!("plimsoll: {}", crate::report::escape::visible(message));
}

fn use_color(color: Color) -> bool {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty() && value != "0");
    match color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto if set("NO_COLOR") => false,
        Color::Auto if set("CLICOLOR_FORCE") || set("FORCE_COLOR") => true,
        Color::Auto => {
            use std::io::IsTerminal;
            std::io::stdout().is_terminal() && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
        }
    }
}
