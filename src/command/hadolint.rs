//! `plimsoll hadolint`: hadolint's command line, configuration, reports and exit codes.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Parser;

use super::Exit;
use crate::command::read;
use crate::config::{hadolint_file, read_file};
use crate::hadolint::{self, Options, Setup, Severity, Threshold};
use crate::report::hadolint::{HadolintFile, HadolintFormat, write};
use crate::report::write_problems;
use crate::text::parallel::on_threads;
use crate::text::{Problem, Source, Variants};

const ABOUT: &str = "\
Check Dockerfiles as hadolint does: the same options, findings, reports and exit codes.

Reads .hadolint.yaml and HADOLINT_… variables. Exit codes: 0 nothing at or above the threshold, 1 otherwise, and if a file
cannot be read.";

#[derive(Debug, Parser)]
#[command(name = "plimsoll hadolint", about = ABOUT, disable_version_flag = true)]
struct HadolintCli {
    /// Dockerfiles to check; `-` is standard input
    #[arg(value_name = "DOCKERFILE")]
    files: Vec<PathBuf>,
    /// Configuration file
    #[arg(short, long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Path to put into the report
    #[arg(long, value_name = "PATH")]
    file_path_in_report: Option<String>,
    /// File to write the report to
    #[arg(short, long, value_name = "FILE")]
    output: Vec<PathBuf>,
    /// Exit 0 even if there are findings
    #[arg(long)]
    no_fail: bool,
    /// Do not use colour
    #[arg(long)]
    no_color: bool,
    /// Print the settings in use to standard error
    #[arg(short = 'V', long)]
    verbose: bool,
    /// Report format: tty, json, checkstyle, codeclimate, gitlab_codeclimate, gnu, codacy, sonarqube, sarif or junit
    #[arg(short, long, value_name = "FORMAT")]
    format: Vec<String>,
    /// Report this code as an error
    #[arg(long, value_name = "CODE")]
    error: Vec<String>,
    /// Report this code as a warning
    #[arg(long, value_name = "CODE")]
    warning: Vec<String>,
    /// Report this code as information
    #[arg(long, value_name = "CODE")]
    info: Vec<String>,
    /// Report this code as style
    #[arg(long, value_name = "CODE")]
    style: Vec<String>,
    /// Do not report this code
    #[arg(long, value_name = "CODE")]
    ignore: Vec<String>,
    /// Registry that may appear in FROM
    #[arg(long, value_name = "REGISTRY")]
    trusted_registry: Vec<String>,
    /// Label that is required, and the format of its value
    #[arg(long, value_name = "LABEL:FORMAT")]
    require_label: Vec<String>,
    /// Report labels that are not required
    #[arg(long)]
    strict_labels: bool,
    /// Disregard `# hadolint ignore=` comments
    #[arg(long)]
    disable_ignore_pragma: bool,
    /// Lowest severity that fails the run: error, warning, info, style, ignore or none [default: info]
    #[arg(short = 't', long, value_name = "SEVERITY", value_parser = threshold)]
    failure_threshold: Option<Threshold>,
    /// Print the version
    #[arg(short, long)]
    version: bool,
}

fn threshold(text: &str) -> Result<Threshold, String> {
    Threshold::of(text).ok_or_else(|| "expected error, warning, info, style, ignore or none".to_owned())
}

/// Runs it with these arguments, the first of which is its name. There are only two exit codes.
pub(super) fn run(args: impl IntoIterator<Item = OsString>) -> Exit {
    let cli = match HadolintCli::try_parse_from(args) {
        Ok(cli) => cli,
        Err(error) => {
            let _ = error.print();
            return if error.use_stderr() { Exit::Findings } else { Exit::Clean };
        }
    };
    match check(cli) {
        Ok(exit) => exit,
        Err(problems) => {
            let _ = write_problems(&problems, &mut io::stderr().lock(), false);
            Exit::Findings
        }
    }
}

fn check(cli: HadolintCli) -> Result<Exit, Vec<Problem>> {
    if cli.version {
        let version = format!("plimsoll {} in place of hadolint\n", env!("CARGO_PKG_VERSION"));
        return super::print(version.as_bytes()).map_err(|_| Vec::new());
    }
    if cli.files.is_empty() {
        return Err(vec![Problem::error("no Dockerfile given").help("specify at least one; `-` is standard input")]);
    }
    let setup = environment().with(configuration(cli.config.as_deref())?).with(cli.setup()?);
    let options = setup.options();
    if cli.verbose {
        let _ = writeln!(io::stderr().lock(), "{options:#?}");
    }
    let formats = formats(&setup.formats)?;
    let checked = on_threads(cli.files.iter().collect(), 0, |path| check_file(path, &options));
    let mut problems = Vec::new();
    let mut files = Vec::new();
    for file in checked {
        match file {
            Ok(file) => files.push(file),
            Err(problem) => problems.push(problem),
        }
    }
    let fails = files.iter().any(|file| hadolint::fails(&file.found, &options));
    for (at, format) in formats.iter().enumerate() {
        let mut named = files.clone();
        if let Some(path) = &cli.file_path_in_report {
            let plain = [HadolintFormat::Tty, HadolintFormat::Json, HadolintFormat::Gnu, HadolintFormat::Codacy];
            let keeps = plain.contains(format) || *format == HadolintFormat::Sarif;
            named.iter_mut().filter(|_| !keeps).for_each(|file| file.path.clone_from(path));
        }
        let color = !setup.no_color.unwrap_or(false);
        let written = match cli.output.get(at) {
            Some(path) => File::create(path).and_then(|mut file| write(*format, &named, &mut file, false)),
            None => {
                let mut out = io::BufWriter::new(io::stdout().lock());
                write(*format, &named, &mut out, color).and_then(|()| out.flush())
            }
        };
        if let Err(error) = written.or_else(|error| if error.kind() == io::ErrorKind::BrokenPipe { Ok(()) } else { Err(error) }) {
            problems.push(Problem::error(format!("cannot write the report: {error}")));
        }
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    let succeeds = formats.iter().any(|format| format.always_succeeds());
    Ok(if fails && !succeeds { Exit::Findings } else { Exit::Clean })
}

fn check_file(path: &Path, options: &Options) -> Result<HadolintFile, Problem> {
    let name = path.display().to_string();
    let is_stdin = name == "-" || name == "/dev/stdin";
    let source = if is_stdin { read::stdin(name.clone()) } else { read::file(path) };
    let source: Arc<Source> = source.map_err(|error| Problem::error(format!("{name}: {error}")))?;
    Ok(HadolintFile { path: name, found: hadolint::check(&source, options) })
}

fn formats(names: &[String]) -> Result<Vec<HadolintFormat>, Vec<Problem>> {
    if names.is_empty() {
        return Ok(vec![HadolintFormat::Tty]);
    }
    let format = |name: &String| {
        let unknown = || Problem::error(format!("unknown format `{name}`; expected one of: {}", HadolintFormat::list()));
        HadolintFormat::from_name(name).ok_or_else(|| vec![unknown()])
    };
    names.iter().map(format).collect()
}

/// The configuration file: the given one, else what hadolint would find. One that cannot be understood is reported, and has
/// no effect.
fn configuration(given: Option<&Path>) -> Result<Setup, Vec<Problem>> {
    let variable = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let (home, config_home) = (variable("HOME"), variable("XDG_CONFIG_HOME"));
    let found = || hadolint_file::find(home.as_deref(), config_home.as_deref());
    let Some(path) = given.map(Path::to_path_buf).or_else(found) else { return Ok(Setup::default()) };
    // `/dev/null` stands for no configuration.
    if path == Path::new("/dev/null") {
        return Ok(Setup::default());
    }
    let failed = |error| vec![Problem::error(format!("cannot read `{}`: {error}", path.display()))];
    let (setup, problems) = hadolint_file::read(&read_file(&path).map_err(failed)?);
    let _ = write_problems(&problems, &mut io::stderr().lock(), false);
    Ok(if problems.iter().any(|problem| problem.fatal) { Setup::default() } else { setup })
}

/// `HADOLINT_…`.
fn environment() -> Setup {
    let text = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let list = |name: &str| -> Vec<String> {
        let text = text(name).unwrap_or_default();
        text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
    };
    let flag = |name: &str| {
        let on = |value: String| matches!(value.to_lowercase().as_str(), "1" | "y" | "on" | "true" | "yes");
        text(name).map(on)
    };
    let levels = [
        ("HADOLINT_OVERRIDE_ERROR", Severity::Error),
        ("HADOLINT_OVERRIDE_WARNING", Severity::Warning),
        ("HADOLINT_OVERRIDE_INFO", Severity::Info),
        ("HADOLINT_OVERRIDE_STYLE", Severity::Style),
    ];
    let overrides = levels.iter().flat_map(|(name, severity)| list(name).into_iter().map(|code| (code, *severity)));
    Setup {
        ignored: list("HADOLINT_IGNORE"),
        overrides: overrides.collect(),
        trusted_registries: list("HADOLINT_TRUSTED_REGISTRIES"),
        labels: list("HADOLINT_REQUIRE_LABELS").iter().filter_map(|text| label(text)).collect(),
        strict_labels: flag("HADOLINT_STRICT_LABELS"),
        disable_ignore_pragma: flag("HADOLINT_DISABLE_IGNORE_PRAGMA"),
        threshold: text("HADOLINT_FAILURE_THRESHOLD").and_then(|text| Threshold::of(&text)),
        no_fail: flag("HADOLINT_NOFAIL"),
        formats: list("HADOLINT_FORMAT"),
        no_color: std::env::var_os("NO_COLOR").map(|_| true),
    }
}

/// `maintainer:text`.
fn label(text: &str) -> Option<(String, crate::knowledge::labels::Form)> {
    let (name, form) = text.split_once(':')?;
    Some((name.to_owned(), hadolint_file::label_form(form)?))
}

impl HadolintCli {
    fn setup(&self) -> Result<Setup, Vec<Problem>> {
        let levels = [
            (&self.error, Severity::Error),
            (&self.warning, Severity::Warning),
            (&self.info, Severity::Info),
            (&self.style, Severity::Style),
        ];
        let overrides = levels.iter().flat_map(|(codes, severity)| codes.iter().map(|code| (code.clone(), *severity)));
        let label = |text: &String| {
            let wrong = || vec![Problem::error(format!("`--require-label {text}`: expected LABEL:FORMAT"))];
            label(text).ok_or_else(wrong)
        };
        Ok(Setup {
            ignored: self.ignore.clone(),
            overrides: overrides.collect(),
            trusted_registries: self.trusted_registry.clone(),
            labels: self.require_label.iter().map(label).collect::<Result<_, _>>()?,
            strict_labels: self.strict_labels.then_some(true),
            disable_ignore_pragma: self.disable_ignore_pragma.then_some(true),
            threshold: self.failure_threshold,
            no_fail: self.no_fail.then_some(true),
            formats: self.format.clone(),
            no_color: self.no_color.then_some(true),
        })
    }
}
