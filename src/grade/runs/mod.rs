//! The seam to engines: what a submission's image does, told as facts. Points are counted elsewhere.
//!
//! ```text
//! Lab::open(&Task) ─► Bench ─ try_one(&EngineKind) ─► Outcome (criterion by criterion, in the rubric's order)
//! ```
//!
//! A bench belongs to one submission: it copies the folder, builds the image when first asked, keeps it for the criteria
//! that follow, and clears all away when dropped. Whatever is not the submission's own fault is [`Trouble`]: the criterion is
//! then not graded, and tried once more.

mod build;
mod compose;
mod compose_facts;
mod files;
mod http;
mod inspect;
mod random_values;
mod run;
mod runner;
mod scrub;
mod signal;

use std::path::Path;

use super::rubric::{EngineKind, EngineRules};
use super::sheet::Spot;
use crate::grade::rubric::static_checks::ComposeFacts;

pub use runner::EngineLab;

/// One submission, as an engine is to get it.
pub struct Task<'a> {
    /// The student's folder, or that of the assignment in it. Links in it may lead anywhere and must not be followed out.
    pub folder: &'a Path,
    /// The build context: `folder`, or a folder in it.
    pub context: &'a Path,
    /// The Dockerfile, relative to `folder`.
    pub dockerfile: Option<&'a Path>,
    pub rules: &'a EngineRules,
    /// Told what is being done, for the progress line.
    pub progress: &'a (dyn Fn(&str) + Sync),
}

/// Engine trouble: never a student's loss.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    pub why: String,
    /// Whether it may help to try again: not so when there is no engine at all, or the user wants the run to end.
    pub again: bool,
}

/// What an engine says to one criterion.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// One for each single thing that was asked for, in the rubric's order.
    Checks(Vec<Check>),
    /// The image's bytes or layers, for a scale.
    Measured(u64),
    /// There is no image to try it on: the build failed, or was refused. Why that is, a `build` criterion tells.
    NoImage,
}

/// One thing that was asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Check {
    /// In the words of praise, should it hold: "prints `Hello`".
    pub what: String,
    /// Why it does not hold.
    pub fault: Option<Fault>,
}

/// Why something does not hold. The texts follow the conventions of [`super::sheet::Loss`]; what programs printed is
/// bounded, and the same each time: no ids, times, ports or paths of this machine.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Fault {
    pub what: String,
    pub why: String,
    pub earn_back: String,
    pub place: Option<Spot>,
    /// The last lines of a log, or what was printed.
    pub seen: Option<String>,
}

impl Check {
    pub fn holds(what: impl Into<String>) -> Self {
        Self { what: what.into(), fault: None }
    }

    pub fn fails(what: impl Into<String>, fault: Fault) -> Self {
        Self { what: what.into(), fault: Some(fault) }
    }
}

/// Where submissions are tried: an engine, or what stands in for one in tests.
pub trait Lab: Sync {
    /// # Errors
    /// When the submission cannot even be taken up, by no fault of its own.
    fn open<'a>(&'a self, task: Task<'a>) -> Result<Box<dyn Bench + 'a>, Trouble>;
}

/// One submission being tried.
pub trait Bench {
    /// # Errors
    /// By no fault of the submission.
    fn try_one(&mut self, kind: &EngineKind) -> Result<Outcome, Trouble>;
}

/// What a Compose file says, held against what it should say. Needs no engine. `text` is the file; `None`: there is none.
pub fn compose_facts(wanted: &ComposeFacts, file: &str, text: Option<&str>) -> Vec<Check> {
    compose_facts::checks(wanted, file, text)
}
