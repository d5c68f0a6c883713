//! `plimsoll grade`.

use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args, Subcommand, ValueEnum, ValueHint};

use crate::command::args::{EngineChoice, engine};
use crate::grade::export::ExportFormat;

const EXIT_CODES: &str = "\
Exit codes:
  0  all submissions are graded, and passed if there is a pass mark
  1  a student did not pass
  2  error: bad usage, an invalid rubric, no engine, or a submission that is not graded
  3  no submissions";

#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES, args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct Grade {
    #[command(subcommand)]
    pub command: Option<GradeCommand>,
    /// Rubric; without submissions it is only validated
    #[arg(value_name = "RUBRIC", required_unless_present_any = ["init", "schema"], value_hint = ValueHint::FilePath)]
    pub rubric: Option<PathBuf>,
    /// Directories of submissions with a directory or archive per student, exports of learning platforms, or single submissions
    #[arg(value_name = "SUBMISSIONS", value_hint = ValueHint::AnyPath)]
    pub submissions: Vec<PathBuf>,
    /// Write a commented rubric to rubric.toml
    #[arg(long, conflicts_with_all = ["schema", "rubric"])]
    pub init: bool,
    /// Print the JSON Schema of rubrics
    #[arg(long, conflicts_with = "rubric")]
    pub schema: bool,
    /// Print the rules that the rubric counts and their levels, to pin them in it
    #[arg(long, conflicts_with = "submissions")]
    pub freeze: bool,
    #[command(flatten)]
    pub class: ClassArgs,
    #[command(flatten)]
    pub engine: EngineArgs,
    #[command(flatten)]
    pub results: Results,
}

#[derive(Debug, Subcommand)]
pub enum GradeCommand {
    /// Merge the results of several runs, such as those of `--shard`
    Merge(Merge),
}

#[derive(Debug, Args)]
pub struct Merge {
    /// Rubric that all results were graded by
    #[arg(value_name = "RUBRIC", value_hint = ValueHint::FilePath)]
    pub rubric: PathBuf,
    /// `grades.jsonl` files, or directories that contain one
    #[arg(value_name = "RESULTS", required = true, value_hint = ValueHint::AnyPath)]
    pub results: Vec<PathBuf>,
    #[command(flatten)]
    pub output: Results,
}

/// The class.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Class")]
pub struct ClassArgs {
    /// Roster: CSV with columns such as id, name, login, email, days-late
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub roster: Option<PathBuf>,
    /// Treat each path as one submission instead of a directory of submissions
    #[arg(long)]
    pub single: bool,
    /// Grade only this part of the class, such as 2/8; which students are in it does not depend on the others
    #[arg(long, value_name = "PART/PARTS")]
    pub shard: Option<Shard>,
    /// Number of submissions to grade in parallel [default: 1 with an engine, otherwise the number of processors]
    #[arg(long, value_name = "COUNT")]
    pub jobs: Option<usize>,
    /// Keep the existing results in --out; grade only submissions that have changed or are not graded
    #[arg(long, requires = "out")]
    pub resume: bool,
}

#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Engine")]
pub struct EngineArgs {
    /// Skip criteria that need an engine, and their points
    #[arg(long, conflicts_with = "engine")]
    pub static_only: bool,
    /// Engine that builds and runs: docker, podman, nerdctl, or auto (the first one found) [default: auto]
    #[arg(long, value_name = "ENGINE", value_parser = engine)]
    pub engine: Option<EngineChoice>,
}

#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Results")]
pub struct Results {
    /// Write results to this directory
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub out: Option<PathBuf>,
    /// Formats to write: jsonl, csv, markdown, html, gradescope, classroom, prairielearn, junit; FORMAT=FILE writes to
    /// FILE [default: jsonl, csv, markdown and html]
    #[arg(long, value_name = "FORMAT[=FILE]", value_delimiter = ',')]
    pub format: Vec<GradeFormat>,
    /// Fill in this Moodle offline grading worksheet
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub moodle: Option<PathBuf>,
    /// Fill in this Canvas gradebook
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub canvas: Option<PathBuf>,
    /// Show and write only what students may see, without hidden criteria
    #[arg(long)]
    pub student: bool,
    /// Exit 0 even if a student did not pass
    #[arg(long)]
    pub exit_zero: bool,
}

/// `gradescope=/autograder/results/results.json`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GradeFormat {
    pub format: ExportFormat,
    /// `None`: a file in the directory of results.
    pub file: Option<PathBuf>,
}

impl FromStr for GradeFormat {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (format, file) = crate::command::args::format_to(text)?;
        let names =
            || ExportFormat::value_variants().iter().map(|format| format.as_str()).collect::<Vec<_>>().join(", ");
        let format = <ExportFormat as FromStr>::from_str(format)
            .map_err(|()| format!("unknown format; expected one of: {}", names()))?;
        Ok(Self { format, file })
    }
}

/// `2/8`, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    pub part: u64,
    pub of: u64,
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts =
            text.split_once('/').and_then(|(part, of)| Some((part.trim().parse().ok()?, of.trim().parse().ok()?)));
        match parts {
            Some((part, of)) if (1..=of).contains(&part) && of <= 100_000 => Ok(Self { part, of }),
            _ => Err("expected PART/PARTS, such as 1/8 to 8/8".to_owned()),
        }
    }
}
