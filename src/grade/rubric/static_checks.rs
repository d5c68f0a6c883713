//! What a submission's files have to say: the criteria that need no engine.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::values::{Count, Pattern, Several};
use crate::finding::Entry;
use crate::finding::Level;
use crate::grade::Points;

/// A criterion that reading decides.
#[derive(Clone, Debug)]
pub enum StaticKind {
    Rules(RulesWish),
    Require(Box<Require>),
}

/// Findings cost points.
#[derive(Clone, Debug)]
pub struct RulesWish {
    /// The rules that count, in the register's order, each with whether it was named by itself.
    pub rules: Vec<(&'static Entry, bool)>,
    /// The levels that count; empty: `warn` and `error`, and any of a rule that is named by itself.
    pub levels: Vec<Level>,
    /// What a finding costs; `None`: all points.
    pub each: Option<Points>,
    /// What is left at least.
    pub floor: Points,
    /// What can be lost at most.
    pub cap: Option<Points>,
    /// How many findings of one rule count.
    pub repeats: usize,
}

/// Facts about the submission's files.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Require {
    /// How many stages there are.
    pub stages: Option<Count>,
    /// The final stage copies from another stage.
    pub copy_from_stage: Option<bool>,
    /// The image that the final stage starts from.
    pub final_base: Several<Pattern>,
    /// Every base image has a version.
    pub bases_pinned: Option<Pinned>,
    /// The final image does not run as root.
    pub not_root: Option<bool>,
    /// USER of the final stage.
    pub user: Option<Pattern>,
    pub healthcheck: Option<bool>,
    /// CMD and ENTRYPOINT of the final stage are JSON arrays.
    pub exec_form: Option<bool>,
    pub entrypoint: Option<bool>,
    pub cmd: Option<bool>,
    pub workdir: Option<bool>,
    /// Variables that ENV sets in the final stage.
    pub env: Several<String>,
    /// Keys that LABEL sets in the final stage.
    pub labels: Several<String>,
    /// Ports that EXPOSE names in the final stage.
    pub exposes: Several<u16>,
    /// Instructions that are there.
    pub has: Several<String>,
    /// Instructions that are not there.
    pub lacks: Several<String>,
    /// How many RUN, COPY and ADD the final stage has, those of stages it is FROM included.
    pub layers: Option<Count>,
    /// Files that the submission has: paths in its folder, or globs over them.
    pub files: Several<Pattern>,
    /// Files that it does not have.
    pub lacks_files: Several<Pattern>,
    /// Facts about its Compose file.
    pub compose: Option<ComposeFacts>,
}

/// What makes a base image's version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Pinned {
    /// A tag other than `latest`, or a digest.
    Tag,
    /// A digest.
    Digest,
}

/// What a Compose file says.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct ComposeFacts {
    /// The file; without it, the usual names.
    pub file: Option<String>,
    /// Services that are there.
    pub services: Several<String>,
    /// Services that wait for others: `{ app = "db" }`.
    pub depends_on: BTreeMap<String, Several<String>>,
    /// Services that wait until others are healthy: `{ app = "db" }`, by `condition: service_healthy`.
    pub depends_on_healthy: BTreeMap<String, Several<String>>,
    /// Services with a health check.
    pub healthcheck: Several<String>,
    /// Services that are built from a Dockerfile.
    pub build: Several<String>,
    /// Images of services.
    pub image: BTreeMap<String, Pattern>,
    /// Services that publish no port.
    pub unpublished: Several<String>,
    /// Services that keep data in a named volume.
    pub volume: Several<String>,
}
