//! What the user asks for, as plain values: `args` reads the command line into these once, and nothing below knows it.

pub(super) mod grade;

use std::path::PathBuf;
use std::str::FromStr;

use crate::config::Lookup;
use crate::engine::registry::RegistryClient;
use crate::finding::{Level, Safety};
use crate::lint::profile::Profile;
use crate::model::BuildArgs;
use crate::report::Format;
use crate::shellcheck::Backend;
use crate::text::Variants;
use crate::verify::RunSpec;

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
    pub(super) force_exclude: bool,
    /// Search files that `.gitignore` excludes.
    pub(super) no_ignore: bool,
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
    pub(super) profile: Option<Profile>,
    pub(super) preview: Option<bool>,
    pub(super) build_args: BuildArgs,
    pub(super) shellcheck: Option<Backend>,
    /// The build context; `None`: the likeliest directory.
    pub(super) context: Option<PathBuf>,
    pub(super) fail_on: Option<Level>,
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
#[derive(Clone, Copy, Debug)]
pub(super) struct FixOptions {
    pub(super) mode: FixMode,
    /// Up to where fixes are applied.
    pub(super) safety: Safety,
    /// List what was fixed.
    pub(super) show: bool,
    /// Keep only fixes with which the image still works.
    pub(super) verify: bool,
}

impl Default for FixOptions {
    fn default() -> Self {
        Self { mode: FixMode::default(), safety: Safety::Safe, show: false, verify: false }
    }
}

impl FixOptions {
    /// Up to where fixes are to be applied; `None` if they are not.
    pub(super) fn allowed(&self) -> Option<Safety> {
        (self.mode != FixMode::Report).then_some(self.safety)
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
}

/// `plimsoll check`.
#[derive(Clone, Debug)]
pub(super) struct CheckOptions {
    pub(super) files: FileOptions,
    pub(super) lint: LintOptions,
    pub(super) fix: FixOptions,
    pub(super) reports: Vec<FormatTo>,
    pub(super) baseline: Option<PathBuf>,
    pub(super) write_baseline: Option<PathBuf>,
    pub(super) exit_zero: bool,
    pub(super) statistics: bool,
    pub(super) listing: Option<Listing>,
    pub(super) spec: RunSpec,
}

/// `plimsoll verify`.
#[derive(Clone, Debug)]
pub(super) struct VerifyOptions {
    pub(super) files: FileOptions,
    pub(super) lint: LintOptions,
    /// Up to where fixes are tried.
    pub(super) safety: Safety,
    pub(super) format: VerifyFormat,
    pub(super) spec: RunSpec,
}

/// The shape of `verify`'s report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum VerifyFormat {
    Text,
    Json,
    Markdown,
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
    const ALL: &'static [Self] = &[Self::Text, Self::Json, Self::Markdown];

    fn as_str(self) -> &'static str {
        match self {
            VerifyFormat::Text => "text",
            VerifyFormat::Json => "json",
            VerifyFormat::Markdown => "markdown",
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
