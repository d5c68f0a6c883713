//! The command line: what clap reads, turned into plain options once.

pub(super) mod grade;
pub(super) mod invocation;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::LazyLock;

use clap::builder::styling::{AnsiColor, Styles};
use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueHint};

use crate::command::options::{
    CheckOptions, ColorChoice, FileOptions, FixMode, FixOptions, FormatTo, GlobalOptions, LintOptions, Listing,
    PinOptions, TextFormat, VerifyFormat, VerifyOptions,
};
use crate::config::Lookup;
use crate::engine::registry::RegistryClient;
use crate::engine::{EngineChoice, Kind, Pull};
use crate::finding::{Level, Safety};
use crate::knowledge;
use crate::lint::profile::Profile;
use crate::shellcheck::Backend;
use crate::text::units::{Size, Time};
use crate::text::{Problem, Variants};
use crate::verify::RunSpec;
use crate::verify::http::Probe;

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

const VERIFY_EXIT_CODES: &str = "\
Exit codes:
  0  the fixed image behaves like the original, and as expected
  1  it does not, a fix was rejected, or the file does not build
  2  error: no engine, an unavailable base image, bad usage, or bad configuration
  3  no Dockerfiles found";

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
    /// When to use colour: auto, always or never
    ///
    /// `auto` respects NO_COLOR, CLICOLOR_FORCE and FORCE_COLOR.
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
    /// Print the configuration in use and the files that are skipped
    #[arg(short, long, global = true)]
    verbose: bool,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Check Dockerfiles (default command)
    Check(Box<CheckArgs>),
    /// Build and run the image before and after fixing, and compare the two
    Verify(Box<VerifyArgs>),
    /// Pin base-image tags to their current digests
    Pin(PinArgs),
    /// List the container engines on this machine and what each supports
    Engines(EnginesArgs),
    /// Grade submissions against a rubric
    Grade(Box<grade::GradeArgs>),
    /// Explain a rule, or list all rules
    Rule(RuleArgs),
    /// Explain the keys of plimsoll.toml
    Config(ConfigArgs),
    /// Write a commented plimsoll.toml
    Init(InitArgs),
    /// Print shell completions
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
    DebugFix(Box<CheckArgs>),
}

#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub(super) struct CheckArgs {
    /// Files and directories to check; `-` is standard input
    #[arg(value_name = "PATH", default_value = ".", value_hint = ValueHint::AnyPath)]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    selection: SelectionArgs,
    #[command(flatten)]
    fixes: FixArgs,
    #[command(flatten)]
    files: FileArgs,
    #[command(flatten)]
    output: OutputArgs,
    #[command(flatten)]
    engine: RunArgs,
}

#[derive(Debug, Args)]
#[command(after_help = VERIFY_EXIT_CODES)]
pub(super) struct VerifyArgs {
    /// Dockerfiles to verify, or directories that contain them
    #[arg(value_name = "PATH", default_value = ".", value_hint = ValueHint::AnyPath)]
    paths: Vec<PathBuf>,
    /// Arguments for the container, instead of CMD
    #[arg(last = true, value_name = "ARG")]
    command: Vec<String>,
    /// Also apply unsafe fixes, which may change behaviour
    #[arg(long)]
    unsafe_fixes: bool,
    /// Report format: text, json or markdown
    #[arg(
        long, value_name = "FORMAT", default_value = "text",
        value_parser = one_of::<VerifyFormat>(), hide_possible_values = true
    )]
    format: VerifyFormat,
    #[command(flatten)]
    engine: RunArgs,
    #[command(flatten)]
    selection: SelectionArgs,
}

#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Verification")]
struct RunArgs {
    /// Engine to build and run with [default: auto]
    ///
    /// One of docker, docker-legacy, podman, buildah, nerdctl, or auto: the first one that responds.
    #[arg(long, value_name = "ENGINE", value_parser = engine_choice(), hide_possible_values = true)]
    engine: Option<EngineChoice>,
    /// Engine to run with, if different
    ///
    /// Also containerd, runc, crun and lxc.
    #[arg(long, value_name = "ENGINE", value_parser = one_of::<Kind>(), hide_possible_values = true)]
    run_on: Option<Kind>,
    /// Set a variable in the container
    ///
    /// Without VALUE it is taken from the environment.
    #[arg(long, value_name = "NAME[=VALUE]")]
    env: Vec<String>,
    /// Replace ENTRYPOINT
    #[arg(long, value_name = "PROGRAM")]
    entrypoint: Option<String>,
    /// File for the container's standard input
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    stdin: Option<PathBuf>,
    /// Expected exit code of the container
    #[arg(long, value_name = "CODE")]
    expect_exit: Option<i32>,
    /// Text that standard output must contain
    #[arg(long, value_name = "TEXT")]
    expect_stdout: Option<String>,
    /// Poll this URL until it returns the expected status
    ///
    /// For example `:8080/health=200`. Without STATUS, anything below 400.
    #[arg(long, value_name = ":PORT[/PATH][=STATUS]")]
    http: Vec<Probe>,
    /// Wait until this port is open
    #[arg(long, value_name = "PORT")]
    port: Option<u16>,
    /// Build only, do not run
    #[arg(long)]
    build_only: bool,
    /// Pull base images: missing, never or always [default: missing]
    #[arg(long, value_name = "WHEN", value_parser = one_of::<Pull>(), hide_possible_values = true)]
    pull: Option<Pull>,
    /// Run `RUN` steps without a network
    #[arg(long)]
    offline: bool,
    /// Use the engine's default network
    ///
    /// By default the container has no network, or an internal one with --http or --port.
    #[arg(long)]
    network: bool,
    /// Keep a capability, such as NET_BIND_SERVICE
    ///
    /// All others are dropped.
    #[arg(long, value_name = "CAP")]
    cap_add: Vec<String>,
    /// Make the container's file system read-only, except for /tmp
    #[arg(long)]
    read_only: bool,
    /// Stage to build
    #[arg(long, value_name = "STAGE")]
    target: Option<String>,
    /// Builder of buildx to use
    #[arg(long, value_name = "NAME")]
    builder: Option<String>,
    /// Allow a third-party `# syntax=` frontend (runs arbitrary code)
    #[arg(long)]
    allow_frontend: bool,
    /// Time limit per build, such as 90s or 10m [default: 10m]
    #[arg(long, value_name = "TIME")]
    build_timeout: Option<Time>,
    /// Time limit per file for trying fixes [default: 1h]
    ///
    /// Fixes that have not been tried by then are skipped.
    #[arg(long, value_name = "TIME")]
    timeout: Option<Time>,
    /// Time limit of the container [default: 10s]
    ///
    /// A container that still runs by then is stopped, which is not a failure.
    #[arg(long, value_name = "TIME")]
    run_timeout: Option<Time>,
    /// Time to stop after the stop signal [default: 5s]
    #[arg(long, value_name = "TIME")]
    grace: Option<Time>,
    /// Memory limit of the container [default: 512m]
    ///
    /// `m` and `MiB` are powers of 1024, `MB` is a power of 1000; the same holds for all sizes.
    #[arg(long, value_name = "SIZE", value_parser = limit)]
    memory: Option<Size>,
    /// Memory limit of a build [default: 4g]
    #[arg(long, value_name = "SIZE", value_parser = limit)]
    build_memory: Option<Size>,
    /// Processors of the container [default: 1]
    #[arg(long, value_name = "COUNT", value_parser = positive)]
    cpus: Option<f64>,
    /// Processors of a build [default: 2]
    #[arg(long, value_name = "COUNT", value_parser = positive)]
    build_cpus: Option<f64>,
    /// Maximum number of processes in the container [default: 128]
    #[arg(long, value_name = "COUNT")]
    pids: Option<u32>,
    /// Disk space of the container [default: 1g]
    #[arg(long, value_name = "SIZE", value_parser = limit)]
    disk: Option<Size>,
    /// Maximum size of the build context [default: 1g]
    #[arg(long, value_name = "SIZE", value_parser = limit)]
    max_context: Option<Size>,
}

#[derive(Debug, Args)]
pub(super) struct PinArgs {
    /// Dockerfiles to pin, or directories that contain them
    #[arg(value_name = "PATH", default_value = ".", value_hint = ValueHint::AnyPath)]
    paths: Vec<PathBuf>,
    /// Write the files instead of printing a diff
    #[arg(long)]
    fix: bool,
    /// Program that looks up digests: docker, skopeo or auto
    ///
    /// `auto` uses the first one found.
    #[arg(long, value_name = "PROGRAM", default_value = "auto", value_parser = registry_client(), hide_possible_values = true)]
    with: WithProgram,
    /// Use plain HTTP, or HTTPS without verifying certificates
    #[arg(long)]
    insecure: bool,
    #[command(flatten)]
    selection: SelectionArgs,
}

/// `None` is `auto`.
#[derive(Clone, Copy, Debug)]
struct WithProgram(Option<RegistryClient>);

#[derive(Debug, Args)]
pub(super) struct EnginesArgs {
    /// Output format
    #[arg(long, value_name = "FORMAT", default_value = "text", value_parser = one_of::<TextFormat>())]
    pub(super) format: TextFormat,
}

#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Rules")]
struct SelectionArgs {
    /// Run only these rules
    ///
    /// A RULE is a rule name, a practice, another tool's code such as DL3006, a glob over these, or `all`.
    #[arg(long, value_name = "RULE,…", value_delimiter = ',')]
    select: Option<Vec<String>>,
    /// Disable these rules
    #[arg(long, value_name = "RULE,…", value_delimiter = ',')]
    ignore: Vec<String>,
    /// Run these rules in addition
    #[arg(long, value_name = "RULE,…", value_delimiter = ',')]
    extend_select: Vec<String>,
    /// Base levels: recommended, course or strict [default: recommended]
    #[arg(long, value_name = "PROFILE", value_parser = one_of::<Profile>(), hide_possible_values = true)]
    profile: Option<Profile>,
    /// Enable preview rules (unstable, may change)
    #[arg(long, overrides_with = "no_preview")]
    preview: bool,
    #[arg(long, hide = true, overrides_with = "preview")]
    no_preview: bool,
    /// Set a build argument, as for `docker build`
    ///
    /// Without VALUE it is taken from the environment.
    #[arg(long, value_name = "NAME[=VALUE]")]
    build_arg: Vec<String>,
    /// ShellCheck backend: builtin, external or off [default: builtin]
    ///
    /// `builtin` is part of plimsoll; `external` runs the program `shellcheck`.
    #[arg(long, value_name = "BACKEND", value_parser = one_of::<Backend>(), hide_possible_values = true)]
    shellcheck: Option<Backend>,
    /// Build context [default: guessed from each Dockerfile's location]
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    context: Option<PathBuf>,
}

#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Fixes")]
struct FixArgs {
    /// Apply safe fixes and report the remaining findings
    ///
    /// For standard input, print the fixed text and report on standard error.
    #[arg(long, overrides_with = "no_fix")]
    fix: bool,
    #[arg(long, hide = true, overrides_with = "fix")]
    no_fix: bool,
    /// Also apply unsafe fixes, which may change behaviour
    #[arg(long, overrides_with = "no_unsafe_fixes")]
    unsafe_fixes: bool,
    #[arg(long, hide = true, overrides_with = "unsafe_fixes")]
    no_unsafe_fixes: bool,
    /// Print the fixes as a diff, without applying them
    #[arg(long, conflicts_with_all = ["format", "statistics"])]
    diff: bool,
    /// Apply fixes without reporting or failing on remaining findings
    #[arg(long, conflicts_with_all = ["format", "statistics"])]
    fix_only: bool,
    /// List how many findings of each rule were fixed
    #[arg(long)]
    show_fixes: bool,
    /// Apply only fixes, safe and unsafe, that keep the image building and working
    ///
    /// Builds and runs the image before and after each set of fixes; see Verification.
    #[arg(long, conflicts_with = "unsafe_fixes")]
    verify: bool,
}

#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Files")]
struct FileArgs {
    /// Skip matching files and directories
    #[arg(long, value_name = "GLOB,…", value_delimiter = ',')]
    exclude: Vec<String>,
    /// Apply exclusions to files named on the command line too
    #[arg(long, overrides_with = "no_force_exclude")]
    force_exclude: bool,
    #[arg(long, hide = true, overrides_with = "force_exclude")]
    no_force_exclude: bool,
    /// Do not respect .gitignore
    #[arg(long, overrides_with = "gitignore")]
    no_ignore: bool,
    #[arg(long, hide = true, overrides_with = "no_ignore")]
    gitignore: bool,
    /// Disregard inline ignore comments
    #[arg(long, overrides_with = "inline_ignore")]
    no_inline_ignore: bool,
    #[arg(long, hide = true, overrides_with = "no_inline_ignore")]
    inline_ignore: bool,
    /// Path to assume for standard input
    #[arg(long, value_name = "PATH", value_hint = ValueHint::FilePath)]
    stdin_filename: Option<PathBuf>,
    /// Print the files that would be checked, and exit
    #[arg(long)]
    show_files: bool,
    /// Print the settings of each file, and exit
    #[arg(long, conflicts_with = "show_files")]
    show_settings: bool,
}

#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Output")]
struct OutputArgs {
    /// Report format, and file to write it to; may be repeated
    ///
    /// Formats: full, concise, json, jsonl, sarif, github, gitlab, junit, checkstyle, rdjson, markdown. The default for
    /// standard output is `full` on a terminal, else `concise`, plus annotations if GITHUB_ACTIONS=true.
    #[arg(long, value_name = "FORMAT[=FILE]")]
    format: Vec<FormatTo>,
    /// Minimum level that fails the run: note, warn or error [default: warn]
    #[arg(long, value_name = "LEVEL", value_parser = failing_level(), hide_possible_values = true)]
    fail_on: Option<Level>,
    /// Report only findings that are not in this file
    ///
    /// --write-baseline writes it.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, conflicts_with = "write_baseline")]
    baseline: Option<PathBuf>,
    /// Record all current findings in this file and exit 0
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    write_baseline: Option<PathBuf>,
    /// Exit 0 even if there are findings
    #[arg(long, overrides_with = "no_exit_zero")]
    exit_zero: bool,
    #[arg(long, hide = true, overrides_with = "exit_zero")]
    no_exit_zero: bool,
    /// Print the number of findings per rule instead of each finding
    #[arg(long, overrides_with = "no_statistics")]
    statistics: bool,
    #[arg(long, hide = true, overrides_with = "statistics")]
    no_statistics: bool,
}

#[derive(Debug, Args)]
pub(super) struct RuleArgs {
    /// Rule, practice, or code of another tool
    #[arg(value_name = "RULE")]
    pub(super) name: Option<String>,
    /// Output format
    #[arg(long, value_name = "FORMAT", default_value = "text", value_parser = one_of::<TextFormat>())]
    pub(super) format: TextFormat,
}

#[derive(Debug, Args)]
pub(super) struct InitArgs {
    /// Convert a hadolint configuration [default file: .hadolint.yaml]
    #[arg(long, value_name = "FILE", num_args = 0..=1, value_hint = ValueHint::FilePath)]
    pub(super) from_hadolint: Option<Option<PathBuf>>,
}

#[derive(Debug, Args)]
pub(super) struct ConfigArgs {
    /// Key to explain
    #[arg(value_name = "KEY")]
    pub(super) key: Option<String>,
    /// Output format
    #[arg(long, value_name = "FORMAT", default_value = "text", value_parser = one_of::<TextFormat>())]
    pub(super) format: TextFormat,
}

/// One of an enum's values, by name.
fn one_of<T: Variants + Send + Sync>() -> impl TypedValueParser<Value = T> {
    let names = PossibleValuesParser::new(T::names());
    names.try_map(|name| T::from_name(&name).ok_or_else(|| format!("unknown value `{name}`")))
}

/// `off` is not among them: no finding has that level.
fn failing_level() -> impl TypedValueParser<Value = Level> {
    let levels = PossibleValuesParser::new(Level::names().filter(|name| *name != Level::Off.as_str()));
    levels.try_map(|name| Level::from_name(&name).ok_or_else(|| format!("unknown level `{name}`")))
}

fn engine_choice() -> impl TypedValueParser<Value = EngineChoice> {
    PossibleValuesParser::new(["auto"].into_iter().chain(Kind::names())).try_map(|name| name.parse::<EngineChoice>())
}

fn registry_client() -> impl TypedValueParser<Value = WithProgram> {
    let names = ["auto"].into_iter().chain(RegistryClient::names());
    PossibleValuesParser::new(names).map(|name| WithProgram(RegistryClient::from_name(&name)))
}

/// A size above zero.
fn limit(text: &str) -> Result<Size, String> {
    let size: Size = text.parse()?;
    if size.0 > 0 { Ok(size) } else { Err("a limit must be greater than 0".to_owned()) }
}

/// A number above zero.
fn positive(text: &str) -> Result<f64, String> {
    let number = text.parse().ok().filter(|number: &f64| number.is_finite() && *number > 0.0);
    number.ok_or_else(|| "expected a number greater than 0".to_owned())
}

/// A pair of flags of which the last one counts: clap makes sure that only one is set.
fn flag(on: bool, off: bool) -> Option<bool> {
    (on || off).then_some(on)
}

/// `NAME=VALUE`; as for `docker build`, a name without a value takes it from the environment, and is dropped if it is not
/// set there.
fn pairs(given: Vec<String>) -> BTreeMap<String, String> {
    let pair = |text: String| match text.split_once('=') {
        Some((name, value)) => Some((name.to_owned(), value.to_owned())),
        None => std::env::var(&text).ok().map(|value| (text, value)),
    };
    given.into_iter().filter_map(pair).collect()
}

impl GlobalArgs {
    pub(super) fn options(self) -> GlobalOptions {
        let lookup = match self.config {
            Some(path) => Lookup::File(path),
            None if self.isolated => Lookup::Isolated,
            None => Lookup::Nearest,
        };
        GlobalOptions { color: self.color, lookup, quiet: self.quiet, verbose: self.verbose }
    }
}

impl SelectionArgs {
    fn options(self) -> LintOptions {
        LintOptions {
            select: self.select,
            extend_select: self.extend_select,
            ignore: self.ignore,
            profile: self.profile,
            preview: flag(self.preview, self.no_preview),
            build_args: pairs(self.build_arg),
            shellcheck: self.shellcheck,
            context: self.context,
            ..LintOptions::default()
        }
    }
}

impl FixArgs {
    /// `--diff` writes nothing, whatever else is given.
    fn options(self) -> FixOptions {
        let mode = match self {
            FixArgs { diff: true, .. } => FixMode::Diff,
            FixArgs { fix_only: true, .. } => FixMode::FixOnly,
            FixArgs { fix: true, .. } => FixMode::Fix,
            _ => FixMode::Report,
        };
        let safety = if self.unsafe_fixes { Safety::Unsafe } else { Safety::Safe };
        FixOptions { mode, safety, show: self.show_fixes, verify: self.verify }
    }
}

impl RunArgs {
    /// # Errors
    /// When the file for standard input cannot be read.
    fn spec(self) -> Result<RunSpec, Problem> {
        let read = |path: &PathBuf| {
            let failed =
                |error| Problem::error(format!("cannot read `{}`, given by `--stdin`: {error}", path.display()));
            std::fs::read(path).map_err(failed)
        };
        let on = |flag: bool| flag.then_some(true);
        Ok(RunSpec {
            engine: self.engine,
            run_on: self.run_on,
            target: self.target,
            build_args: BTreeMap::new(),
            builder: self.builder,
            pull: self.pull,
            offline: on(self.offline),
            allow_frontend: on(self.allow_frontend),
            build_only: on(self.build_only),
            args: None,
            entrypoint: self.entrypoint,
            env: pairs(self.env),
            user: None,
            stdin: self.stdin.as_ref().map(read).transpose()?,
            cap_add: self.cap_add,
            network: on(self.network),
            read_only: on(self.read_only),
            expect_exit: self.expect_exit,
            expect_stdout: self.expect_stdout,
            http: self.http,
            port: self.port,
            build_timeout: self.build_timeout,
            build_memory: self.build_memory,
            build_cpus: self.build_cpus,
            max_context: self.max_context,
            run_timeout: self.run_timeout,
            grace: self.grace,
            memory: self.memory,
            cpus: self.cpus,
            pids: self.pids,
            disk: self.disk,
            timeout: self.timeout,
        })
    }
}

impl CheckArgs {
    /// # Errors
    /// When a file that an option names cannot be read.
    pub(super) fn options(self) -> Result<CheckOptions, Problem> {
        let Self { paths, selection, fixes, files, output, engine } = self;
        let listing = match files {
            FileArgs { show_settings: true, .. } => Some(Listing::Settings),
            FileArgs { show_files: true, .. } => Some(Listing::Files),
            _ => None,
        };
        let no_inline_ignore = files.no_inline_ignore;
        Ok(CheckOptions {
            files: FileOptions {
                paths,
                exclude: files.exclude,
                force_exclude: files.force_exclude,
                no_ignore: files.no_ignore,
                stdin_filename: files.stdin_filename,
            },
            lint: LintOptions { fail_on: output.fail_on, no_inline_ignore, ..selection.options() },
            fix: fixes.options(),
            reports: output.format,
            baseline: output.baseline,
            write_baseline: output.write_baseline,
            exit_zero: output.exit_zero,
            statistics: output.statistics,
            listing,
            spec: engine.spec()?,
        })
    }
}

impl VerifyArgs {
    /// # Errors
    /// When a file that an option names cannot be read.
    pub(super) fn options(self) -> Result<VerifyOptions, Problem> {
        let args = Some(self.command).filter(|args| !args.is_empty());
        Ok(VerifyOptions {
            files: FileOptions { paths: self.paths, ..FileOptions::default() },
            lint: self.selection.options(),
            safety: if self.unsafe_fixes { Safety::Unsafe } else { Safety::Safe },
            format: self.format,
            spec: RunSpec { args, ..self.engine.spec()? },
        })
    }
}

impl PinArgs {
    pub(super) fn options(self) -> PinOptions {
        PinOptions {
            files: FileOptions { paths: self.paths, ..FileOptions::default() },
            lint: self.selection.options(),
            fix: self.fix,
            with: self.with.0,
            insecure: self.insecure,
        }
    }
}
