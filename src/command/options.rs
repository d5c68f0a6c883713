//! What the user asks for, as plain values: `args` reads the command line into these once, and nothing below knows it.

pub(super) mod grade;

use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::str::FromStr;

use crate::config::Lookup;
use crate::engine::registry::RegistryClient;
use crate::finding::{Level, Safety};
use crate::lint::profile::Profile;
use crate::model::BuildArgs;
use crate::report::Format;
use crate::shellcheck::Backend;
use crate::text::{Date, Variants};
use crate::verify::RunSpec;
use crate::weigh::Budget;

/// What holds for every command.
#[derive(Clone, Debug)]
pub(super) struct GlobalOptions {
    pub(super) color: ColorChoice,
    /// Where configuration comes from.
    pub(super) lookup: Lookup,
    pub(super) quiet: bool,
    pub(super) verbose: bool,
}

/// When to use colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum ColorChoice {
    /// On a terminal.
    #[default]
    Auto,
    Always,
    Never,
}

/// Which files a command works on.
#[derive(Clone, Debug, Default)]
pub(super) struct FileOptions {
    /// Files and directories; `-` is standard input.
    pub(super) paths: Vec<PathBuf>,
    /// Globs, relative to the working directory.
    pub(super) exclude: Vec<String>,
    /// Globs of files to check whatever their names.
    pub(super) include: Vec<String>,
    pub(super) force_exclude: bool,
    /// That there is nothing to check is no failure.
    pub(super) allow_empty: bool,
    /// Search files that `.gitignore` excludes.
    pub(super) no_ignore: bool,
    /// Compose files, too.
    pub(super) compose: bool,
    /// What to call standard input.
    pub(super) stdin_filename: Option<PathBuf>,
}

/// How files are linted.
#[derive(Clone, Debug, Default)]
pub(super) struct LintOptions {
    /// Selectors as written.
    pub(super) select: Option<Vec<String>>,
    pub(super) extend_select: Vec<String>,
    pub(super) ignore: Vec<String>,
    pub(super) fixable: Option<Vec<String>>,
    pub(super) unfixable: Vec<String>,
    pub(super) profile: Option<Profile>,
    pub(super) preview: Option<bool>,
    pub(super) build_args: BuildArgs,
    pub(super) shellcheck: Option<Backend>,
    /// The build context; `None`: the likeliest directory.
    pub(super) context: Option<PathBuf>,
    pub(super) fail_on: Option<Level>,
    /// The day that ignore comments with a date are compared with.
    pub(super) today: Option<Date>,
    /// Disregard ignore comments.
    pub(super) no_inline_ignore: bool,
}

/// What becomes of fixes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum FixMode {
    /// They are not applied.
    #[default]
    Report,
    /// They are written, and what is left is reported.
    Fix,
    /// They are written, and nothing else is reported.
    FixOnly,
    /// They are shown as a diff.
    Diff,
}

/// Which fixes are applied, and how.
#[derive(Clone, Debug)]
pub(super) struct FixOptions {
    pub(super) mode: FixMode,
    /// Up to where fixes are applied.
    pub(super) safety: Safety,
    /// List what was fixed.
    pub(super) show: bool,
    /// Keep only fixes with which the image still works.
    pub(super) verify: bool,
    /// Ask before each fix.
    pub(super) interactive: bool,
    /// The fingerprint of the only finding to fix.
    pub(super) finding: Option<String>,
}

impl Default for FixOptions {
    fn default() -> Self {
        Self {
            mode: FixMode::default(),
            safety: Safety::Safe,
            show: false,
            verify: false,
            interactive: false,
            finding: None,
        }
    }
}

impl FixOptions {
    /// Up to where fixes are to be applied without asking; `None` if they are not.
    pub(super) fn allowed(&self) -> Option<Safety> {
        (self.mode != FixMode::Report && !self.interactive).then_some(self.safety)
    }

    /// Whether files are changed.
    pub(super) fn writes(&self) -> bool {
        matches!(self.mode, FixMode::Fix | FixMode::FixOnly)
    }
}

/// What is printed instead of findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Listing {
    Files,
    Settings,
    Invocations,
}

/// `plimsoll check`.
#[derive(Clone, Debug)]
pub(super) struct CheckOptions {
    pub(super) files: FileOptions,
    pub(super) lint: LintOptions,
    pub(super) fix: FixOptions,
    pub(super) reports: Vec<FormatTo>,
    /// Where the report goes that would be printed.
    pub(super) output_file: Option<PathBuf>,
    /// What to put before the paths in reports for CI services.
    pub(super) path_prefix: Option<String>,
    /// Report only what is on lines that have changed since this revision.
    pub(super) changed_since: Option<String>,
    /// Check again after every change.
    pub(super) watch: bool,
    /// How many files to check at once; 0 for the number of processors.
    pub(super) jobs: usize,
    /// Findings below it are not reported.
    pub(super) min_level: Option<Level>,
    pub(super) baseline: Option<PathBuf>,
    pub(super) write_baseline: Option<PathBuf>,
    /// Drop stale findings from the baselines.
    pub(super) update_baseline: bool,
    pub(super) exit_zero: bool,
    pub(super) statistics: bool,
    pub(super) listing: Option<Listing>,
    pub(super) spec: RunSpec,
}

/// `plimsoll format`.
#[derive(Clone, Debug)]
pub(super) struct FormatCommandOptions {
    pub(super) files: FileOptions,
    /// List what would change; nothing is written.
    pub(super) check: bool,
    /// Show what would change; nothing is written.
    pub(super) diff: bool,
    /// Only these lines.
    pub(super) range: Option<RangeInclusive<usize>>,
}

/// `plimsoll verify`.
#[derive(Clone, Debug)]
pub(super) struct VerifyOptions {
    pub(super) files: FileOptions,
    pub(super) lint: LintOptions,
    /// Unsafe fixes are tried even if the original is not seen doing its job.
    pub(super) unproved: bool,
    pub(super) format: VerifyFormat,
    pub(super) spec: RunSpec,
}

/// The shape of `verify`'s report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum VerifyFormat {
    Text,
    Json,
    Markdown,
    Html,
}

/// `plimsoll pin`.
#[derive(Clone, Debug)]
pub(super) struct PinOptions {
    pub(super) files: FileOptions,
    pub(super) lint: LintOptions,
    /// Write the files; else the change is shown.
    pub(super) fix: bool,
    /// `None`: the first one found.
    pub(super) with: Option<RegistryClient>,
    pub(super) insecure: bool,
    /// Pin packages instead of images.
    pub(super) packages: bool,
    /// How stages are built to see which packages they install.
    pub(super) spec: RunSpec,
}

/// `plimsoll weigh`.
#[derive(Clone, Debug)]
pub(super) struct WeighOptions {
    /// Dockerfiles, directories, images, archives or layouts.
    pub(super) targets: Vec<PathBuf>,
    pub(super) reports: Vec<WeighTo>,
    /// What an image that is not built here was built from.
    pub(super) dockerfile: Option<PathBuf>,
    pub(super) compare: Option<PathBuf>,
    pub(super) twice: bool,
    pub(super) sort: WeighSort,
    pub(super) budget: Budget,
    pub(super) fail_on: Level,
    pub(super) lint: LintOptions,
    pub(super) spec: RunSpec,
}

/// The order of findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WeighSort {
    Line,
    Weight,
}

impl Variants for WeighSort {
    const ALL: &'static [Self] = &[Self::Line, Self::Weight];

    fn as_str(self) -> &'static str {
        match self {
            WeighSort::Line => "line",
            WeighSort::Weight => "weight",
        }
    }
}

/// The shape of `weigh`'s report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WeighFormat {
    Text,
    Json,
    Markdown,
    Html,
    /// The findings alone.
    Findings(Format),
}

impl Variants for WeighFormat {
    const ALL: &'static [Self] = &[
        Self::Text,
        Self::Json,
        Self::Markdown,
        Self::Html,
        Self::Findings(Format::Full),
        Self::Findings(Format::Concise),
        Self::Findings(Format::Jsonl),
        Self::Findings(Format::Sarif),
        Self::Findings(Format::Github),
        Self::Findings(Format::Gitlab),
        Self::Findings(Format::Junit),
        Self::Findings(Format::Checkstyle),
        Self::Findings(Format::Rdjson),
    ];

    fn as_str(self) -> &'static str {
        match self {
            WeighFormat::Text => "text",
            WeighFormat::Json => "json",
            WeighFormat::Markdown => "markdown",
            WeighFormat::Html => "html",
            WeighFormat::Findings(format) => format.as_str(),
        }
    }
}

/// `html=weight.html`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct WeighTo {
    pub(super) format: WeighFormat,
    /// `None` is standard output.
    pub(super) file: Option<PathBuf>,
}

impl FromStr for WeighTo {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (format, file) = format_and_file(text)?;
        Ok(Self { format, file })
    }
}

/// Text, or JSON for programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TextFormat {
    Text,
    Json,
}

/// `sarif=out.sarif`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct FormatTo {
    pub(super) format: Format,
    /// `None` is standard output.
    pub(super) file: Option<PathBuf>,
}

impl FromStr for FormatTo {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (format, file) = format_and_file(text)?;
        Ok(Self { format, file })
    }
}

/// `FORMAT` or `FORMAT=FILE`.
fn format_and_file<T: Variants>(text: &str) -> Result<(T, Option<PathBuf>), String> {
    let (name, file) = match text.split_once('=') {
        Some((_, "")) => return Err("the file name after `=` is missing".to_owned()),
        Some((name, file)) => (name, Some(PathBuf::from(file))),
        None => (text, None),
    };
    let unknown = || format!("unknown format `{name}`; expected one of: {}", T::list());
    Ok((T::from_name(name).ok_or_else(unknown)?, file))
}

impl Variants for ColorChoice {
    const ALL: &'static [Self] = &[Self::Auto, Self::Always, Self::Never];

    fn as_str(self) -> &'static str {
        match self {
            ColorChoice::Auto => "auto",
            ColorChoice::Always => "always",
            ColorChoice::Never => "never",
        }
    }
}

impl Variants for VerifyFormat {
    const ALL: &'static [Self] = &[Self::Text, Self::Json, Self::Markdown, Self::Html];

    fn as_str(self) -> &'static str {
        match self {
            VerifyFormat::Text => "text",
            VerifyFormat::Json => "json",
            VerifyFormat::Markdown => "markdown",
            VerifyFormat::Html => "html",
        }
    }
}

impl Variants for TextFormat {
    const ALL: &'static [Self] = &[Self::Text, Self::Json];

    fn as_str(self) -> &'static str {
        match self {
            TextFormat::Text => "text",
            TextFormat::Json => "json",
        }
    }
}
