//! One file per subcommand: they print, and say how the run ended. What they do is done elsewhere.
//!
//! `args` is what clap reads, `options` the plain values that it is turned into once.

mod args;
mod build;
mod check;
mod config;
mod debug_fix;
mod debug_parse;
mod debug_shell;
mod engines;
mod format;
mod grade;
mod hadolint;
mod init;
mod inputs;
mod linter;
mod options;
mod output;
mod overrides;
mod pin;
mod progress;
mod read;
mod repository;
mod rule;
mod save;
mod server;
mod terminal;
mod verify;
mod weigh;

use std::ffi::OsString;
use std::io::{self, Write};
use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches};

use crate::command::args::{Cli, Command, invocation};
use crate::command::options::ColorChoice;
use crate::report::write_problems;
use crate::text::Problem;
use terminal::Terminal;

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    /// Nothing at or above `--fail-on`, or `--exit-zero`.
    Clean = 0,
    /// Findings at or above `--fail-on`, or a difference with `--diff`. A Dockerfile that does not parse is a finding.
    Findings = 1,
    /// Bad usage or configuration, or a file that cannot be read or written.
    Failed = 2,
    /// No files to check.
    Nothing = 3,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(exit as u8)
    }
}

/// Why a command stopped.
enum Stop {
    /// Printed on standard error.
    Problems(Vec<Problem>),
    /// The reader of our output went away, or the disk is full.
    Output(io::Error),
}

impl From<Problem> for Stop {
    fn from(problem: Problem) -> Self {
        Stop::Problems(vec![problem])
    }
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Stop::Output(error)
    }
}

/// Runs the program with these arguments, the first of which is its name.
pub fn run(args: impl IntoIterator<Item = OsString>) -> Exit {
    let args: Vec<OsString> = args.into_iter().collect();
    if args.get(1).is_some_and(|arg| arg == "hadolint") {
        return hadolint::run(args.into_iter().skip(1));
    }
    if let Some((name, ours)) = invocation::hint(&args) {
        let problem = Problem::error(format!("unknown command `{name}`")).help(format!("use `{ours}`"));
        let _ = write_problems(&[problem], &mut io::stderr().lock(), false);
        return Exit::Failed;
    }
    let args = invocation::with_default_command(args);
    let color = match terminal::color_of_help(&args) {
        ColorChoice::Auto => clap::ColorChoice::Auto,
        ColorChoice::Always => clap::ColorChoice::Always,
        ColorChoice::Never => clap::ColorChoice::Never,
    };
    let command = Cli::command().color(color);
    let parsed = command.try_get_matches_from(args).and_then(|matches| Cli::from_arg_matches(&matches));
    let cli = match parsed {
        Ok(cli) => cli,
        Err(error) => {
            let _ = error.print();
            return if error.use_stderr() { Exit::Failed } else { Exit::Clean };
        }
    };
    let is_named = cli.global.names_configuration();
    let global = cli.global.options();
    let terminal = Terminal::new(&global);
    if is_named
        && !cli.command.reads_configuration()
        && let Err(stop) = overrides::check_configuration(&global)
    {
        return stop.tell(&terminal);
    }
    let stopped = match cli.command {
        Command::Check(args) => {
            args.options().map_err(Stop::from).and_then(|options| check::run(&options, &global, &terminal))
        }
        Command::Format(args) => format::run(&args.options(), &global, &terminal),
        Command::Verify(args) => {
            args.options().map_err(Stop::from).and_then(|options| verify::run(&options, &global, &terminal))
        }
        Command::Weigh(args) => weigh::run(&args.options(), &global, &terminal),
        Command::Pin(args) => pin::run(&args.options(), &global, &terminal),
        Command::Engines(engines) => engines::run(&engines),
        Command::Grade(args) => grade::run(&args.options(), &global, &terminal),
        Command::Hadolint { args } => Ok(hadolint::run(std::iter::once("hadolint".into()).chain(args))),
        Command::Server => server::run(&global),
        #[cfg(feature = "mcp")]
        Command::Mcp => server::mcp(),
        Command::Rule(rule) => rule::run(&rule, &terminal),
        Command::Config(config) => config::run(&config),
        Command::Init(init) => init::run(&init, &terminal),
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "plimsoll", &mut script);
            print(&script)
        }
        Command::Man => {
            let mut page = Vec::new();
            let rendered = clap_mangen::Man::new(Cli::command()).render(&mut page);
            rendered.map_err(Stop::from).and_then(|()| print(&page))
        }
        Command::DebugParse { files } => debug_parse::run(&files),
        Command::DebugShell { files } => debug_shell::run(&files),
        Command::DebugGradeWorker(args) => grade::run(&args.options(), &global, &terminal),
        Command::DebugFix(args) => {
            args.options().map_err(Stop::from).and_then(|options| debug_fix::run(&options, &global))
        }
    };
    stopped.unwrap_or_else(|stop| stop.tell(&terminal))
}

fn print(text: &[u8]) -> Result<Exit, Stop> {
    let mut out = io::stdout().lock();
    out.write_all(text)?;
    out.flush()?;
    Ok(Exit::Clean)
}

impl Stop {
    fn tell(self, terminal: &Terminal) -> Exit {
        let problems = match self {
            Stop::Problems(problems) => problems,
            // `plimsoll … | head`: the reader has seen enough.
            Stop::Output(error) if error.kind() == io::ErrorKind::BrokenPipe => return Exit::Clean,
            Stop::Output(error) => vec![Problem::error(format!("cannot write the output: {error}"))],
        };
        let _ = write_problems(&problems, &mut io::stderr().lock(), terminal.color_err);
        Exit::Failed
    }
}
