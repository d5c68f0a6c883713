//! The file as it is written: serde's view of a rubric, and the source of its JSON Schema.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use toml::Spanned;

use super::values::{Pattern, Several};
use crate::engine::Pull;
use crate::finding::Level;
use crate::grade::Points;
use crate::grade::rubric::expectation::{
    BuildWish, ComposeWish, FilesWish, HttpWish, InspectWish, RunWish, Scale, SignalWish,
};
use crate::grade::rubric::static_checks::Require;
use crate::text::units::{Size, Time};
use crate::verify::RunSpec;

/// A rubric: what a submission gets points for.
#[derive(Deserialize, JsonSchema)]
#[allow(dead_code, reason = "criteria and `lint` are read one by one, so that each tells its own mistakes")]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[schemars(title = "Plimsoll rubric")]
pub(super) struct RawRubric {
    /// What the assignment is called.
    pub(super) title: String,
    /// The version of plimsoll whose rules count: rules that came later cost nobody a point.
    #[schemars(with = "String")]
    pub(super) plimsoll: Spanned<String>,
    /// The percentage of all points from which on a submission has passed.
    #[schemars(with = "Option<Points>")]
    pub(super) pass: Option<Spanned<Points>>,
    /// Totals are rounded to a multiple of this; halves go up.
    #[serde(default)]
    pub(super) round: Points,
    /// How much students are told.
    #[serde(default)]
    pub(super) feedback: Feedback,
    /// The only rules that count, whatever criteria name; `plimsoll grade --freeze` prints the list. What a rule finds is that
    /// of the version that grades.
    #[schemars(with = "Option<Vec<String>>")]
    pub(super) frozen_rules: Option<Spanned<Vec<String>>>,
    /// What late submissions lose.
    #[serde(default)]
    pub(super) late: Late,
    /// Where in a student's folder the assignment is.
    #[serde(default)]
    pub(super) submission: Place,
    /// What engines may and may not.
    #[serde(default)]
    pub(super) engine: EngineRules,
    /// How rules are set: `profile`, `levels`, `rules`, `build-args` and `ignore`, as in plimsoll.toml.
    #[serde(default)]
    #[schemars(with = "Option<BTreeMap<String, serde_json::Value>>")]
    pub(super) lint: Option<serde::de::IgnoredAny>,
    /// What gets points.
    #[serde(default)]
    #[schemars(with = "Vec<RawCriterion>")]
    pub(super) criterion: Option<serde::de::IgnoredAny>,
}

/// How much students are told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Feedback {
    /// What is wrong, why, and the change that repairs it.
    #[default]
    Diff,
    /// What is wrong, why, and a hint.
    Hint,
    /// The criterion, the place and the rule's name.
    Name,
}

/// What late submissions lose, in percent of what can be had.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Late {
    /// For each day that has begun.
    pub per_day: Points,
    /// At most.
    pub most: Option<Points>,
}

/// Where in a student's folder the assignment is.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Place {
    /// The folder, where there are several assignments: a glob over paths, such as `*exercise*1*`.
    pub folder: Option<Pattern>,
    /// The Dockerfile: a glob over paths; without it the one that lies the least deep.
    pub dockerfile: Option<Pattern>,
}

/// What engines may and may not.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct EngineRules {
    /// The base images that may be used; empty: any.
    pub base_images: Vec<Pattern>,
    /// Whether base images are fetched: `missing`, `never` or `always`.
    #[schemars(with = "Option<String>")]
    pub pull: Option<Pull>,
    /// Whether `RUN` has a network.
    pub network: bool,
    /// Whether containers have the engine's usual network.
    pub run_network: bool,
    /// Whether `# syntax=` may name a frontend that is not Docker's own.
    pub any_frontend: bool,
    pub build_timeout: Option<Time>,
    pub run_timeout: Option<Time>,
    /// Memory of a container.
    pub memory: Option<Size>,
    pub build_memory: Option<Size>,
    pub cpus: Option<f64>,
    /// Processes in a container.
    pub pids: Option<u32>,
    /// What a container may write.
    pub disk: Option<Size>,
    /// How large a submission's folder may be.
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

/// What gets points. One of `rules`, `practices`, `require`, `build`, `scale`, `run`, `http`, `files`, `inspect`, `signal`
/// and `compose` says what it is about.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RawCriterion {
    /// A short name, for tables and `needs`.
    #[schemars(with = "String")]
    pub(super) id: Spanned<String>,
    /// A sentence for people.
    pub(super) title: Option<String>,
    #[schemars(with = "Points")]
    pub(super) points: Spanned<Points>,
    /// Its points come on top of what can be had.
    #[serde(default)]
    pub(super) bonus: bool,
    /// Students are not shown it.
    #[serde(default)]
    pub(super) hidden: bool,
    /// Criteria above that have to be met first; else this one is not tried.
    #[schemars(with = "Option<Several<String>>")]
    pub(super) needs: Option<Spanned<Several<String>>>,
    /// Points are shared out among the single things that are asked for; else all of them have to hold.
    #[serde(default)]
    pub(super) partial: bool,
    /// What students are told who have not met it, in the teacher's words.
    pub(super) hint: Option<String>,

    /// Findings of these rules cost points: names, practices, codes such as DL3006, globs, or `all`.
    #[schemars(with = "Option<Several<String>>")]
    pub(super) rules: Option<Spanned<Several<String>>>,
    /// Findings of all rules of these practices cost points.
    #[schemars(with = "Option<Several<String>>")]
    pub(super) practices: Option<Spanned<Several<String>>>,
    /// The levels of findings that count; without it `warn` and `error`, and any of a rule that is named by itself.
    #[schemars(with = "Option<Vec<LevelName>>")]
    pub(super) levels: Option<Spanned<Vec<Level>>>,
    /// What each finding costs; without it, one costs all points.
    pub(super) each: Option<Points>,
    /// What is left at least, 0 unless something else is said; below 0, points of other criteria are lost.
    pub(super) floor: Option<Points>,
    /// What can be lost at most.
    pub(super) cap: Option<Points>,
    /// How many findings of one rule count; 3 unless something else is said.
    pub(super) repeats: Option<usize>,

    pub(super) require: Option<Require>,
    pub(super) build: Option<Flag<BuildWish>>,
    #[schemars(with = "Option<Scale>")]
    pub(super) scale: Option<Spanned<Scale>>,
    pub(super) run: Option<Several<RunWish>>,
    pub(super) http: Option<Several<HttpWish>>,
    pub(super) files: Option<FilesWish>,
    pub(super) inspect: Option<InspectWish>,
    pub(super) signal: Option<Flag<SignalWish>>,
    pub(super) compose: Option<Flag<ComposeWish>>,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "lowercase")]
#[allow(dead_code, reason = "for the schema alone")]
enum LevelName {
    Note,
    Warn,
    Error,
}

/// A table, or `true` for one without keys.
pub(super) struct Flag<T>(pub(super) T);

impl<'de, T: Deserialize<'de> + Default> Deserialize<'de> for Flag<T> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either<T>(std::marker::PhantomData<T>);

        impl<'de, T: Deserialize<'de> + Default> serde::de::Visitor<'de> for Either<T> {
            type Value = Flag<T>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("`true` or a table")
            }

            fn visit_bool<E: serde::de::Error>(self, on: bool) -> Result<Flag<T>, E> {
                match on {
                    true => Ok(Flag(T::default())),
                    false => Err(E::custom("leave it out instead of `false`")),
                }
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(self, map: A) -> Result<Flag<T>, A::Error> {
                T::deserialize(serde::de::value::MapAccessDeserializer::new(map)).map(Flag)
            }
        }
        deserializer.deserialize_any(Either(std::marker::PhantomData))
    }
}

impl<T: JsonSchema> JsonSchema for Flag<T> {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        format!("Flag{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let table = generator.subschema_for::<T>();
        schemars::json_schema!({ "anyOf": [{ "const": true }, table] })
    }
}
