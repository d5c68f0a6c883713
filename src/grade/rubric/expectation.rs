//! What an image is to do: the criteria that need an engine.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::values::{Count, Expression, Pattern, Several};
use crate::grade::Points;
use crate::text::units::{Size, Time};

/// A criterion that only an engine can decide.
#[derive(Clone, Debug)]
#[allow(clippy::large_enum_variant, reason = "a rubric has a handful of them")]
pub enum EngineKind {
    Build(BuildWish),
    /// The image's size or its layers, with points by steps.
    Scale(Scale),
    Run(Several<RunWish>),
    Http(Several<HttpWish>),
    Files(FilesWish),
    Inspect(InspectWish),
    Signal(SignalWish),
    Compose(Box<ComposeWish>),
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
            EngineKind::Signal(_) => "signal",
            EngineKind::Compose(_) => "compose",
        }
    }

    /// Whether it is about the image that the Dockerfile makes: without it there is nothing to try.
    pub fn needs_image(&self) -> bool {
        !matches!(self, EngineKind::Build(_) | EngineKind::Compose(_))
    }
}

/// The image builds.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct BuildWish {
    /// Build this stage; it is tried besides the whole image.
    pub target: Option<String>,
    /// Values for ARG.
    pub args: BTreeMap<String, String>,
}

/// Points by the size of the image or its number of layers: those of the first step that it fits.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Scale {
    /// Steps by the size of the image, the smallest first.
    pub size: Vec<SizeStep>,
    /// Steps by its number of layers, the base image's included; the fewest first.
    pub layers: Vec<LayersStep>,
}

#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct SizeStep {
    /// Up to this size, included.
    pub max: Size,
    pub points: Points,
}

#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct LayersStep {
    /// Up to this many layers, included.
    pub max: u64,
    pub points: Points,
}

/// How a container is started; what is not said is the image's own.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Start {
    /// Given in place of CMD.
    pub args: Vec<String>,
    /// In place of ENTRYPOINT.
    pub entrypoint: Option<String>,
    pub env: BTreeMap<String, String>,
    /// Text for its standard input.
    pub stdin: Option<String>,
    /// Run as this user, in place of the image's own.
    pub user: Option<String>,
    /// Capabilities that it keeps; all others are dropped.
    pub cap_add: Vec<String>,
    /// Its files cannot be written, but for /tmp.
    pub read_only: bool,
}

/// The container is run to its end, or for as long as it may; what it prints and how it ends is held against this.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct RunWish {
    /// What is tried, for people: "prints the value of MY_VAR".
    pub title: Option<String>,
    pub args: Vec<String>,
    pub entrypoint: Option<String>,
    pub env: BTreeMap<String, String>,
    pub stdin: Option<String>,
    pub user: Option<String>,
    pub cap_add: Vec<String>,
    pub read_only: bool,
    /// How long it may take; without it, what `[engine]` says.
    pub within: Option<Time>,
    /// The exit code; 0 unless something else is said. A container that is still running has none.
    pub exit: Option<i32>,
    /// Any exit code is right, and so is running on.
    pub any_exit: bool,
    /// To be still running is right too, as servers are; a container that ends has to do so with the exit code.
    pub run_on: bool,
    /// All of standard output, without blanks at the end of lines and of the text.
    pub stdout: Option<String>,
    /// Texts that are somewhere on standard output.
    pub stdout_contains: Several<String>,
    /// An expression that standard output fits.
    pub stdout_regex: Option<Expression>,
    /// Texts that are nowhere on standard output.
    pub stdout_lacks: Several<String>,
    pub stderr_contains: Several<String>,
    pub stderr_regex: Option<Expression>,
    /// The user id that the first process has.
    pub uid: Option<Count>,
    /// The first process does not run as root.
    pub not_root: bool,
}

impl RunWish {
    pub fn start(&self) -> Start {
        Start {
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

/// The container answers by HTTP.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct HttpWish {
    /// What is tried, for people.
    #[serde(default)]
    pub title: Option<String>,
    /// The port in the container.
    pub port: u16,
    #[serde(default = "root")]
    pub path: String,
    /// Without it, anything below 400.
    #[serde(default)]
    pub status: Option<u16>,
    /// Texts that are somewhere in the answer.
    #[serde(default)]
    pub body_contains: Several<String>,
    #[serde(default)]
    pub body_regex: Option<Expression>,
    /// How long it may take from the start to the right answer.
    #[serde(default)]
    pub within: Option<Time>,
    #[serde(default)]
    pub args: Vec<String>,
    #[serde(default)]
    pub env: BTreeMap<String, String>,
}

fn root() -> String {
    "/".to_owned()
}

/// Files of the image.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct FilesWish {
    /// Paths, or globs over them, that are there.
    pub has: Several<Pattern>,
    /// Paths, or globs over them, that are not there: compilers, caches, secrets.
    pub lacks: Several<Pattern>,
    /// Text that a file contains, by path.
    pub contains: BTreeMap<String, String>,
}

/// What the image says of itself.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct InspectWish {
    /// As USER has it.
    pub user: Option<Pattern>,
    pub not_root: bool,
    pub workdir: Option<Pattern>,
    /// Ports: `8080` or `8080/tcp`.
    pub exposes: Several<String>,
    /// Variables and their values.
    pub env: BTreeMap<String, Pattern>,
    /// The words of ENTRYPOINT, joined by blanks.
    pub entrypoint: Option<Pattern>,
    /// The words of CMD, joined by blanks.
    pub cmd: Option<Pattern>,
    pub healthcheck: Option<bool>,
    pub stop_signal: Option<String>,
    pub volumes: Several<String>,
    pub layers: Option<Count>,
}

/// A container that runs on ends in time when it is told to.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct SignalWish {
    /// How long it may take to end; without it, 5 seconds.
    pub within: Option<Time>,
    /// How long it is left to start, before the signal is sent.
    pub after: Option<Time>,
    /// The exit codes that are right; without any, all but that of being killed.
    pub exit: Several<i32>,
    pub args: Vec<String>,
    pub env: BTreeMap<String, String>,
}

/// A Compose project comes up and does its work.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct ComposeWish {
    /// The file; without it, the usual names.
    pub file: Option<String>,
    /// What has to be up.
    pub services: Several<String>,
    /// Services that have to be healthy.
    pub healthy: Several<String>,
    /// How long it may take to come up.
    pub within: Option<Time>,
    /// What is asked of a service, by HTTP.
    pub http: Several<ComposeHttp>,
    /// What is run in a service, to show that it does its work: that the application reaches the database.
    pub exec: Several<ComposeExec>,
    /// Environment for the project.
    pub env: BTreeMap<String, String>,
}

#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ComposeHttp {
    pub service: String,
    /// The port in the container.
    pub port: u16,
    #[serde(default = "root")]
    pub path: String,
    #[serde(default)]
    pub status: Option<u16>,
    #[serde(default)]
    pub body_contains: Several<String>,
    #[serde(default)]
    pub body_regex: Option<Expression>,
}

#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ComposeExec {
    pub service: String,
    pub command: Vec<String>,
    /// 0 unless something else is said.
    #[serde(default)]
    pub exit: Option<i32>,
    #[serde(default)]
    pub stdout_contains: Several<String>,
    #[serde(default)]
    pub stdout_regex: Option<Expression>,
}
