//! The command line: types only.

pub mod grade;

use std::path::PathBuf;
use std::str::FromStr;

use clap::builder::styling::{AnsiColor, Styles};
use clap::{Args, Parser, Subcommand, ValueEnum, ValueHint};

use crate::engine::{Kind, Pull};
use crate::finding::Level;
use crate::lint::profile::Profile;
use crate::report::Format;
use crate::shellcheck::Engine;
use crate::text::units::{Size, Time};
use crate::verify::http::Probe;

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Green.on_default().bold())
    .usage(AnsiColor::Green.on_default().bold())
    .literal(AnsiColor::Cyan.on_default())
    .placeholder(AnsiColor::Cyan.on_default());

const EXIT_CODES: &str = "\
Exit codes:
  0  no finding at or above --fail-on
  1  findings at or above --fail-on, or a difference by --diff
  2  could not do the job: usage, configuration, a file that cannot be read or written
  3  nothing to check";

/// Says what is wrong with Dockerfiles, and why
///
/// `plimsoll PATH` is short for `plimsoll check PATH`.
#[derive(Debug, Parser)]
#[command(name = "plimsoll", version, styles = STYLES, after_help = EXIT_CODES)]
#[command(arg_required_else_help = true, subcommand_required = true, disable_help_subcommand = true)]
pub struct Cli {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Global options")]
pub struct Global {
    /// When to use colour; NO_COLOR, CLICOLOR_FORCE and FORCE_COLOR are heeded
    #[arg(long, global = true, value_enum, value_name = "WHEN", default_value = "auto", hide_possible_values = true)]
    pub color: Color,
    /// Use this configuration file instead of the nearest plimsoll.toml
    #[arg(long, global = true, value_name = "FILE", value_hint = ValueHint::FilePath, conflicts_with = "isolated")]
    pub config: Option<PathBuf>,
    /// Read no configuration file
    #[arg(long, global = true)]
    pub isolated: bool,
    /// Print results only: no summary, no warnings about the run
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Say which configuration is used and what is left out
    #[arg(short, long, global = true)]
    pub verbose: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal
    #[default]
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Check Dockerfiles (the default command)
    Check(Box<Check>),
    /// Prove repairs: build and run the image as it is and as repaired, and compare
    Verify(Box<Verify>),
    /// Replace tags of base images by the digests that they have now
    Pin(Pin),
    /// Tell which container engines are here, and what each can do
    Engines(Engines),
    /// Grade submissions by a rubric
    Grade(Box<grade::Grade>),
    /// Explain a rule, or list all of them
    Rule(Rule),
    /// Explain the keys of plimsoll.toml
    Config(Config),
    /// Write a plimsoll.toml that explains itself
    Init(Init),
    /// Print completions for a shell
    #[command(hide = true)]
    Completions { shell: clap_complete::Shell },
    /// Print the manual page
    #[command(hide = true)]
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
    DebugFix(Box<Check>),
}

#[derive(Debug, Default, Args)]
#[command(after_help = EXIT_CODES)]
pub struct Check {
    /// Files and folders to check; `-` is standard input
    #[arg(value_name = "PATH", default_value = ".", value_hint = ValueHint::AnyPath)]
    pub paths: Vec<PathBuf>,
    #[command(flatten)]
    pub selection: Selection,
    #[command(flatten)]
    pub fixes: Fixes,
    #[command(flatten)]
    pub files: Files,
    #[command(flatten)]
    pub output: Output,
    #[command(flatten)]
    pub proof: Proof,
}

#[derive(Debug, Args)]
#[command(after_help = VERIFY_EXIT_CODES)]
pub struct Verify {
    /// Files and folders with Dockerfiles to prove the repairs of
    #[arg(value_name = "PATH", default_value = ".", value_hint = ValueHint::AnyPath)]
    pub paths: Vec<PathBuf>,
    /// Arguments for the container, in place of CMD
    #[arg(last = true, value_name = "CMD")]
    pub command: Vec<String>,
    /// Apply unsafe fixes too, which may change what the image does: this is how to find out
    #[arg(long)]
    pub unsafe_fixes: bool,
    #[arg(
        long,
        value_enum,
        value_name = "FORMAT",
        default_value = "text",
        hide_possible_values = true,
        help = "The report's format: text, json or markdown"
    )]
    pub format: ProofFormat,
    #[command(flatten)]
    pub proof: Proof,
    #[command(flatten)]
    pub selection: Selection,
}

const VERIFY_EXIT_CODES: &str = "\
Exit codes:
  0  the image as repaired does what the image as it is did, and what is expected
  1  it does not, a fix had to be left out, or the file does not build
  2  could not do the job: no engine, a base image that is not to be had, usage, configuration
  3  there is no Dockerfile";

/// How images are built and run, and what is expected of them.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Proof, by an engine")]
pub struct Proof {
    /// What builds and runs: docker, docker-legacy, podman, buildah, nerdctl, or auto for the first that answers
    #[arg(long, value_name = "ENGINE", value_parser = engine)]
    pub engine: Option<EngineChoice>,
    /// What runs, if not the same: also containerd, runc, crun, lxc
    #[arg(long, value_enum, value_name = "ENGINE", hide_possible_values = true)]
    pub run_on: Option<Kind>,
    /// Set a variable in the container; without VALUE it is taken from the environment
    #[arg(long, value_name = "NAME[=VALUE]")]
    pub env: Vec<String>,
    /// Replace ENTRYPOINT
    #[arg(long, value_name = "PROGRAM")]
    pub entrypoint: Option<String>,
    /// The container's standard input
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub stdin: Option<PathBuf>,
    /// The exit code that the container should end with
    #[arg(long, value_name = "CODE")]
    pub expect_exit: Option<i32>,
    /// Text that should be somewhere on its standard output
    #[arg(long, value_name = "TEXT")]
    pub expect_stdout: Option<String>,
    /// Ask by HTTP until the answer is as wanted, such as `:8080/health=200`
    #[arg(long, value_name = ":PORT[/PATH][=STATUS]")]
    pub http: Vec<Probe>,
    /// Wait until this port is open
    #[arg(long, value_name = "PORT")]
    pub port: Option<u16>,
    /// Build only
    #[arg(long)]
    pub build_only: bool,
    /// Fetch base images: missing, never or always [default: missing]
    #[arg(long, value_enum, value_name = "WHEN", hide_possible_values = true)]
    pub pull: Option<Pull>,
    /// Give `RUN` no network
    #[arg(long)]
    pub offline: bool,
    /// Give the container the engine's usual network; else it has none, or one without a way out for --http and --port
    #[arg(long)]
    pub network: bool,
    /// Keep a capability, such as NET_BIND_SERVICE; all others are dropped
    #[arg(long, value_name = "CAP")]
    pub cap_add: Vec<String>,
    /// Let the container write to /tmp only
    #[arg(long)]
    pub read_only: bool,
    /// Build this stage
    #[arg(long, value_name = "STAGE")]
    pub target: Option<String>,
    /// Use this builder of buildx
    #[arg(long, value_name = "NAME")]
    pub builder: Option<String>,
    /// Allow a `# syntax=` that names another frontend than Docker's own, which runs what it likes
    #[arg(long)]
    pub allow_frontend: bool,
    /// Seconds that a build may take [default: 600]
    #[arg(long, value_name = "TIME")]
    pub build_timeout: Option<Time>,
    /// Seconds that the trials of one file may take in all; a fix that has not been tried then is left out [default: 3600]
    #[arg(long, value_name = "TIME")]
    pub timeout: Option<Time>,
    /// Seconds that a container is watched before it is stopped [default: 10]
    #[arg(long, value_name = "TIME")]
    pub run_timeout: Option<Time>,
    /// Seconds that a container has to end after its stop signal [default: 5]
    #[arg(long, value_name = "TIME")]
    pub grace: Option<Time>,
    /// Memory of the container, such as 512m [default: 512m]
    #[arg(long, value_name = "SIZE", value_parser = limit)]
    pub memory: Option<Size>,
    /// Memory of a build [default: 4g]
    #[arg(long, value_name = "SIZE", value_parser = limit)]
    pub build_memory: Option<Size>,
    /// Processors [default: 1 for the container, 2 for a build]
    #[arg(long, value_name = "COUNT")]
    pub cpus: Option<f64>,
    /// Processes in the container [default: 128]
    #[arg(long, value_name = "COUNT")]
    pub pids: Option<u32>,
    /// What the container may write to its files [default: 1g]
    #[arg(long, value_name = "SIZE", value_parser = limit)]
    pub disk: Option<Size>,
    /// The largest build context that is copied [default: 1g]
    #[arg(long, value_name = "SIZE", value_parser = limit)]
    pub max_context: Option<Size>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ProofFormat {
    Text,
    Json,
    Markdown,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EngineChoice {
    Auto,
    One(Kind),
}

pub(crate) fn engine(text: &str) -> Result<EngineChoice, String> {
    if text == "auto" {
        return Ok(EngineChoice::Auto);
    }
    let kind = <Kind as ValueEnum>::from_str(text, true).ok();
    let names = || Kind::all().iter().map(|kind| kind.as_str()).collect::<Vec<_>>().join(", ");
    kind.map(EngineChoice::One).ok_or_else(|| format!("there are auto, {}", names()))
}

/// A size that leaves room for something.
fn limit(text: &str) -> Result<Size, String> {
    let size: Size = text.parse()?;
    if size.0 > 0 { Ok(size) } else { Err("a limit of 0 leaves nothing".to_owned()) }
}

#[derive(Debug, Args)]
pub struct Pin {
    /// Files and folders with the Dockerfiles to pin
    #[arg(value_name = "PATH", default_value = ".", value_hint = ValueHint::AnyPath)]
    pub paths: Vec<PathBuf>,
    /// Write the files; else the change is shown as a diff
    #[arg(long)]
    pub fix: bool,
    /// Ask skopeo, docker or podman; auto takes the first that is there
    #[arg(long, value_name = "ENGINE", default_value = "auto")]
    pub with: String,
    /// Talk HTTP to registries, or HTTPS without looking at certificates
    #[arg(long)]
    pub insecure: bool,
    #[command(flatten)]
    pub selection: Selection,
}

#[derive(Debug, Args)]
pub struct Engines {
    #[arg(long, value_enum, default_value = "text")]
    pub format: TextFormat,
}

/// A RULE is a name, a practice, another tool's code, a glob over these, or `all`.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Rules")]
pub struct Selection {
    /// Run these rules only: names, practices, codes such as DL3006, globs, or `all`
    #[arg(long, value_name = "RULE,…", value_delimiter = ',')]
    pub select: Option<Vec<String>>,
    /// Do not run these rules
    #[arg(long, value_name = "RULE,…", value_delimiter = ',')]
    pub ignore: Vec<String>,
    /// Run these rules too
    #[arg(long, value_name = "RULE,…", value_delimiter = ',')]
    pub extend_select: Vec<String>,
    /// The levels to start from: recommended, course or strict
    #[arg(long, value_enum, value_name = "PROFILE", hide_possible_values = true)]
    pub profile: Option<Profile>,
    /// Run rules that are still being tried out
    #[arg(long, overrides_with = "no_preview")]
    pub preview: bool,
    #[arg(long, hide = true, overrides_with = "preview")]
    pub no_preview: bool,
    /// Give an ARG a value, as `docker build` does; without VALUE it is taken from the environment
    #[arg(long, value_name = "NAME[=VALUE]")]
    pub build_arg: Vec<String>,
    /// Who looks for ShellCheck's findings in scripts: builtin, external or off [default: builtin]
    #[arg(long, value_enum, value_name = "ENGINE", hide_possible_values = true)]
    pub shellcheck: Option<Engine>,
    /// The build context; else the likeliest folder is taken
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub context: Option<PathBuf>,
}

#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Fixes")]
pub struct Fixes {
    /// Apply safe fixes, and report what is left; of standard input, print the fixed text
    #[arg(long, overrides_with = "no_fix")]
    pub fix: bool,
    #[arg(long, hide = true, overrides_with = "fix")]
    pub no_fix: bool,
    /// Apply unsafe fixes too, which may change what the image does
    #[arg(long, overrides_with = "no_unsafe_fixes")]
    pub unsafe_fixes: bool,
    #[arg(long, hide = true, overrides_with = "unsafe_fixes")]
    pub no_unsafe_fixes: bool,
    /// Print what --fix would change, as a diff, and change nothing
    #[arg(long, conflicts_with_all = ["format", "statistics"])]
    pub diff: bool,
    /// Apply fixes, and do not report what is left, nor fail because of it
    #[arg(long, conflicts_with_all = ["format", "statistics"])]
    pub fix_only: bool,
    /// List which rules were fixed how often
    #[arg(long)]
    pub show_fixes: bool,
    /// Keep only fixes, safe and unsafe, with which the image still builds and behaves the same: an engine tries
    #[arg(long, conflicts_with = "unsafe_fixes")]
    pub verify: bool,
}

#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Files")]
pub struct Files {
    /// Leave out files and folders
    #[arg(long, value_name = "GLOB", value_delimiter = ',')]
    pub exclude: Vec<String>,
    /// Leave out excluded files even if they are named
    #[arg(long, overrides_with = "no_force_exclude")]
    pub force_exclude: bool,
    #[arg(long, hide = true, overrides_with = "force_exclude")]
    pub no_force_exclude: bool,
    /// Search files that .gitignore leaves out
    #[arg(long, overrides_with = "gitignore")]
    pub no_ignore: bool,
    #[arg(long, hide = true, overrides_with = "no_ignore")]
    pub gitignore: bool,
    /// Report what ignore comments cover
    #[arg(long, overrides_with = "inline_ignore")]
    pub no_inline_ignore: bool,
    #[arg(long, hide = true, overrides_with = "no_inline_ignore")]
    pub inline_ignore: bool,
    /// The name of what comes from standard input
    #[arg(long, value_name = "PATH", value_hint = ValueHint::FilePath)]
    pub stdin_filename: Option<PathBuf>,
    /// Print which files would be checked, and check none
    #[arg(long)]
    pub show_files: bool,
    /// Print the settings that files are checked with, and check none
    #[arg(long, conflicts_with = "show_files")]
    pub show_settings: bool,
}

#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Output")]
pub struct Output {
    /// The report's format, and a file to write it to; may be given several times
    ///
    /// Without one: `full` on a terminal, else `concise` (and annotations where GITHUB_ACTIONS=true).
    #[arg(long, value_name = "FORMAT[=FILE]", long_help = FORMAT_HELP)]
    pub format: Vec<FormatTo>,
    /// The level from which on findings fail the run: note, warn or error [default: warn]
    #[arg(long, value_name = "LEVEL", value_parser = level)]
    pub fail_on: Option<Level>,
    /// Leave out the findings that are in this file, as `--write-baseline` wrote it
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, conflicts_with = "write_baseline")]
    pub baseline: Option<PathBuf>,
    /// Write all findings to this file, and let none fail the run
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub write_baseline: Option<PathBuf>,
    /// Let no finding fail the run
    #[arg(long, overrides_with = "no_exit_zero")]
    pub exit_zero: bool,
    #[arg(long, hide = true, overrides_with = "exit_zero")]
    pub no_exit_zero: bool,
    /// Count findings by rule instead of printing each
    #[arg(long, overrides_with = "no_statistics")]
    pub statistics: bool,
    #[arg(long, hide = true, overrides_with = "statistics")]
    pub no_statistics: bool,
}

const FORMAT_HELP: &str = "\
The report's format, and a file to write it to; may be given several times

Formats: full, concise, json, jsonl, sarif, github, gitlab, junit, checkstyle, rdjson, markdown. Unless a format is given for standard output, it gets `full` if it is a terminal, else `concise` (and annotations with \
GITHUB_ACTIONS=true).";

/// `sarif=out.sarif`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormatTo {
    pub format: Format,
    /// `None` is standard output.
    pub file: Option<PathBuf>,
}

impl FromStr for FormatTo {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (format, file) = format_to(text)?;
        let names = Format::value_variants().iter().map(|format| format.as_str()).collect::<Vec<_>>().join(", ");
        let format =
            <Format as FromStr>::from_str(format).map_err(|_| format!("there is no such format; there are {names}"))?;
        Ok(Self { format, file })
    }
}

/// `FORMAT` or `FORMAT=FILE`.
fn format_to(text: &str) -> Result<(&str, Option<PathBuf>), String> {
    match text.split_once('=') {
        Some((_, "")) => Err("the file's name is missing behind `=`".to_owned()),
        Some((format, file)) => Ok((format, Some(PathBuf::from(file)))),
        None => Ok((text, None)),
    }
}

/// `off` would let findings that do not exist fail a run.
fn level(text: &str) -> Result<Level, String> {
    let level = <Level as ValueEnum>::from_str(text, false).ok().filter(|level| *level > Level::Off);
    level.ok_or_else(|| "a level is `note`, `warn` or `error`".to_owned())
}

#[derive(Debug, Args)]
pub struct Rule {
    /// A rule, a practice, or another tool's code
    pub name: Option<String>,
    #[arg(long, value_enum, default_value = "text")]
    pub format: TextFormat,
}

#[derive(Debug, Args)]
pub struct Init {
    /// Write what .hadolint.yaml here, or FILE, says instead
    #[arg(long, value_name = "FILE", num_args = 0..=1, value_hint = ValueHint::FilePath)]
    pub from_hadolint: Option<Option<PathBuf>>,
}

#[derive(Debug, Args)]
pub struct Config {
    pub key: Option<String>,
    #[arg(long, value_enum, default_value = "text")]
    pub format: TextFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum TextFormat {
    Text,
    Json,
}
