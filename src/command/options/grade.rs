//! `plimsoll grade`.

use std::path::PathBuf;
use std::str::FromStr;

use super::format_and_file;
use crate::engine::EngineChoice;
use crate::grade::export::ExportFormat;
use crate::grade::workers::WorkerLimits;

/// What `plimsoll grade` is to do.
#[derive(Clone, Debug)]
pub(in crate::command) enum GradeCommand {
    /// Write a template of a rubric.
    Init,
    /// Print the JSON Schema of rubrics.
    Schema,
    /// Print the rules that a rubric counts.
    Freeze(PathBuf),
    /// Print the rubric as students may see it.
    Publish(PathBuf),
    /// Delete everything that is kept about a student.
    Forget(Box<ForgetOptions>),
    /// Grade submissions; without any, only check the rubric.
    Grade(Box<GradeOptions>),
    /// Join the results of several runs.
    Merge(MergeOptions),
    /// Be a worker of such a run.
    Work(PathBuf, WorkerLimits),
}

/// Submissions and how to grade them.
#[derive(Clone, Debug)]
pub(in crate::command) struct GradeOptions {
    pub(in crate::command) rubric: PathBuf,
    pub(in crate::command) submissions: Vec<PathBuf>,
    pub(in crate::command) class: ClassOptions,
    /// `None`: what needs an engine is left out.
    pub(in crate::command) engine: Option<EngineChoice>,
    /// Leave out what needs an engine if there is none.
    pub(in crate::command) engine_optional: bool,
    pub(in crate::command) evidence: EvidenceOptions,
    pub(in crate::command) results: ResultOptions,
    pub(in crate::command) worker_limits: WorkerLimits,
    /// The port to serve the review of the results on; 0: any free one.
    pub(in crate::command) review: Option<u16>,
}

/// Where evidence is kept.
#[derive(Clone, Debug, Default)]
pub(in crate::command) struct EvidenceOptions {
    /// `None`: beside the results.
    pub(in crate::command) directory: Option<PathBuf>,
    /// Collect all evidence again.
    pub(in crate::command) fresh: bool,
}

/// A student to forget.
#[derive(Clone, Debug)]
pub(in crate::command) struct ForgetOptions {
    pub(in crate::command) rubric: PathBuf,
    pub(in crate::command) student: String,
    pub(in crate::command) evidence: EvidenceOptions,
    pub(in crate::command) results: ResultOptions,
}

/// Results to join.
#[derive(Clone, Debug)]
pub(in crate::command) struct MergeOptions {
    pub(in crate::command) rubric: PathBuf,
    pub(in crate::command) inputs: Vec<PathBuf>,
    pub(in crate::command) evidence: EvidenceOptions,
    pub(in crate::command) results: ResultOptions,
}

/// Who is in the class, and in which order it is graded.
#[derive(Clone, Debug, Default)]
pub(in crate::command) struct ClassOptions {
    pub(in crate::command) roster: Option<PathBuf>,
    /// Each path is one submission, and not a directory of them.
    pub(in crate::command) single: bool,
    pub(in crate::command) shard: Option<Shard>,
    /// Submissions to grade at once.
    pub(in crate::command) jobs: Option<usize>,
    /// Grade only these students; the others keep their results.
    pub(in crate::command) only: Vec<String>,
}

/// Where results go.
#[derive(Clone, Debug, Default)]
pub(in crate::command) struct ResultOptions {
    pub(in crate::command) out: Option<PathBuf>,
    pub(in crate::command) format: Vec<GradeFormat>,
    /// Moodle's worksheet to fill in.
    pub(in crate::command) moodle: Option<PathBuf>,
    /// Canvas's grade book to fill in.
    pub(in crate::command) canvas: Option<PathBuf>,
    /// The teacher's own marks.
    pub(in crate::command) overrides: Option<PathBuf>,
    /// Show pseudonyms instead of names.
    pub(in crate::command) anonymous: bool,
    /// Only what students may see.
    pub(in crate::command) student: bool,
    pub(in crate::command) exit_zero: bool,
}

/// `gradescope=/autograder/results/results.json`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::command) struct GradeFormat {
    pub(in crate::command) format: ExportFormat,
    /// `None`: in the directory of results.
    pub(in crate::command) file: Option<PathBuf>,
}

impl FromStr for GradeFormat {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (format, file) = format_and_file(text)?;
        Ok(Self { format, file })
    }
}

/// `2/8`, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::command) struct Shard {
    pub(in crate::command) part: u64,
    pub(in crate::command) of: u64,
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts =
            text.split_once('/').and_then(|(part, of)| Some((part.trim().parse().ok()?, of.trim().parse().ok()?)));
        match parts {
            Some((part, of)) if (1..=of).contains(&part) && of <= 100_000 => Ok(Self { part, of }),
            _ => Err("expected a part and the number of parts, such as 1/8".to_owned()),
        }
    }
}
