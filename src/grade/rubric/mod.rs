//! The rubric: what gets points. Read from TOML; errors point at their place in the file.

pub mod expectation;
mod reader;
mod rubric_text;
mod schema;
pub mod service_role;
pub mod static_checks;
mod template;
#[cfg(feature = "schemas")]
mod value_schemas;
pub mod values;
mod variants;

use std::collections::BTreeSet;
use std::fmt;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use crate::config::{self, Settings};
use crate::finding::Level;
use crate::grade::Points;
use crate::grade::language::Language;
use crate::lint::registry;
use crate::text::Problem;
use crate::text::Source;

pub use expectation::EngineKind;
pub use schema::{Curve, EngineRules, Feedback, LatePolicy, SimilarityRules, SubmissionLayout};
pub use static_checks::StaticKind;
pub use template::TEMPLATE;
#[cfg(feature = "internals")]
pub use value_schemas::derived_schema;
pub use variants::Variant;

/// A valid rubric.
pub struct Rubric {
    pub title: String,
    /// The pass mark in percent of the maximum.
    pub pass: Option<Points>,
    pub round: Points,
    pub feedback: Feedback,
    /// The language of feedback and pages.
    pub lang: Language,
    pub late: LatePolicy,
    pub curve: Curve,
    pub similarity: SimilarityRules,
    pub submission: SubmissionLayout,
    pub engine: EngineRules,
    /// Variants of the assignment; of a submission only one is graded.
    pub variants: Vec<Variant>,
    pub criteria: Vec<Criterion>,
    /// Lint settings for submissions, with every rule that a criterion counts.
    pub lint: Settings,
    /// `[lint]`, `[submission]` and `[engine]` as they are written, without comments: what evidence depends on.
    pub lint_text: String,
    pub submission_text: String,
    pub engine_text: String,
    pub variant_text: String,
    /// Fingerprints of the teacher's own code, once they are known.
    pub template_prints: OnceLock<BTreeSet<u64>>,
    /// The text that it was read from.
    pub source: Arc<Source>,
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
    /// The variants that it counts for; empty: all.
    pub variants: Vec<String>,
    /// Whether the points are divided among the single checks.
    pub partial: bool,
    /// The teacher's hint for students who missed it.
    pub hint: Option<String>,
    /// What is evaluated, as it is written: without points, titles and the like.
    pub question: String,
    pub kind: CriterionKind,
}

impl Criterion {
    /// Whether it counts for submissions of this variant.
    pub fn is_of(&self, variant: Option<&str>) -> bool {
        self.variants.is_empty() || variant.is_some_and(|variant| self.variants.iter().any(|own| own == variant))
    }
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
        let (mut rubric, warnings) = Self::of(&source)?;
        if let Some(template) = &rubric.similarity.template {
            let template = path.parent().unwrap_or(Path::new("")).join(template);
            if !template.is_dir() {
                let problem = Problem::error(format!("`{}` is not a directory", template.display()));
                return Err(vec![problem.help("`template` in `[similarity]` is relative to the rubric")]);
            }
            rubric.similarity.template = Some(template);
        }
        Ok((rubric, warnings))
    }

    /// Reads a text; returns the rubric and its warnings.
    ///
    /// # Errors
    /// All errors, in file order.
    pub fn of(source: &Arc<Source>) -> Result<(Self, Vec<Problem>), Vec<Problem>> {
        reader::read(source, registry::all())
    }

    /// The maximum without bonus, or of the bonus alone; of the first variant, if there are several.
    pub fn max_points(&self, bonus: bool) -> Points {
        let counts = |criterion: &&Criterion| criterion.bonus == bonus && criterion.is_of(self.first_variant());
        self.criteria.iter().filter(counts).map(|criterion| criterion.points).sum()
    }

    /// The variant of submissions that fit none.
    pub fn first_variant(&self) -> Option<&str> {
        self.variants.first().map(|variant| variant.id.as_str())
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

/// A rubric as students may see it: without hidden criteria, comments, and how submissions are compared.
///
/// # Errors
/// When it is not TOML.
pub fn publish(source: &Source) -> Result<String, Problem> {
    let invalid = |error: &dyn fmt::Display| Problem::error(format!("invalid TOML: {error}"));
    let mut table: toml::Table = toml::from_str(source.text()).map_err(|error| invalid(&error))?;
    for key in ["similarity", "curve"] {
        table.remove(key);
    }
    if let Some(toml::Value::Array(criteria)) = table.get_mut("criterion") {
        let is_hidden = |criterion: &toml::Value| criterion.get("hidden").and_then(toml::Value::as_bool) == Some(true);
        let id = |criterion: &toml::Value| criterion.get("id").cloned();
        let hidden: Vec<toml::Value> = criteria.iter().filter(|it| is_hidden(it)).filter_map(id).collect();
        criteria.retain(|criterion| !is_hidden(criterion));
        for criterion in criteria.iter_mut().filter_map(toml::Value::as_table_mut) {
            match criterion.get_mut("needs") {
                Some(toml::Value::Array(needs)) => needs.retain(|need| !hidden.contains(need)),
                Some(need) if hidden.contains(need) => _ = criterion.remove("needs"),
                _ => {}
            }
        }
    }
    let text = toml::to_string(&table).map_err(|error| invalid(&error))?;
    Ok(format!("# Check your submission with `plimsoll grade --self` and this file.\n{text}"))
}

/// The JSON Schema of rubrics.
pub const SCHEMA: &str = include_str!("rubric.schema.json");

#[cfg(test)]
mod tests;
