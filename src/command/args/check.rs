//! The arguments of `plimsoll check`.

use std::path::PathBuf;

use clap::{Args, ValueHint};

use crate::command::args::environment;
use crate::command::args::run::RunArgs;
use crate::command::args::selection::SelectionArgs;
use crate::command::args::values::{failing_level, failing_level_of, jobs};
use crate::command::options::{CheckOptions, FileOptions, FixMode, FixOptions, FormatTo, LintOptions, Listing};
use crate::finding::{Level, Safety};
use crate::lint::profile::Profile;
use crate::text::{Date, Problem, Variants};

const CHECK_NOTES: &str = "\
Environment variables:
  PLIMSOLL_CONFIG, PLIMSOLL_PROFILE, PLIMSOLL_FORMAT, PLIMSOLL_OUTPUT_FILE, PLIMSOLL_PATH_PREFIX,
  PLIMSOLL_FAIL_ON, PLIMSOLL_BASELINE, and PLIMSOLL_JOBS set the options of the same names.
  Command-line options take precedence.

Exit codes:
  0  no findings at or above --fail-on
  1  findings at or above --fail-on, or a difference with --diff
  2  error: bad usage, bad configuration, or an unreadable or unwritable file
  3  no files to check";

#[derive(Debug, Args)]
#[command(after_help = CHECK_NOTES)]
pub(in crate::command) struct CheckArgs {
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

#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Fixes")]
struct FixArgs {
    /// Apply safe fixes and report the remaining findings
    ///
    /// When reading from standard input, writes the fixed text to standard output and the report to standard error.
    #[arg(long, overrides_with = "no_fix")]
    fix: bool,
    #[arg(long, hide = true, overrides_with = "fix")]
    no_fix: bool,
    /// Also apply unsafe fixes, which may change behavior
    #[arg(long, overrides_with = "no_unsafe_fixes")]
    unsafe_fixes: bool,
    #[arg(long, hide = true, overrides_with = "unsafe_fixes")]
    no_unsafe_fixes: bool,
    /// Print the fixes as a diff instead of applying them
    #[arg(long, conflicts_with_all = ["format", "statistics"])]
    diff: bool,
    /// Apply fixes without reporting or failing on remaining findings
    #[arg(long, conflicts_with_all = ["format", "statistics"])]
    fix_only: bool,
    /// List the number of fixed findings per rule
    #[arg(long)]
    show_fixes: bool,
    /// Show each fix and ask whether to apply it
    #[arg(long, conflicts_with_all = ["diff", "fix_only", "verify", "fix_finding"])]
    interactive: bool,
    /// Fix only the finding with this fingerprint (see `--format json`)
    #[arg(long, value_name = "FINGERPRINT")]
    fix_finding: Option<String>,
    /// Apply only fixes, safe or unsafe, that do not break the image
    ///
    /// Builds and runs the image before and after each set of fixes; see Verification. Unless you add --unsafe-fixes,
    /// unsafe fixes are tried only if the original image is shown to work.
    #[arg(long)]
    verify: bool,
}

#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Files")]
struct FileArgs {
    /// Skip matching files and directories
    #[arg(long, value_name = "GLOB,…", value_delimiter = ',')]
    exclude: Vec<String>,
    /// Also check files that match, even if their names are not recognized
    #[arg(long, value_name = "GLOB,…", value_delimiter = ',')]
    include: Vec<String>,
    /// Also apply exclusions to files named on the command line
    #[arg(long, overrides_with = "no_force_exclude")]
    force_exclude: bool,
    #[arg(long, hide = true, overrides_with = "force_exclude")]
    no_force_exclude: bool,
    /// Exit 0 if there are no files to check
    #[arg(long)]
    allow_empty: bool,
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
    /// Report only findings on lines that have changed since this commit
    ///
    /// Compares the working tree with the merge base of REV and HEAD, as in a pull request. Requires Git. If you add
    /// `--fix`, `--fix-only`, or `--diff`, only findings on those lines are fixed.
    #[arg(long, value_name = "REV", conflicts_with_all = ["fix_finding", "interactive", "verify", "write_baseline", "update_baseline"])]
    changed_since: Option<String>,
    /// Check again whenever a file or its configuration changes
    #[arg(long, conflicts_with_all = ["fix", "fix_only", "fix_finding", "interactive", "diff", "show_files", "show_settings", "show_invocations", "write_baseline", "update_baseline"])]
    watch: bool,
    /// Number of files to check in parallel [default: number of processors]
    #[arg(short, long, value_name = "COUNT", value_parser = jobs)]
    jobs: Option<usize>,
    /// List the files that would be checked and exit
    #[arg(long)]
    show_files: bool,
    /// Print the settings for each file and exit
    #[arg(long, conflicts_with = "show_files")]
    show_settings: bool,
    /// Print how the project's files build each Dockerfile and exit
    #[arg(long, conflicts_with_all = ["show_files", "show_settings"])]
    show_invocations: bool,
}

#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Output")]
struct OutputArgs {
    /// Report format and, optionally, the file to write it to; can be repeated
    ///
    /// Formats: full, concise, json, jsonl, sarif, github, gitlab, junit, checkstyle, rdjson, and markdown. The
    /// default for standard output is `full` in a terminal and `concise` otherwise, plus annotations if
    /// GITHUB_ACTIONS=true.
    #[arg(long, value_name = "FORMAT[=FILE]")]
    format: Vec<FormatTo>,
    /// Write the report to this file instead of standard output
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath, conflicts_with_all = ["diff", "fix_only"])]
    output_file: Option<PathBuf>,
    /// Directory to prepend to paths in reports for CI services
    ///
    /// In the sarif, github, and gitlab formats, paths are relative to the repository: GITHUB_WORKSPACE,
    /// CI_PROJECT_DIR, or the nearest directory that contains `.git`.
    #[arg(long, value_name = "DIR")]
    path_prefix: Option<String>,
    /// Minimum level that fails the run: note, warn, or error [default: warn]
    #[arg(long, value_name = "LEVEL", value_parser = failing_level(), hide_possible_values = true)]
    fail_on: Option<Level>,
    /// Report ignore comments that expired before this date
    ///
    /// To set an expiration date, write a comment as `# plimsoll: ignore[RULE] until DATE`.
    #[arg(long, value_name = "DATE")]
    today: Option<Date>,
    /// Minimum level to report: note, warn, or error [default: note]
    #[arg(long, value_name = "LEVEL", value_parser = failing_level(), hide_possible_values = true)]
    min_level: Option<Level>,
    /// Report only findings that are not in this file
    ///
    /// Use --write-baseline to create the file.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, conflicts_with = "write_baseline")]
    baseline: Option<PathBuf>,
    /// Record all current findings in this file and exit 0
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    write_baseline: Option<PathBuf>,
    /// Remove findings that no longer exist from the baseline
    #[arg(long, conflicts_with = "write_baseline")]
    update_baseline: bool,
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

impl CheckArgs {
    /// # Errors
    /// When a file that an option names cannot be read, or an environment variable has an invalid value.
    pub(in crate::command) fn options(mut self) -> Result<CheckOptions, Problem> {
        self.add_environment()?;
        let Self { paths, selection, fixes, files, output, engine } = self;
        let listing = match files {
            FileArgs { show_settings: true, .. } => Some(Listing::Settings),
            FileArgs { show_files: true, .. } => Some(Listing::Files),
            FileArgs { show_invocations: true, .. } => Some(Listing::Invocations),
            _ => None,
        };
        let no_inline_ignore = files.no_inline_ignore;
        Ok(CheckOptions {
            files: FileOptions {
                paths,
                exclude: files.exclude,
                include: files.include,
                allow_empty: files.allow_empty,
                force_exclude: files.force_exclude,
                no_ignore: files.no_ignore,
                compose: true,
                stdin_filename: files.stdin_filename,
            },
            lint: LintOptions { fail_on: output.fail_on, no_inline_ignore, today: output.today, ..selection.options() },
            fix: fixes.options(),
            reports: output.format,
            output_file: output.output_file,
            path_prefix: output.path_prefix,
            changed_since: files.changed_since,
            watch: files.watch,
            jobs: files.jobs.unwrap_or(0),
            min_level: output.min_level,
            baseline: output.baseline,
            write_baseline: output.write_baseline,
            update_baseline: output.update_baseline,
            exit_zero: output.exit_zero,
            statistics: output.statistics,
            listing,
            spec: engine.spec()?,
        })
    }

    /// Fills in what the command line does not set.
    ///
    /// # Errors
    /// A variable has an invalid value.
    fn add_environment(&mut self) -> Result<(), Problem> {
        let (output, fixes) = (&mut self.output, &self.fixes);
        let reports = !fixes.diff && !fixes.fix_only;
        if output.format.is_empty() && reports && !output.statistics {
            output.format.extend(environment::value("PLIMSOLL_FORMAT", |text| text.parse())?);
        }
        if output.output_file.is_none() && reports {
            output.output_file = environment::path("PLIMSOLL_OUTPUT_FILE");
        }
        if output.path_prefix.is_none() {
            output.path_prefix = environment::value("PLIMSOLL_PATH_PREFIX", |text| Ok(text.to_owned()))?;
        }
        if output.fail_on.is_none() {
            output.fail_on = environment::value("PLIMSOLL_FAIL_ON", failing_level_of)?;
        }
        if output.baseline.is_none() && output.write_baseline.is_none() {
            output.baseline = environment::path("PLIMSOLL_BASELINE");
        }
        if self.selection.profile.is_none() {
            let profile =
                |text: &str| Profile::from_name(text).ok_or_else(|| format!("expected one of: {}", Profile::list()));
            self.selection.profile = environment::value("PLIMSOLL_PROFILE", profile)?;
        }
        if self.files.jobs.is_none() {
            self.files.jobs = environment::value("PLIMSOLL_JOBS", jobs)?;
        }
        Ok(())
    }
}

impl FixArgs {
    /// `--diff` writes nothing, whatever else is given.
    fn options(self) -> FixOptions {
        let mode = match self {
            FixArgs { diff: true, .. } => FixMode::Diff,
            FixArgs { fix_only: true, .. } => FixMode::FixOnly,
            FixArgs { fix: true, .. } | FixArgs { interactive: true, .. } | FixArgs { fix_finding: Some(_), .. } => {
                FixMode::Fix
            }
            _ => FixMode::Report,
        };
        let safety = if self.unsafe_fixes { Safety::Unsafe } else { Safety::Safe };
        FixOptions {
            mode,
            safety,
            show: self.show_fixes,
            verify: self.verify,
            interactive: self.interactive,
            finding: self.fix_finding,
        }
    }
}
