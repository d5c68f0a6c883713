//! The command line: what can be typed, no logic.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};

use crate::diagnostic::Level;

/// Says what is wrong with Dockerfiles, and teaches why.
#[derive(Debug, Parser)]
#[command(name = "plimsoll", version, propagate_version = true, arg_required_else_help = true)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
    /// When to colour the output.
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto)]
    pub color: Color,
}

impl Cli {
    /// Reads the command line; without a subcommand the arguments are those of `check`. Exits on a
    /// mistake, and for `--help`.
    pub fn read(args: impl IntoIterator<Item = OsString>) -> Self {
        let mut args: Vec<OsString> = args.into_iter().collect();
        let is_command =
            |arg: &str| arg == "help" || Self::command().get_subcommands().any(|command| command.get_name() == arg);
        let is_general = |arg: &str| matches!(arg, "-h" | "--help" | "-V" | "--version");
        if let Some(first) = args.get(1).map(|arg| arg.to_string_lossy().into_owned())
            && !is_command(&first)
            && !is_general(&first)
        {
            args.insert(1, "check".into());
        }
        Self::parse_from(args)
    }
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Check Dockerfiles; what `plimsoll PATH` does too.
    Check(Check),
    /// Print the page of a rule, or list all rules.
    Rule {
        /// A rule's name, or the code that another tool has for it.
        name: Option<String>,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Color {
    Auto,
    Always,
    Never,
}

#[derive(Args, Debug)]
pub struct Check {
    /// Files, folders to search, or `-` for standard input.
    #[arg(default_value = ".")]
    pub paths: Vec<PathBuf>,
    /// Only these rules: names, practices, or codes of other tools.
    #[arg(long, value_delimiter = ',', value_name = "RULE")]
    pub select: Vec<String>,
    /// These rules as well.
    #[arg(long, value_delimiter = ',', value_name = "RULE")]
    pub extend_select: Vec<String>,
    /// Not these rules.
    #[arg(long, value_delimiter = ',', value_name = "RULE")]
    pub ignore: Vec<String>,
    /// How to report, and where to: FORMAT or FORMAT=FILE. May be given several times.
    #[arg(long, value_name = "FORMAT[=FILE]")]
    pub format: Vec<String>,
    /// The lowest level that makes the exit code 1.
    #[arg(long, value_enum, default_value_t = Level::Warn, value_name = "LEVEL")]
    pub fail_on: Level,
    /// Exit with 0 although there are findings.
    #[arg(long)]
    pub exit_zero: bool,
    /// Count findings by rule instead of listing them.
    #[arg(long)]
    pub statistics: bool,
    /// A value for an ARG, as `docker build --build-arg` takes it.
    #[arg(long, value_name = "NAME=VALUE")]
    pub build_arg: Vec<String>,
    /// The build context of the files, if it is not the folder they are in.
    #[arg(long, value_name = "DIR")]
    pub context: Option<PathBuf>,
    /// What to call standard input in reports.
    #[arg(long, value_name = "PATH", default_value = "-")]
    pub stdin_filename: String,
    /// Do not heed ignore comments.
    #[arg(long)]
    pub no_inline_ignore: bool,
}
