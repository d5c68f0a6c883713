//! The criteria that do not need an engine: what a submission's files are expected to contain.

use std::collections::BTreeMap;

#[cfg(feature = "schemas")]
use schemars::JsonSchema;
use serde::Deserialize;

use super::service_role::ServiceRole;
use super::values::{ComposeRule, Count, OneOrMany, TextPattern};
use crate::finding::Entry;
use crate::finding::Level;
use crate::grade::Points;

/// A criterion that is evaluated by reading files.
#[derive(Clone, Debug)]
pub enum StaticKind {
    Rules(RuleDeductions),
    Requirements(Box<Requirements>),
}

/// Findings cost points.
#[derive(Clone, Debug)]
pub struct RuleDeductions {
    /// The rules that count, in the register's order, each with whether it is selected by its own name.
    pub rules: Vec<(&'static Entry, bool)>,
    /// The levels that count; empty: `warn` and `error`, and any level of a rule that is selected by name.
    pub levels: Vec<Level>,
    /// Points per finding; `None`: all points.
    pub each: Option<Points>,
    /// The minimum that remains.
    pub floor: Points,
    /// The maximum deduction.
    pub cap: Option<Points>,
    /// How many findings of one rule count.
    pub repeats: usize,
}

/// Requirements for the submission's files.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(feature = "schemas", derive(JsonSchema))]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Requirements {
    /// Number of stages.
    pub stages: Option<Count>,
    /// The final stage copies from another stage.
    pub copy_from_stage: Option<bool>,
    /// The base image of the final stage.
    pub final_base: OneOrMany<TextPattern>,
    /// Every base image is pinned.
    pub bases_pinned: Option<PinKind>,
    /// The final image does not run as root.
    pub not_root: Option<bool>,
    /// `USER` of the final stage.
    pub user: Option<TextPattern>,
    /// Whether the final stage has a `HEALTHCHECK`.
    pub healthcheck: Option<bool>,
    /// `CMD` and `ENTRYPOINT` of the final stage use exec form.
    pub exec_form: Option<bool>,
    /// Whether the final stage has an `ENTRYPOINT`.
    pub entrypoint: Option<bool>,
    /// Whether the final stage has a `CMD`.
    pub cmd: Option<bool>,
    /// Whether the final stage has a `WORKDIR`.
    pub workdir: Option<bool>,
    /// Variables that `ENV` sets in the final stage.
    pub env: OneOrMany<String>,
    /// Labels that the final stage sets.
    pub labels: OneOrMany<String>,
    /// Ports that the final stage exposes.
    pub exposes: OneOrMany<u16>,
    /// Instructions that the Dockerfile has.
    pub has: OneOrMany<String>,
    /// Instructions that the Dockerfile does not have.
    pub lacks: OneOrMany<String>,
    /// Number of `RUN`, `COPY` and `ADD` instructions in the final stage, including those of the stages it is based on.
    pub layers: Option<Count>,
    /// Files that the submission has: paths or globs.
    pub files: OneOrMany<TextPattern>,
    /// Files that the submission does not have: paths or globs.
    pub lacks_files: OneOrMany<TextPattern>,
    /// The Dockerfile has a name that builders look for, such as `Dockerfile`.
    pub usual_name: Option<bool>,
    /// The Dockerfile is plain text in UTF-8.
    pub utf8: Option<bool>,
    /// Requirements for the Compose file.
    pub compose: Option<ComposeRequirements>,
}

/// How a base image is pinned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schemas", derive(JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum PinKind {
    /// A tag other than `latest`, or a digest.
    Tag,
    /// A digest.
    Digest,
}

/// Requirements for a Compose file.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(feature = "schemas", derive(JsonSchema))]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct ComposeRequirements {
    /// The Compose file [default: the standard names].
    pub file: Option<String>,
    /// How to find services that have another name: `{ db = { image = "postgres:*" }, app = { build = true } }`.
    pub roles: BTreeMap<String, ServiceRole>,
    /// Services that exist.
    pub services: OneOrMany<String>,
    /// Services that start after others: `{ app = "db" }`.
    pub depends_on: BTreeMap<String, OneOrMany<String>>,
    /// Services that wait until others are healthy (`condition: service_healthy`): `{ app = "db" }`.
    pub depends_on_healthy: BTreeMap<String, OneOrMany<String>>,
    /// Services with a health check.
    pub healthcheck: OneOrMany<String>,
    /// Services that are built from a Dockerfile.
    pub build: OneOrMany<String>,
    /// Images of services.
    pub image: BTreeMap<String, TextPattern>,
    /// Services that do not publish ports.
    pub unpublished: OneOrMany<String>,
    /// Services that store data in a named volume.
    pub volume: OneOrMany<String>,
    /// Rules for Compose files that report nothing: `["default-password", "localhost-connection"]`.
    pub without: OneOrMany<ComposeRule>,
}
