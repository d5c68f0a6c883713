//! The rubric: what gets points, read from TOML, with the places of its mistakes.

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
pub use schema::{EngineRules, Feedback, Late, Place};
pub use static_checks::StaticKind;
pub use template::TEMPLATE;

/// A rubric without mistakes.
pub struct Rubric {
    pub title: String,
    pub plimsoll: Version,
    /// Percent of all points.
    pub pass: Option<Points>,
    pub round: Points,
    pub feedback: Feedback,
    pub late: Late,
    pub submission: Place,
    pub engine: EngineRules,
    pub criteria: Vec<Criterion>,
    /// How submissions are linted: every rule that some criterion counts.
    pub lint: Settings,
    /// Tells whether results belong to this very rubric.
    pub fingerprint: String,
}

/// What gets points.
#[derive(Clone, Debug)]
pub struct Criterion {
    /// Letters, digits, `-` and `_`; unique.
    pub id: String,
    pub title: String,
    pub points: Points,
    pub bonus: bool,
    pub hidden: bool,
    /// Ids of criteria further up.
    pub needs: Vec<String>,
    /// Points are shared out among what is asked for.
    pub partial: bool,
    /// The teacher's own words for those who have not met it.
    pub hint: Option<String>,
    pub kind: Kind,
}

/// What a criterion is about.
#[derive(Clone, Debug)]
#[allow(clippy::large_enum_variant, reason = "a rubric has a handful of them")]
pub enum Kind {
    /// Reading decides it.
    Static(StaticKind),
    /// An engine decides it.
    Engine(EngineKind),
}

/// `0.1.0`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version(pub u64, pub u64, pub u64);

impl Version {
    /// This program's own.
    pub fn own() -> Self {
        Self::parse(env!("CARGO_PKG_VERSION")).unwrap_or(Version(0, 0, 0))
    }

    /// `0.3` is `0.3.0`.
    pub fn parse(text: &str) -> Option<Self> {
        let plain = text.trim().split(['-', '+']).next()?;
        let mut numbers = plain.split('.').map(|number| number.parse().ok());
        let version = Self(numbers.next()??, numbers.next().unwrap_or(Some(0))?, numbers.next().unwrap_or(Some(0))?);
        numbers.next().is_none().then_some(version)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.0, self.1, self.2)
    }
}

impl Rubric {
    /// Reads a file.
    ///
    /// # Errors
    /// All that is wrong with it, in file order.
    pub fn read(path: &Path) -> Result<(Self, Vec<Problem>), Vec<Problem>> {
        let source = config::read_file(path)
            .map_err(|error| vec![Problem::error(format!("cannot read the rubric `{}`: {error}", path.display()))])?;
        Self::of(&source)
    }

    /// Reads a text; beside the rubric there are warnings.
    ///
    /// # Errors
    /// All that is wrong with it, in file order.
    pub fn of(source: &Arc<Source>) -> Result<(Self, Vec<Problem>), Vec<Problem>> {
        reader::read(source, registry::all())
    }

    /// What can be had without bonus, or by bonus alone.
    pub fn most(&self, bonus: bool) -> Points {
        self.criteria.iter().filter(|criterion| criterion.bonus == bonus).map(|criterion| criterion.points).sum()
    }

    /// Whether an engine is needed for anything.
    pub fn needs_engine(&self) -> bool {
        self.criteria.iter().any(|criterion| matches!(criterion.kind, Kind::Engine(_)))
    }

    /// The rules that count, by name: what `frozen-rules` holds.
    pub fn rules(&self) -> Vec<&'static str> {
        self.lint.lint.rules.iter().map(|(entry, _)| entry.meta.name).collect()
    }

    /// What pins rules and their levels, as TOML for the rubric.
    pub fn freeze(&self) -> String {
        let rules = &self.lint.lint.rules;
        let names: String = rules.iter().map(|(entry, _)| format!("    \"{}\",\n", entry.meta.name)).collect();
        let level = |(entry, level): &(&'static crate::finding::Entry, Level)| {
            format!("{} = \"{}\"\n", entry.meta.name, level.as_str())
        };
        let levels: String = rules.iter().map(level).collect();
        format!(
            "# Above the first table of the rubric:\nfrozen-rules = [\n{names}]\n\n# In place of its `[lint.levels]`:\n[lint.levels]\n{levels}"
        )
    }

    pub fn criterion(&self, id: &str) -> Option<&Criterion> {
        self.criteria.iter().find(|criterion| criterion.id == id)
    }
}

/// The JSON Schema of rubrics.
pub fn schema() -> serde_json::Value {
    schemars::schema_for!(schema::RawRubric).to_value()
}

#[cfg(test)]
mod tests;
