//! The file format of a rubric for serde, and the source of its JSON Schema.

use std::collections::BTreeMap;
use std::path::PathBuf;

#[cfg(feature = "schemas")]
use schemars::JsonSchema;
use serde::Deserialize;
use toml::Spanned;

use super::values::{OneOrMany, TextPattern};
use super::variants::Variant;
use crate::engine::Pull;
use crate::finding::Level;
use crate::grade::Points;
use crate::grade::language::Language;
use crate::grade::rubric::expectation::{
    BuildExpectation, ComposeExpectation, FilesExpectation, HttpExpectation, InspectExpectation, RunExpectation, Scale, WeighExpectation,
    SignalExpectation,
};
use crate::grade::rubric::static_checks::Requirements;
use crate::grade::times::Moment;
use crate::text::units::{Size, Time};
use crate::verify::RunSpec;

/// A rubric, which defines what submissions get points for.
#[derive(Deserialize)]
#[allow(dead_code, reason = "criteria and `lint` are read one by one, so that each reports its own errors")]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(feature = "schemas", derive(JsonSchema), schemars(title = "Plimsoll rubric"))]
pub(super) struct RawRubric {
    /// Title of the assignment.
    pub(super) title: String,
    /// Version of plimsoll whose rules count. Newer rules are ignored.
    #[cfg_attr(feature = "schemas", schemars(with = "String"))]
    pub(super) plimsoll: Spanned<String>,
    /// Pass mark as a percentage of the maximum.
    #[cfg_attr(feature = "schemas", schemars(with = "Option<Points>"))]
    pub(super) pass: Option<Spanned<Points>>,
    /// Round totals to a multiple of this number. Halves are rounded up.
    #[serde(default)]
    pub(super) round: Points,
    /// How much feedback students get.
    #[serde(default)]
    pub(super) feedback: Feedback,
    /// The language of pages and feedback. Text without a translation stays in English.
    #[serde(default)]
    pub(super) lang: Language,
    /// The only rules that count, regardless of what criteria select. `plimsoll grade --freeze` prints the list. What a rule reports
    /// still depends on the version of plimsoll.
    #[cfg_attr(feature = "schemas", schemars(with = "Option<Vec<String>>"))]
    pub(super) frozen_rules: Option<Spanned<Vec<String>>>,
    /// Deduction for late submissions.
    #[serde(default)]
    pub(super) late: LatePolicy,
    /// Points to add to all totals of the class.
    #[serde(default)]
    pub(super) curve: Curve,
    /// How submissions are compared with each other.
    #[serde(default)]
    pub(super) similarity: SimilarityRules,
    /// Location of the assignment in a submission.
    #[serde(default)]
    pub(super) submission: SubmissionLayout,
    /// Limits and permissions for engines.
    #[serde(default)]
    pub(super) engine: EngineRules,
    /// Rule settings as in plimsoll.toml: `profile`, `levels`, `rules`, `build-args`, `ignore`, `preview`, `targets`.
    #[serde(default)]
    #[cfg_attr(feature = "schemas", schemars(with = "Option<BTreeMap<String, serde_json::Value>>"))]
    pub(super) lint: Option<serde::de::IgnoredAny>,
    /// Variants of the assignment, such as one per programming language. A submission is graded with the first variant that
    /// matches, or with the first variant in the list if none matches.
    #[serde(default)]
    pub(super) variant: Vec<Variant>,
    /// Criteria.
    #[serde(default)]
    #[cfg_attr(feature = "schemas", schemars(with = "Vec<RawCriterion>"))]
    pub(super) criterion: Option<serde::de::IgnoredAny>,
}

/// How much feedback students get.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schemas", derive(JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Feedback {
    /// What is wrong, why, and the fix as a diff.
    #[default]
    Diff,
    /// What is wrong, why, and a hint.
    Hint,
    /// The criterion, the location and the rule's name.
    Name,
}

/// Deduction for late submissions, as a percentage of the maximum.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schemas", derive(JsonSchema))]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct LatePolicy {
    /// Deduction per day or part of a day.
    pub per_day: Points,
    /// Maximum deduction.
    #[serde(alias = "most")]
    pub max: Option<Points>,
    /// When submissions are due, such as `2026-11-20 23:59` or `2026-11-20T23:59:00+01:00`. Compared with the roster's
    /// `submitted` column.
    #[cfg_attr(feature = "schemas", schemars(with = "Option<String>"))]
    pub due: Option<Moment>,
    /// Time after the due date without a deduction.
    pub grace: Option<Time>,
}

/// Points to add to all totals of a class.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schemas", derive(JsonSchema))]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Curve {
    /// Points for everyone who submitted.
    pub add: Points,
    /// Add the difference between the best total and the maximum.
    pub best_is_full: bool,
    /// Totals are not raised above this percentage of the maximum [default: 100].
    pub max: Option<Points>,
}

/// How submissions are compared with each other.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[cfg_attr(feature = "schemas", derive(JsonSchema))]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct SimilarityRules {
    /// Report pairs that share at least this percentage of their code [default: 80].
    pub threshold: Option<Points>,
    /// Directory with the teacher's own code, relative to the rubric. It is excluded from the comparison.
    pub template: Option<PathBuf>,
}

/// Location of the assignment in a submission.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(feature = "schemas", derive(JsonSchema))]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct SubmissionLayout {
    /// Glob for the assignment's directory if there are several assignments, such as `*exercise*1*`.
    #[serde(alias = "folder")]
    pub directory: Option<TextPattern>,
    /// Glob for the Dockerfile's path [default: the Dockerfile closest to the root].
    pub dockerfile: Option<TextPattern>,
    /// Maximum number of files to read in a submission [default: 50000]. Directories such as `node_modules` do not count.
    pub max_files: Option<usize>,
}

/// Limits and permissions for engines.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(feature = "schemas", derive(JsonSchema))]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct EngineRules {
    /// Allowed base images [default: any].
    pub base_images: Vec<TextPattern>,
    /// When to pull base images: `missing`, `never` or `always`.
    #[cfg_attr(feature = "schemas", schemars(with = "Option<String>"))]
    pub pull: Option<Pull>,
    /// Give `RUN` network access.
    pub network: bool,
    /// Give containers the engine's default network.
    pub run_network: bool,
    /// Allow a third-party `# syntax=` frontend.
    pub any_frontend: bool,
    /// Time limit for a build.
    pub build_timeout: Option<Time>,
    /// Time limit for a container.
    pub run_timeout: Option<Time>,
    /// Memory limit for a container.
    pub memory: Option<Size>,
    /// Memory limit for a build.
    pub build_memory: Option<Size>,
    /// CPU limit for a container.
    pub cpus: Option<f64>,
    /// Maximum number of processes in a container.
    pub pids: Option<u32>,
    /// Disk limit for a container.
    pub disk: Option<Size>,
    /// Maximum size of a submission.
    pub context: Option<Size>,
}

impl EngineRules {
    /// How images are built and run.
    pub fn spec(&self) -> RunSpec {
        RunSpec {
            pull: self.pull,
            offline: Some(!self.network),
            network: Some(self.run_network),
            allow_frontend: Some(self.any_frontend),
            build_timeout: self.build_timeout,
            build_memory: self.build_memory,
            max_context: self.context,
            run_timeout: self.run_timeout,
            memory: self.memory,
            cpus: self.cpus.filter(|cpus| *cpus > 0.0),
            pids: self.pids,
            disk: self.disk,
            ..RunSpec::default()
        }
    }
}

/// A criterion. Exactly one of `rules` or `practices`, `require`, `build`, `scale`, `run`, `http`, `files`, `inspect`,
/// `weigh`, `signal` and `compose` specifies how it is evaluated.
#[derive(Deserialize)]
#[cfg_attr(feature = "schemas", derive(JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RawCriterion {
    /// Short name, for tables and `needs`.
    #[cfg_attr(feature = "schemas", schemars(with = "String"))]
    pub(super) id: Spanned<String>,
    /// Title for people [default: the id].
    pub(super) title: Option<String>,
    #[cfg_attr(feature = "schemas", schemars(with = "Points"))]
    pub(super) points: Spanned<Points>,
    /// Bonus points beyond the maximum.
    #[serde(default)]
    pub(super) bonus: bool,
    /// Hide this criterion from students.
    #[serde(default)]
    pub(super) hidden: bool,
    /// Earlier criteria that must be met. Otherwise, this one is skipped.
    #[cfg_attr(feature = "schemas", schemars(with = "Option<OneOrMany<String>>"))]
    pub(super) needs: Option<Spanned<OneOrMany<String>>>,
    /// Variants of the assignment that this criterion applies to [default: all].
    #[cfg_attr(feature = "schemas", schemars(with = "Option<OneOrMany<String>>"))]
    pub(super) variant: Option<Spanned<OneOrMany<String>>>,
    /// Divide the points among the individual checks. Otherwise, all of them must pass.
    #[serde(default)]
    pub(super) partial: bool,
    /// Hint for students who do not meet this criterion.
    pub(super) hint: Option<String>,

    /// Findings of these rules cost points: names, practices, codes such as DL3006, globs, or `all`.
    #[cfg_attr(feature = "schemas", schemars(with = "Option<OneOrMany<String>>"))]
    pub(super) rules: Option<Spanned<OneOrMany<String>>>,
    /// Findings of all rules in these practices cost points.
    #[cfg_attr(feature = "schemas", schemars(with = "Option<OneOrMany<String>>"))]
    pub(super) practices: Option<Spanned<OneOrMany<String>>>,
    /// Levels of findings that count [default: `warn` and `error`, and any level of a rule that is selected by name].
    #[cfg_attr(feature = "schemas", schemars(with = "Option<Vec<super::value_schemas::LevelName>>"))]
    pub(super) levels: Option<Spanned<Vec<Level>>>,
    /// Points per finding [default: all points].
    pub(super) each: Option<Points>,
    /// Minimum number of points that remain [default: 0]. If this is negative, points from other criteria can be lost.
    pub(super) floor: Option<Points>,
    /// Maximum deduction.
    pub(super) cap: Option<Points>,
    /// Maximum number of findings that count per rule [default: 3].
    pub(super) repeats: Option<usize>,

    /// Requirements for the submission's files.
    pub(super) require: Option<Requirements>,
    /// The image builds.
    pub(super) build: Option<Toggle<BuildExpectation>>,
    /// Points by image size or number of layers.
    #[cfg_attr(feature = "schemas", schemars(with = "Option<Scale>"))]
    pub(super) scale: Option<Spanned<Scale>>,
    /// The container's output and exit code.
    pub(super) run: Option<OneOrMany<RunExpectation>>,
    /// The container's response to HTTP requests.
    pub(super) http: Option<OneOrMany<HttpExpectation>>,
    /// Files in the image.
    pub(super) files: Option<FilesExpectation>,
    /// The image's configuration.
    pub(super) inspect: Option<InspectExpectation>,
    /// The image's size and wasted bytes.
    pub(super) weigh: Option<WeighExpectation>,
    /// The container exits on the stop signal.
    pub(super) signal: Option<Toggle<SignalExpectation>>,
    /// The Compose project works.
    pub(super) compose: Option<Toggle<ComposeExpectation>>,
}

/// A table, or `true` for an empty one.
pub(super) struct Toggle<T>(pub(super) T);

impl<'de, T: Deserialize<'de> + Default> Deserialize<'de> for Toggle<T> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ToggleVisitor<T>(std::marker::PhantomData<T>);

        impl<'de, T: Deserialize<'de> + Default> serde::de::Visitor<'de> for ToggleVisitor<T> {
            type Value = Toggle<T>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("`true` or a table")
            }

            fn visit_bool<E: serde::de::Error>(self, on: bool) -> Result<Toggle<T>, E> {
                match on {
                    true => Ok(Toggle(T::default())),
                    false => Err(E::custom("omit the key instead of setting it to `false`")),
                }
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(self, map: A) -> Result<Toggle<T>, A::Error> {
                T::deserialize(serde::de::value::MapAccessDeserializer::new(map)).map(Toggle)
            }
        }
        deserializer.deserialize_any(ToggleVisitor(std::marker::PhantomData))
    }
}
