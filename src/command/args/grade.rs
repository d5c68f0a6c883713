//! The arguments of `plimsoll grade`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueHint};

use crate::command::args::engine_choice;
use crate::command::options::grade::{
    ClassOptions, GradeCommand, GradeFormat, GradeOptions, MergeOptions, ResultOptions, Shard,
};
use crate::engine::EngineChoice;

const EXIT_CODES: &str = "\
Exit codes:
  0  every submission was graded, and all that need to pass did
  1  at least one submission did not pass
  2  error: bad usage, bad rubric, no engine, or a submission that was not graded
  3  no submissions found";

#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES, args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(in crate::command) struct GradeArgs {
    #[command(subcommand)]
    command: Option<GradeSubcommand>,
    /// Rubric; without submissions it is only checked
    #[arg(value_name = "RUBRIC", required_unless_present_any = ["init", "schema"], value_hint = ValueHint::FilePath)]
    rubric: Option<PathBuf>,
    /// Submissions, or directories of them
    ///
    /// A directory of submissions has a directory or an archive per student; exports of learning platforms are
    /// recognized.
    #[arg(value_name = "SUBMISSIONS", value_hint = ValueHint::AnyPath)]
    submissions: Vec<PathBuf>,
    /// Write a commented rubric to rubric.toml
    #[arg(long, conflicts_with_all = ["schema", "rubric"])]
    init: bool,
    /// Print the JSON Schema of rubrics
    #[arg(long, conflicts_with = "rubric")]
    schema: bool,
    /// Print the rules that the rubric counts now, to pin them
    ///
    /// Pins which rules count and at which level. What a rule reports still depends on the version of plimsoll.
    #[arg(long, conflicts_with = "submissions")]
    freeze: bool,
    #[command(flatten)]
    class: ClassArgs,
    #[command(flatten)]
    engine: EngineArgs,
    #[command(flatten)]
    results: ResultArgs,
}

#[derive(Debug, Subcommand)]
enum GradeSubcommand {
    /// Merge the results of several runs, such as those of `--shard`
    Merge(MergeArgs),
}

#[derive(Debug, Args)]
struct MergeArgs {
    /// Rubric that all results were graded by
    #[arg(value_name = "RUBRIC", value_hint = ValueHint::FilePath)]
    rubric: PathBuf,
    /// `grades.jsonl` files, or directories that contain one
    #[arg(value_name = "RESULTS", required = true, value_hint = ValueHint::AnyPath)]
    results: Vec<PathBuf>,
    #[command(flatten)]
    output: ResultArgs,
}

#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Class")]
struct ClassArgs {
    /// CSV file with columns such as id, name, login, email, days-late
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    roster: Option<PathBuf>,
    /// Treat each path as a single submission
    #[arg(long)]
    single: bool,
    /// Grade only this part of the class, such as 2/8
    ///
    /// Which part a student is in does not depend on the other students.
    #[arg(long, value_name = "PART/PARTS")]
    shard: Option<Shard>,
    /// Submissions to grade at once [default: 1 with an engine]
    ///
    /// Without an engine the default is one per processor.
    #[arg(long, value_name = "COUNT")]
    jobs: Option<usize>,
    /// Keep results in --out that are still valid
    ///
    /// Grades only submissions that have changed or were not graded before.
    #[arg(long, requires = "out")]
    resume: bool,
}

#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Engine")]
struct EngineArgs {
    /// Skip criteria that need an engine, and their points
    #[arg(long, conflicts_with = "engine")]
    static_only: bool,
    /// Engine to build and run with [default: auto]
    ///
    /// One of docker, docker-legacy, podman, nerdctl, or auto: the first one that responds.
    #[arg(long, value_name = "ENGINE", value_parser = engine_choice(), hide_possible_values = true)]
    engine: Option<EngineChoice>,
}

#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Results")]
struct ResultArgs {
    /// Write results to this directory
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    out: Option<PathBuf>,
    /// Formats to write [default: jsonl, csv, markdown and html]
    ///
    /// Formats: jsonl, csv, markdown, html, gradescope, classroom, prairielearn, junit. FORMAT=FILE writes to a file
    /// outside of --out.
    #[arg(long, value_name = "FORMAT[=FILE]", value_delimiter = ',')]
    format: Vec<GradeFormat>,
    /// Fill in this offline grading worksheet from Moodle
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    moodle: Option<PathBuf>,
    /// Fill in this grade book from Canvas
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    canvas: Option<PathBuf>,
    /// Show and write only what students may see (no hidden criteria)
    #[arg(long)]
    student: bool,
    /// Exit 0 even if a submission did not pass
    #[arg(long)]
    exit_zero: bool,
}

impl GradeArgs {
    pub(in crate::command) fn options(self) -> GradeCommand {
        if let Some(GradeSubcommand::Merge(merge)) = self.command {
            let MergeArgs { rubric, results, output } = merge;
            return GradeCommand::Merge(MergeOptions { rubric, inputs: results, results: output.options() });
        }
        // clap requires the rubric unless one of the other two is given.
        let rubric = match self.rubric {
            _ if self.schema => return GradeCommand::Schema,
            None => return GradeCommand::Init,
            Some(rubric) if self.freeze => return GradeCommand::Freeze(rubric),
            Some(rubric) => rubric,
        };
        let ClassArgs { roster, single, shard, jobs, resume } = self.class;
        GradeCommand::Grade(Box::new(GradeOptions {
            rubric,
            submissions: self.submissions,
            class: ClassOptions { roster, single, shard, jobs, resume },
            engine: (!self.engine.static_only).then(|| self.engine.engine.unwrap_or_default()),
            results: self.results.options(),
        }))
    }
}

impl ResultArgs {
    fn options(self) -> ResultOptions {
        let Self { out, format, moodle, canvas, student, exit_zero } = self;
        ResultOptions { out, format, moodle, canvas, student, exit_zero }
    }
}
