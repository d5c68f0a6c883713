//! The arguments of `plimsoll grade`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueHint};

use crate::command::args::values::{engine_choice, jobs};
use crate::command::options::grade::{
    ClassOptions, EvidenceOptions, ForgetOptions, GradeCommand, GradeFormat, GradeOptions, MergeOptions, ResultOptions,
    Shard,
};
use crate::engine::EngineChoice;
use crate::grade::workers::WorkerLimits;

const EXIT_CODES: &str = "\
Exit codes:
  0  all submissions were graded, and all that must pass did
  1  at least one submission did not pass
  2  error: bad usage, bad rubric, no engine, or a submission that was not graded
  3  no submissions found";

#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES, args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(in crate::command) struct GradeArgs {
    #[command(subcommand)]
    command: Option<GradeSubcommand>,
    /// Rubric to grade against; if there are no submissions, only the rubric is checked
    #[arg(value_name = "RUBRIC", required_unless_present_any = ["init", "schema"], value_hint = ValueHint::FilePath)]
    rubric: Option<PathBuf>,
    /// Submissions, or directories that contain them
    ///
    /// A directory of submissions contains one directory or archive per student. Exports from learning platforms
    /// also work.
    #[arg(value_name = "SUBMISSIONS", value_hint = ValueHint::AnyPath)]
    submissions: Vec<PathBuf>,
    /// Write a commented rubric to rubric.toml
    #[arg(long, conflicts_with_all = ["schema", "rubric"])]
    init: bool,
    /// Print the JSON Schema of rubrics
    #[arg(long, conflicts_with = "rubric")]
    schema: bool,
    /// Print the rules that the rubric currently counts, so that you can pin them
    ///
    /// This pins which rules count, and at which level, but what each rule reports still depends on the version of
    /// plimsoll.
    #[arg(long, conflicts_with = "submissions")]
    freeze: bool,
    /// Print the version of the rubric that students may see
    ///
    /// The printed version contains no hidden criteria or comments, and is meant for `--self`.
    #[arg(long, conflicts_with = "submissions")]
    publish: bool,
    /// Check your own submission [default: the current directory]
    ///
    /// Shows only what students are allowed to see. Criteria that need a container engine are skipped if none is
    /// available.
    #[arg(long = "self", conflicts_with_all = ["freeze", "publish", "forget"])]
    self_check: bool,
    /// Review the results in a browser on this machine
    ///
    /// Marks and comments that you enter are saved to the --overrides file, and the results are updated. If you omit
    /// PORT, a free port is chosen. The printed URL contains a secret token.
    #[arg(long, value_name = "PORT", num_args = 0..=1, require_equals = true, default_missing_value = "0",
        requires = "overrides", conflicts_with_all = ["freeze", "publish", "forget", "self_check", "shard", "student"])]
    serve: Option<u16>,
    /// Delete all stored data for a student: results, pages, and evidence
    #[arg(long, value_name = "STUDENT", conflicts_with = "submissions")]
    forget: Option<String>,
    #[command(flatten)]
    class: ClassArgs,
    #[command(flatten)]
    evidence: EvidenceArgs,
    #[command(flatten)]
    engine: EngineArgs,
    #[command(flatten)]
    results: ResultArgs,
    #[command(flatten)]
    workers: WorkerArgs,
}

/// A worker of `plimsoll grade`.
#[derive(Debug, Args)]
pub(in crate::command) struct GradeWorkerArgs {
    rubric: PathBuf,
    #[command(flatten)]
    limits: WorkerArgs,
}

impl GradeWorkerArgs {
    pub(in crate::command) fn options(self) -> GradeCommand {
        GradeCommand::Work(self.rubric, self.limits.limits())
    }
}

/// What the analysis of a submission may take.
#[derive(Clone, Debug, Default, Args)]
struct WorkerArgs {
    /// Seconds of CPU time
    #[arg(long, value_name = "SECONDS", hide = true, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    worker_cpu: Option<u64>,
    /// Memory in MiB
    #[arg(long, value_name = "MIB", hide = true, value_parser = clap::value_parser!(u64).range(1..=1 << 20))]
    worker_memory: Option<u64>,
}

impl WorkerArgs {
    fn limits(&self) -> WorkerLimits {
        let default = WorkerLimits::default();
        let memory = self.worker_memory.map(|mib| mib << 20);
        WorkerLimits { cpu: self.worker_cpu.unwrap_or(default.cpu), memory: memory.unwrap_or(default.memory) }
    }
}

#[derive(Debug, Subcommand)]
enum GradeSubcommand {
    /// Merge the results of several runs, such as `--shard` runs
    Merge(MergeArgs),
}

#[derive(Debug, Args)]
struct MergeArgs {
    /// Rubric that was used for all results
    #[arg(value_name = "RUBRIC", value_hint = ValueHint::FilePath)]
    rubric: PathBuf,
    /// `grades.jsonl` files, or directories that contain one
    #[arg(value_name = "RESULTS", required = true, value_hint = ValueHint::AnyPath)]
    results: Vec<PathBuf>,
    #[command(flatten)]
    evidence: EvidenceArgs,
    #[command(flatten)]
    output: ResultArgs,
}

#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Class")]
struct ClassArgs {
    /// CSV file with columns such as id, name, login, email, and days-late
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    roster: Option<PathBuf>,
    /// Treat each path as a single submission
    #[arg(long)]
    single: bool,
    /// Grade only this part of the class, such as 2/8
    ///
    /// Which part a student belongs to does not depend on the other students.
    #[arg(long, value_name = "PART/PARTS")]
    shard: Option<Shard>,
    /// Number of submissions to grade in parallel [default: 1 with an engine]
    ///
    /// If no engine is used, the default is one per processor.
    #[arg(long, value_name = "COUNT", value_parser = jobs)]
    jobs: Option<usize>,
    /// Grade only this student, identified by ID, login, email address, or name
    ///
    /// Keeps the other students' results. Can be repeated.
    #[arg(long, value_name = "STUDENT")]
    only: Vec<String>,
}

#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Evidence")]
struct EvidenceArgs {
    /// Store evidence in this directory [default: next to the results]
    ///
    /// Evidence means builds, runs, and findings. It is stored separately from marks, so you can adjust points without
    /// rebuilding anything. Multiple runs can share the same directory.
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    evidence: Option<PathBuf>,
    /// Collect all evidence again, for example after a base image has changed
    #[arg(long)]
    fresh: bool,
}

impl EvidenceArgs {
    fn options(self) -> EvidenceOptions {
        EvidenceOptions { directory: self.evidence, fresh: self.fresh }
    }
}

#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Engine")]
struct EngineArgs {
    /// Skip criteria that need an engine, along with their points
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
    /// Write results to this directory [default for a class: grades]
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    out: Option<PathBuf>,
    /// Formats to write [default: jsonl, csv, markdown, and html]
    ///
    /// Formats: jsonl, csv, markdown, html, gradescope, classroom, prairielearn, and junit. FORMAT=FILE writes to a
    /// file outside --out.
    #[arg(long, value_name = "FORMAT[=FILE]", value_delimiter = ',')]
    format: Vec<GradeFormat>,
    /// Fill in this offline grading worksheet from Moodle
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    moodle: Option<PathBuf>,
    /// Fill in this gradebook from Canvas
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    canvas: Option<PathBuf>,
    /// CSV or TOML file with points and comments that replace the computed ones
    ///
    /// Columns: student, criterion, points, comment, and late-days. The criterion `total` sets the total, and a comment
    /// without a criterion applies to the whole submission. Only --serve changes this file.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    overrides: Option<PathBuf>,
    /// Show pseudonyms instead of names, and write identities.csv
    #[arg(long)]
    anonymous: bool,
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
            let MergeArgs { rubric, results, evidence, output } = merge;
            let (evidence, output) = (evidence.options(), output.options());
            return GradeCommand::Merge(MergeOptions { rubric, inputs: results, evidence, results: output });
        }
        // clap requires the rubric unless one of the other two is given.
        let rubric = match self.rubric {
            _ if self.schema => return GradeCommand::Schema,
            None => return GradeCommand::Init,
            Some(rubric) if self.freeze => return GradeCommand::Freeze(rubric),
            Some(rubric) if self.publish => return GradeCommand::Publish(rubric),
            Some(rubric) if self.forget.is_some() => {
                return GradeCommand::Forget(Box::new(ForgetOptions {
                    rubric,
                    student: self.forget.unwrap_or_default(),
                    evidence: self.evidence.options(),
                    results: self.results.options(),
                }));
            }
            Some(rubric) => rubric,
        };
        let ClassArgs { roster, single, shard, jobs, only } = self.class;
        let single = single || self.self_check;
        let mut results = self.results.options();
        results.student |= self.self_check;
        let mut submissions = self.submissions;
        if self.self_check && submissions.is_empty() {
            submissions.push(PathBuf::from("."));
        }
        GradeCommand::Grade(Box::new(GradeOptions {
            rubric,
            submissions,
            class: ClassOptions { roster, single, shard, jobs, only },
            engine: (!self.engine.static_only).then(|| self.engine.engine.unwrap_or_default()),
            engine_optional: self.self_check,
            evidence: self.evidence.options(),
            results,
            worker_limits: self.workers.limits(),
            review: self.serve,
        }))
    }
}

impl ResultArgs {
    fn options(self) -> ResultOptions {
        let Self { out, format, moodle, canvas, overrides, anonymous, student, exit_zero } = self;
        ResultOptions { out, format, moodle, canvas, overrides, anonymous, student, exit_zero }
    }
}
