//! The command line: what clap reads, one file per command, turned into plain options once.

mod check;
pub(super) mod config;
pub(super) mod engines;
mod environment;
mod format;
pub(super) mod grade;
pub(super) mod init;
pub(super) mod invocation;
mod pin;
pub(super) mod rule;
mod run;
mod selection;
mod values;
mod verify;
mod weigh;

use std::path::PathBuf;
use std::sync::LazyLock;

use clap::builder::styling::{AnsiColor, Styles};
use clap::{Args, Parser, Subcommand, ValueHint};

use crate::command::args::values::one_of;
use crate::command::options::{ColorChoice, GlobalOptions};
use crate::config::Lookup;
use crate::knowledge;

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Green.on_default().bold())
    .usage(AnsiColor::Green.on_default().bold())
    .literal(AnsiColor::Cyan.on_default())
    .placeholder(AnsiColor::Cyan.on_default());

const EXIT_CODES: &str = "\
Exit codes:
  0  no findings at or above --fail-on
  1  findings at or above --fail-on, or a difference with --diff
  2  error: bad usage, bad configuration, or an unreadable or unwritable file
  3  no files to check";

/// The version, and the date of the tables of images and packages, on which findings depend as much.
fn version() -> &'static str {
    static VERSION: LazyLock<String> =
        LazyLock::new(|| format!("{} (image and package data of {})", env!("CARGO_PKG_VERSION"), knowledge::DATE));
    VERSION.as_str()
}

/// Lint Dockerfiles, explain the findings, and fix them
///
/// `plimsoll PATH` is short for `plimsoll check PATH`.
#[derive(Debug, Parser)]
#[command(name = "plimsoll", version = version(), styles = STYLES, after_help = EXIT_CODES)]
#[command(arg_required_else_help = true, subcommand_required = true, disable_help_subcommand = true)]
pub(super) struct Cli {
    #[command(flatten)]
    pub(super) global: GlobalArgs,
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Global options")]
pub(super) struct GlobalArgs {
    /// When to use color: auto, always, or never
    ///
    /// `auto` respects NO_COLOR, CLICOLOR_FORCE, and FORCE_COLOR.
    #[arg(
        long, global = true, value_name = "WHEN", default_value = "auto",
        value_parser = one_of::<ColorChoice>(), hide_possible_values = true
    )]
    color: ColorChoice,
    /// Use this configuration file instead of the nearest plimsoll.toml
    #[arg(long, global = true, value_name = "FILE", value_hint = ValueHint::FilePath, conflicts_with = "isolated")]
    config: Option<PathBuf>,
    /// Ignore all configuration files
    #[arg(long, global = true)]
    isolated: bool,
    /// Print findings only (no summary, no warnings)
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    quiet: bool,
    /// Print the configuration in use and list skipped files
    #[arg(short, long, global = true)]
    verbose: bool,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Check Dockerfiles (default command)
    Check(Box<check::CheckArgs>),
    /// Format Dockerfiles
    Format(format::FormatArgs),
    /// Build and run the image before and after fixing, and compare the two
    Verify(Box<verify::VerifyArgs>),
    /// Show how many bytes each Dockerfile line adds to an image
    Weigh(Box<weigh::WeighArgs>),
    /// Pin base images to digests, or packages to versions
    Pin(pin::PinArgs),
    /// List the container engines on this machine and what each one supports
    Engines(engines::EnginesArgs),
    /// Grade submissions against a rubric
    Grade(Box<grade::GradeArgs>),
    /// Run the language server on standard input and output
    Server,
    /// Run the Model Context Protocol server for coding agents on standard input and output
    #[cfg(feature = "mcp")]
    Mcp,
    /// Explain a rule, or list all rules
    Rule(rule::RuleArgs),
    /// Explain the keys of plimsoll.toml
    Config(config::ConfigArgs),
    /// Check Dockerfiles with hadolint's options, findings, and reports
    Hadolint {
        #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "ARG")]
        args: Vec<std::ffi::OsString>,
    },
    /// Create a commented plimsoll.toml
    Init(init::InitArgs),
    /// Print shell completions
    Completions { shell: clap_complete::Shell },
    /// Print the manual page
    Man,
    /// Print where instructions begin and end
    #[command(hide = true)]
    DebugParse {
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
    },
    /// Print the shell scripts of files
    #[command(hide = true)]
    DebugShell {
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
    },
    /// Print the rounds of fixes
    #[command(hide = true)]
    DebugFix(Box<check::CheckArgs>),
    /// Analyse submissions for a run of `grade`
    #[command(hide = true)]
    DebugGradeWorker(grade::GradeWorkerArgs),
}

impl Command {
    /// Whether it needs the configuration, and tells what is wrong with it.
    pub(super) fn reads_configuration(&self) -> bool {
        !matches!(
            self,
            Self::Completions { .. }
                | Self::Config(_)
                | Self::Engines(_)
                | Self::Grade(_)
                | Self::Init(_)
                | Self::Man
                | Self::Rule(_)
        )
    }
}

impl GlobalArgs {
    /// Whether the command line has a configuration file.
    pub(super) fn names_configuration(&self) -> bool {
        self.config.is_some()
    }

    pub(super) fn options(self) -> GlobalOptions {
        let lookup = match self.config {
            Some(path) => Lookup::File(path),
            None if self.isolated => Lookup::Isolated,
            None => environment::path("PLIMSOLL_CONFIG").map_or(Lookup::Nearest, Lookup::File),
        };
        GlobalOptions { color: self.color, lookup, quiet: self.quiet, verbose: self.verbose }
    }
}
