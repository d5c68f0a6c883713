//! The arguments of `plimsoll format`.

use std::ops::RangeInclusive;
use std::path::PathBuf;

use clap::{Args, ValueHint};

use crate::command::options::{FileOptions, FormatCommandOptions};

const FORMAT_EXIT_CODES: &str = "\
Exit codes:
  0  all files are formatted
  1  with --check or --diff, files would change
  2  error: bad usage, bad configuration, or a file that cannot be read, written, or formatted
  3  no Dockerfiles found";

#[derive(Debug, Args)]
#[command(after_help = FORMAT_EXIT_CODES)]
pub(in crate::command) struct FormatArgs {
    /// Files and directories to format; `-` is standard input
    #[arg(value_name = "PATH", default_value = ".", value_hint = ValueHint::AnyPath)]
    paths: Vec<PathBuf>,
    /// List the files that would change, without writing to them
    #[arg(long)]
    check: bool,
    /// Print the changes as a diff instead of writing them
    #[arg(long)]
    diff: bool,
    /// Format only these lines, such as 3:10
    ///
    /// Line numbers start at 1, and both ends of the range are included. Requires a single file.
    #[arg(long, value_name = "FIRST:LAST", value_parser = line_range)]
    range: Option<RangeInclusive<usize>>,
    /// Skip matching files and directories
    #[arg(long, value_name = "GLOB,…", value_delimiter = ',')]
    exclude: Vec<String>,
    /// Also apply exclusions to files named on the command line
    #[arg(long)]
    force_exclude: bool,
    /// Do not respect .gitignore
    #[arg(long)]
    no_ignore: bool,
    /// Path to assume for standard input
    #[arg(long, value_name = "PATH", value_hint = ValueHint::FilePath)]
    stdin_filename: Option<PathBuf>,
}

impl FormatArgs {
    pub(in crate::command) fn options(self) -> FormatCommandOptions {
        FormatCommandOptions {
            files: FileOptions {
                paths: self.paths,
                exclude: self.exclude,
                force_exclude: self.force_exclude,
                no_ignore: self.no_ignore,
                compose: false,
                stdin_filename: self.stdin_filename,
                ..FileOptions::default()
            },
            check: self.check,
            diff: self.diff,
            range: self.range,
        }
    }
}

/// `FIRST:LAST`.
fn line_range(text: &str) -> Result<RangeInclusive<usize>, String> {
    let expected = || "expected FIRST:LAST, such as 3:10".to_owned();
    let (first, last) = text.split_once(':').ok_or_else(expected)?;
    let number = |text: &str| text.parse::<usize>().ok().filter(|number| *number > 0).ok_or_else(expected);
    let (first, last) = (number(first)?, number(last)?);
    if first <= last { Ok(first..=last) } else { Err("the first line is after the last one".to_owned()) }
}
