//! The rubric: what gets points. Read from TOML; errors point at their place in the file.

pub mod expectation;
mod reader;
mod schema;
pub mod static_checks;
mod template;
pub mod values;

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use crate::config::{self, Settings};
use crate::finding::Level;
use crate::grade::Points;
use crate::lint::registry;
use crate::text::Problem;
use crate::text::Source;

pub use expectation::EngineKind;
pub use schema::{EngineRules, Feedback, LatePolicy, SubmissionLayout};
pub use static_checks::StaticKind;
pub use template::TEMPLATE;

/// A valid rubric.
pub struct Rubric {
    pub title: String,
    /// The pass mark in percent of the maximum.
    pub pass: Option<Points>,
    pub round: Points,
    pub feedback: Feedback,
    pub late: LatePolicy,
    pub submission: SubmissionLayout,
    pub engine: EngineRules,
    pub criteria: Vec<Criterion>,
    /// Lint settings for submissions, with every rule that a criterion counts.
    pub lint: Settings,
    /// Identifies the rubric that results belong to.
    pub fingerprint: String,
}

/// A criterion that gets points.
#[derive(Clone, Debug)]
pub struct Criterion {
    /// Letters, digits, `-` and `_`; unique.
    pub id: String,
    pub title: String,
    pub points: Points,
    pub bonus: bool,
    pub hidden: bool,
    /// Ids of earlier criteria that have to be met first.
    pub needs: Vec<String>,
    /// Whether the points are divided among the single checks.
    pub partial: bool,
    /// The teacher's hint for students who missed it.
    pub hint: Option<String>,
    pub kind: CriterionKind,
}

/// How a criterion is evaluated.
#[derive(Clone, Debug)]
#[allow(clippy::large_enum_variant, reason = "a rubric has a handful of them")]
pub enum CriterionKind {
    /// By reading files.
    Static(StaticKind),
    /// By an engine.
    Engine(EngineKind),
}

/// `0.1.0`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RubricVersion(pub u64, pub u64, pub u64);

impl RubricVersion {
    /// The version of this program.
    pub fn own() -> Self {
        Self::parse(env!("CARGO_PKG_VERSION")).unwrap_or(RubricVersion(0, 0, 0))
    }

    /// `0.3` is `0.3.0`.
    pub fn parse(text: &str) -> Option<Self> {
        let release = text.trim().split(['-', '+']).next()?;
        let mut numbers = release.split('.').map(|number| number.parse().ok());
        let version = Self(numbers.next()??, numbers.next().unwrap_or(Some(0))?, numbers.next().unwrap_or(Some(0))?);
        numbers.next().is_none().then_some(version)
    }
}

impl fmt::Display for RubricVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.0, self.1, self.2)
    }
}

impl Rubric {
    /// Reads a file.
    ///
    /// # Errors
    /// All errors, in file order.
    pub fn read(path: &Path) -> Result<(Self, Vec<Problem>), Vec<Problem>> {
        let source = config::read_file(path)
            .map_err(|error| vec![Problem::error(format!("cannot read the rubric `{}`: {error}", path.display()))])?;
        Self::of(&source)
    }

    /// Reads a text; returns the rubric and its warnings.
    ///
    /// # Errors
    /// All errors, in file order.
    pub fn of(source: &Arc<Source>) -> Result<(Self, Vec<Problem>), Vec<Problem>> {
        reader::read(source, registry::all())
    }

    /// The maximum without bonus, or of the bonus alone.
    pub fn max_points(&self, bonus: bool) -> Points {
        self.criteria.iter().filter(|criterion| criterion.bonus == bonus).map(|criterion| criterion.points).sum()
    }

    /// Whether any criterion needs an engine.
    pub fn needs_engine(&self) -> bool {
        self.criteria.iter().any(|criterion| matches!(criterion.kind, CriterionKind::Engine(_)))
    }

    /// The names of the rules that count, as for `frozen-rules`.
    pub fn rules(&self) -> Vec<&'static str> {
        self.lint.lint.rules.iter().map(|(entry, _)| entry.meta.name).collect()
    }

    /// TOML for the rubric that pins the current rules and levels.
    pub fn freeze(&self) -> String {
        let rules = &self.lint.lint.rules;
        let names: String = rules.iter().map(|(entry, _)| format!("    \"{}\",\n", entry.meta.name)).collect();
        let level = |(entry, level): &(&'static crate::finding::Entry, Level)| {
            format!("{} = \"{}\"\n", entry.meta.name, level.as_str())
        };
        let levels: String = rules.iter().map(level).collect();
        format!(
            "# Put this above the first table of the rubric:\nfrozen-rules = [\n{names}]\n\n# Replace its `[lint.levels]` with this:\n[lint.levels]\n{levels}"
        )
    }
}

/// The JSON Schema of rubrics.
pub fn schema() -> serde_json::Value {
    schemars::schema_for!(schema::RawRubric).to_value()
}

#[cfg(test)]
mod tests;
