//! `plimsoll grade`.

use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args, Subcommand, ValueEnum, ValueHint};

use crate::command::args::{EngineChoice, engine};
use crate::grade::export::Format;

const EXIT_CODES: &str = "\
Exit codes:
  0  all are graded, and have passed where there is a pass mark
  1  somebody has not passed
  2  could not do the job: usage, the rubric, no engine, a submission that is not graded
  3  there are no submissions";

#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES, args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct Grade {
    #[command(subcommand)]
    pub command: Option<GradeCommand>,
    /// The rubric; alone it is only checked
    #[arg(value_name = "RUBRIC", required_unless_present_any = ["init", "schema"], value_hint = ValueHint::FilePath)]
    pub rubric: Option<PathBuf>,
    /// Folders of submissions, a folder or an archive a student; exports of learning platforms; or single submissions
    #[arg(value_name = "SUBMISSIONS", value_hint = ValueHint::AnyPath)]
    pub submissions: Vec<PathBuf>,
    /// Write a rubric that explains itself to rubric.toml
    #[arg(long, conflicts_with_all = ["schema", "rubric"])]
    pub init: bool,
    /// Print the JSON Schema of rubrics
    #[arg(long, conflicts_with = "rubric")]
    pub schema: bool,
    /// Print the rules that the rubric counts now, and their levels, to pin them in it; what a rule finds is not pinned
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
    /// Join the results of several runs, such as those of `--shard`
    Merge(Merge),
}

#[derive(Debug, Args)]
pub struct Merge {
    /// The rubric that all were graded by
    #[arg(value_name = "RUBRIC", value_hint = ValueHint::FilePath)]
    pub rubric: PathBuf,
    /// Files `grades.jsonl`, or folders with one
    #[arg(value_name = "RESULTS", required = true, value_hint = ValueHint::AnyPath)]
    pub results: Vec<PathBuf>,
    #[command(flatten)]
    pub output: Results,
}

/// Who is in the class.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Class")]
pub struct ClassArgs {
    /// Who is in the class: CSV with columns such as id, name, login, email, days-late
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub roster: Option<PathBuf>,
    /// Take what is given as one submission each, and not as folders of them
    #[arg(long)]
    pub single: bool,
    /// Grade this part of the class only, such as 2/8: the same students whoever else there is
    #[arg(long, value_name = "PART/PARTS")]
    pub shard: Option<Shard>,
    /// Submissions that are graded at once [default: 1 with an engine, else the number of processors]
    #[arg(long, value_name = "COUNT")]
    pub jobs: Option<usize>,
    /// Keep the results that are in --out already, but for what is not graded or has changed
    #[arg(long, requires = "out")]
    pub resume: bool,
}

#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Engine")]
pub struct EngineArgs {
    /// Leave out what needs an engine, and its points
    #[arg(long, conflicts_with = "engine")]
    pub static_only: bool,
    /// What builds and runs: docker, podman, nerdctl, or auto for the first that answers [default: auto]
    #[arg(long, value_name = "ENGINE", value_parser = engine)]
    pub engine: Option<EngineChoice>,
}

#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Results")]
pub struct Results {
    /// Write results to this folder
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub out: Option<PathBuf>,
    /// What to write: jsonl, csv, markdown, html, gradescope, classroom, prairielearn, junit; to a file of its own by
    /// FORMAT=FILE [default: jsonl, csv, markdown and html]
    #[arg(long, value_name = "FORMAT[=FILE]", value_delimiter = ',')]
    pub format: Vec<GradeFormat>,
    /// Fill in this offline grading worksheet of Moodle
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub moodle: Option<PathBuf>,
    /// Fill in this grade book of Canvas
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub canvas: Option<PathBuf>,
    /// Show and write only what students may see: no hidden criteria
    #[arg(long)]
    pub student: bool,
    /// Let it not fail the run when somebody has not passed
    #[arg(long)]
    pub exit_zero: bool,
}

/// `gradescope=/autograder/results/results.json`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GradeFormat {
    pub format: Format,
    /// `None`: in the folder of results.
    pub file: Option<PathBuf>,
}

impl FromStr for GradeFormat {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (format, file) = crate::command::args::format_to(text)?;
        let names = || Format::value_variants().iter().map(|format| format.as_str()).collect::<Vec<_>>().join(", ");
        let format = <Format as FromStr>::from_str(format)
            .map_err(|()| format!("there is no such format; there are {}", names()))?;
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
            _ => Err("write a part and how many there are, from 1/8 to 8/8".to_owned()),
        }
    }
}
