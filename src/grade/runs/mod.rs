//! The interface to engines: what a submission's image does, as check results. Points are computed in `marking`.
//!
//! ```text
//! Runner::open(RunTask) ─► Session ─ evaluate(&EngineKind) ─► Evaluation (one per criterion, in the rubric's order)
//! ```
//!
//! A session belongs to one submission: it builds the image when it is first needed, keeps it for the following criteria, and
//! removes everything when it is dropped. Errors that are not the submission's fault are [`Unavailable`]: the criterion is
//! retried once, and then not graded.

mod build;
mod compose;
mod compose_checks;
mod files;
mod http;
mod inspect;
mod policy;
mod random_values;
mod run;
mod runner;
mod scrub;
mod session;
mod signal;
mod weigh;

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::rubric::{EngineKind, EngineRules};
use super::sheet::{ImageFigures, Location};
use crate::context::Context;
use crate::grade::rubric::static_checks::ComposeRequirements;

pub(in crate::grade) use build::{NAME_AND_TAG, NOT_AVAILABLE, example_base, instead_of, is_reference};
pub use runner::EngineRunner;

/// How a failed build is reported.
pub(in crate::grade) const BUILD_FAILED: &str = "the image does not build";
/// How a failure says that the image has a file that it must not have; the path follows.
pub(in crate::grade) const CONTAINS: &str = "the image contains `";
/// What the advice to a program that ignores its input ends with, before what to print.
pub(in crate::grade) const EACH_TIME: &str = " each time it runs; ";
/// How a failure says that a program does not end.
pub(in crate::grade) const STILL_RUNNING: &str = "was still running after";
/// How a failure says that a program ignores its input.
pub(in crate::grade) const HARD_CODED: &str = "prints the same whatever the input is";

/// One submission, as input for a runner.
pub struct RunTask<'a> {
    /// The submission's directory, or that of the assignment in it. Links in it are untrusted and must not be followed out.
    pub directory: &'a Path,
    /// The build context: `directory`, or a directory in it.
    pub context: &'a Path,
    /// The Dockerfile, relative to `directory`.
    pub dockerfile: Option<&'a Path>,
    pub rules: &'a EngineRules,
    /// Called with what is being done, for the progress line.
    pub progress: &'a (dyn Fn(&str) + Sync),
}

/// The engine could not evaluate a criterion. Never costs a student points.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unavailable {
    pub reason: String,
    /// Whether a retry may help: not if there is no engine, or if the run was interrupted.
    pub retry: bool,
}

/// The result of evaluating one criterion.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Evaluation {
    /// One result per check, in the rubric's order.
    Checks(Vec<CheckResult>),
    /// The image's size in bytes or its number of layers, for a scale.
    Measured(u64),
    /// The image's size, and its largest layer if it is larger than it should be.
    Sized(ImageSize),
    /// There is no image: the build failed or was rejected. A `build` criterion gives the reason.
    NoImage,
}

/// The size of an image.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ImageSize {
    /// Bytes.
    pub bytes: u64,
    /// The bytes of its largest layer, and the step that made it.
    pub largest: Option<(u64, String)>,
}

/// The result of one check.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CheckResult {
    /// What is checked, worded as praise: "prints `Hello`".
    pub what: String,
    /// `None` if it passed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<Failure>,
}

/// Why a check failed. The texts follow the conventions of [`super::sheet::Loss`]. Program output is bounded and
/// deterministic: without ids, times, ports or paths of this machine.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Failure {
    pub what: String,
    pub why: String,
    pub earn_back: String,
    pub place: Option<Location>,
    /// Evidence: the last lines of a log or of program output. Empty if there is none.
    pub seen: String,
}

impl Failure {
    pub fn new(what: impl Into<String>, earn_back: impl Into<String>) -> Self {
        Self { what: what.into(), earn_back: earn_back.into(), ..Self::default() }
    }

    /// Adds evidence.
    pub fn seen(self, seen: impl Into<String>) -> Self {
        Self { seen: seen.into(), ..self }
    }
}

impl CheckResult {
    pub fn passed(what: impl Into<String>) -> Self {
        Self::of(what, None)
    }

    pub fn failed(what: impl Into<String>, failure: Failure) -> Self {
        Self::of(what, Some(failure))
    }

    pub fn of(what: impl Into<String>, failure: Option<Failure>) -> Self {
        Self { what: what.into(), failure }
    }
}

/// Evaluates submissions: an engine, or a fake one in tests.
pub trait Runner: Sync {
    /// What tells this runner's evidence from another one's.
    fn name(&self) -> String {
        "engine".to_owned()
    }

    /// # Errors
    /// When the submission cannot be opened for a reason that is not its fault.
    fn open<'a>(&'a self, task: RunTask<'a>) -> Result<Box<dyn Session + 'a>, Unavailable>;
}

/// The evaluation of one submission.
pub trait Session {
    /// # Errors
    /// When the criterion cannot be evaluated for a reason that is not the submission's fault.
    fn evaluate(&mut self, kind: &EngineKind) -> Result<Evaluation, Unavailable>;

    /// The figures of the submission's image, once it is built.
    fn figures(&self) -> Option<ImageFigures> {
        None
    }
}

/// Checks a Compose file without an engine. `text` is its content, `None` if it does not exist; `context` is the directory
/// that it is in.
pub fn compose_checks(
    wanted: &ComposeRequirements,
    file: &str,
    text: Option<&str>,
    context: Option<&Context>,
) -> Vec<CheckResult> {
    compose_checks::checks(wanted, file, text, context)
}
