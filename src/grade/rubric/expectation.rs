//! The criteria that need an engine: what an image is expected to do.

use std::collections::BTreeMap;

#[cfg(feature = "schemas")]
use schemars::JsonSchema;
use serde::Deserialize;

use super::service_role::ServiceRole;
use super::values::{Count, Expression, OneOrMany, TextPattern};
use crate::grade::Points;
use crate::text::units::{Size, Time};

/// A criterion that only an engine can evaluate.
#[derive(Clone, Debug)]
#[allow(clippy::large_enum_variant, reason = "a rubric has a handful of them")]
pub enum EngineKind {
    Build(BuildExpectation),
    /// The image's size or number of layers, with points by steps.
    Scale(Scale),
    Run(OneOrMany<RunExpectation>),
    Http(OneOrMany<HttpExpectation>),
    Files(FilesExpectation),
    Inspect(InspectExpectation),
    Weigh(WeighExpectation),
    Signal(SignalExpectation),
    Compose(Box<ComposeExpectation>),
}

impl EngineKind {
    /// The key in the rubric.
    pub fn as_str(&self) -> &'static str {
        match self {
            EngineKind::Build(_) => "build",
            EngineKind::Scale(_) => "scale",
            EngineKind::Run(_) => "run",
            EngineKind::Http(_) => "http",
            EngineKind::Files(_) => "files",
            EngineKind::Inspect(_) => "inspect",
            EngineKind::Weigh(_) => "weigh",
            EngineKind::Signal(_) => "signal",
            EngineKind::Compose(_) => "compose",
        }
    }
}

/// The image builds.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(feature = "schemas", derive(JsonSchema))]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct BuildExpectation {
    /// Build this stage, in addition to the whole image.
    pub target: Option<String>,
    /// Build arguments.
    pub args: BTreeMap<String, String>,
}

/// Points by the size of the image or its number of layers: those of the first step that fits.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(feature = "schemas", derive(JsonSchema))]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Scale {
    /// Steps by image size, smallest first.
    pub size: Vec<SizeStep>,
    /// Steps by number of layers including those of the base image, fewest first.
    pub layers: Vec<LayersStep>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[cfg_attr(feature = "schemas", derive(JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct SizeStep {
    /// Maximum size, inclusive.
    pub max: Size,
    pub points: Points,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[cfg_attr(feature = "schemas", derive(JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct LayersStep {
    /// Maximum number of layers, inclusive.
    pub max: u64,
    pub points: Points,
}

/// How a container is started. Unset fields keep the image's own settings.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(feature = "schemas", derive(JsonSchema))]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct ContainerStart {
    /// Arguments that replace `CMD`.
    pub args: Vec<String>,
    /// Replaces `ENTRYPOINT`.
    pub entrypoint: Option<String>,
    pub env: BTreeMap<String, String>,
    /// Text for standard input.
    pub stdin: Option<String>,
    /// The user to run as, instead of the image's own.
    pub user: Option<String>,
    /// Capabilities to keep; all others are dropped.
    #[serde(deserialize_with = "crate::verify::values::capabilities")]
    pub cap_add: Vec<String>,
    /// Mounts the root file system read-only; `/tmp` stays writable.
    pub read_only: bool,
}

/// Runs the container until it exits or the time limit is reached, and checks its output and exit code.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(feature = "schemas", derive(JsonSchema))]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct RunExpectation {
    /// What is checked, in words: "prints the value of MY_VAR".
    pub title: Option<String>,
    /// Arguments that replace `CMD`.
    pub args: Vec<String>,
    /// Replaces `ENTRYPOINT`.
    pub entrypoint: Option<String>,
    /// Environment variables.
    pub env: BTreeMap<String, String>,
    /// Text for standard input.
    pub stdin: Option<String>,
    /// The user to run as, instead of the image's own.
    pub user: Option<String>,
    /// Capabilities to keep; all others are dropped.
    #[serde(deserialize_with = "crate::verify::values::capabilities")]
    pub cap_add: Vec<String>,
    /// Mount the root file system read-only; `/tmp` stays writable.
    pub read_only: bool,
    /// Time limit [default: `run-timeout` of `[engine]`].
    pub within: Option<Time>,
    /// Expected exit code [default: 0]. A container that is still running does not have one.
    pub exit: Option<i32>,
    /// Accept any exit code, and a container that is still running.
    pub any_exit: bool,
    /// Also accept a container that is still running at the time limit, such as a server. One that exits must do so with the
    /// expected exit code.
    #[serde(alias = "run-on")]
    pub keep_running: bool,
    /// The whole standard output, ignoring whitespace at the end of lines and of the text.
    pub stdout: Option<String>,
    /// Texts that standard output contains.
    pub stdout_contains: OneOrMany<String>,
    /// A regular expression that standard output matches.
    pub stdout_regex: Option<Expression>,
    /// Texts that standard output does not contain.
    pub stdout_lacks: OneOrMany<String>,
    /// Texts that standard error contains.
    pub stderr_contains: OneOrMany<String>,
    /// A regular expression that standard error matches.
    pub stderr_regex: Option<Expression>,
    /// The user id of PID 1.
    pub uid: Option<Count>,
    /// PID 1 does not run as root.
    pub not_root: bool,
}

impl RunExpectation {
    pub fn start(&self) -> ContainerStart {
        ContainerStart {
            args: self.args.clone(),
            entrypoint: self.entrypoint.clone(),
            env: self.env.clone(),
            stdin: self.stdin.clone(),
            user: self.user.clone(),
            cap_add: self.cap_add.clone(),
            read_only: self.read_only,
        }
    }
}

/// The container responds to an HTTP request.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schemas", derive(JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct HttpExpectation {
    /// What is checked, in words.
    #[serde(default)]
    pub title: Option<String>,
    /// The port in the container.
    pub port: u16,
    #[serde(default = "root_path")]
    pub path: String,
    /// Expected status [default: any below 400].
    #[serde(default)]
    pub status: Option<u16>,
    /// Texts that the response body contains.
    #[serde(default)]
    pub body_contains: OneOrMany<String>,
    /// A regular expression that the response body matches.
    #[serde(default)]
    pub body_regex: Option<Expression>,
    /// Time limit from the start to the expected response.
    #[serde(default)]
    pub within: Option<Time>,
    #[serde(default)]
    pub args: Vec<String>,
    #[serde(default)]
    pub env: BTreeMap<String, String>,
}

fn root_path() -> String {
    "/".to_owned()
}

/// Files in the image.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(feature = "schemas", derive(JsonSchema))]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct FilesExpectation {
    /// Paths or globs of files that exist.
    pub has: OneOrMany<TextPattern>,
    /// Paths or globs of files that do not exist: compilers, caches, secrets.
    pub lacks: OneOrMany<TextPattern>,
    /// Text that files contain, by path.
    pub contains: BTreeMap<String, String>,
}

/// The image's configuration.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(feature = "schemas", derive(JsonSchema))]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct InspectExpectation {
    /// `USER`.
    pub user: Option<TextPattern>,
    /// `USER` is not root.
    pub not_root: bool,
    /// `WORKDIR`.
    pub workdir: Option<TextPattern>,
    /// Ports that `EXPOSE` declares: `8080` or `8080/tcp`.
    pub exposes: OneOrMany<String>,
    /// Environment variables and their values.
    pub env: BTreeMap<String, TextPattern>,
    /// The words of `ENTRYPOINT`, joined by spaces.
    pub entrypoint: Option<TextPattern>,
    /// The words of `CMD`, joined by spaces.
    pub cmd: Option<TextPattern>,
    /// Whether there is a `HEALTHCHECK`.
    pub healthcheck: Option<bool>,
    /// `STOPSIGNAL`.
    pub stop_signal: Option<String>,
    /// Paths that `VOLUME` declares.
    pub volumes: OneOrMany<String>,
    /// Number of layers.
    pub layers: Option<Count>,
}

/// What the image may weigh, as `plimsoll weigh` measures it.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(feature = "schemas", derive(JsonSchema))]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct WeighExpectation {
    /// The files of all layers, including the base image's.
    pub max_size: Option<Size>,
    /// Bytes that later steps delete, overwrite or repeat.
    pub max_wasted: Option<Size>,
    /// What one instruction adds.
    pub max_layer: Option<Size>,
}

/// A long-running container exits in time when it gets the stop signal.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(feature = "schemas", derive(JsonSchema))]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct SignalExpectation {
    /// Time limit for exiting [default: 5 seconds].
    pub within: Option<Time>,
    /// Time to start up before the signal is sent [default: 2 seconds].
    pub after: Option<Time>,
    /// Expected exit codes [default: any except that of a killed process, 137].
    pub exit: OneOrMany<i32>,
    pub args: Vec<String>,
    pub env: BTreeMap<String, String>,
}

/// A Compose project starts and works.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(feature = "schemas", derive(JsonSchema))]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct ComposeExpectation {
    /// The Compose file [default: the standard names].
    pub file: Option<String>,
    /// How to find services that have another name: `{ db = { image = "postgres:*" }, app = { build = true } }`.
    pub roles: BTreeMap<String, ServiceRole>,
    /// Services that have to run.
    pub services: OneOrMany<String>,
    /// Services that have to be healthy.
    pub healthy: OneOrMany<String>,
    /// Time limit for starting up [default: 60 seconds].
    pub within: Option<Time>,
    /// HTTP requests to services.
    pub http: OneOrMany<ComposeHttp>,
    /// Commands to run in services, for example to prepare the database.
    pub exec: OneOrMany<ComposeExec>,
    /// Environment variables for the project.
    pub env: BTreeMap<String, String>,
}

#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schemas", derive(JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ComposeHttp {
    pub service: String,
    /// The port in the container.
    pub port: u16,
    #[serde(default = "root_path")]
    pub path: String,
    /// Expected status [default: any below 400].
    #[serde(default)]
    pub status: Option<u16>,
    #[serde(default)]
    pub body_contains: OneOrMany<String>,
    #[serde(default)]
    pub body_regex: Option<Expression>,
}

#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schemas", derive(JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ComposeExec {
    pub service: String,
    pub command: Vec<String>,
    /// Expected exit code [default: 0].
    #[serde(default)]
    pub exit: Option<i32>,
    #[serde(default)]
    pub stdout_contains: OneOrMany<String>,
    #[serde(default)]
    pub stdout_regex: Option<Expression>,
}
