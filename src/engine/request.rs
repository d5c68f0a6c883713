//! Requests to an engine: a build or a run, and its limits.

use std::path::PathBuf;
use std::time::Duration;

use crate::engine::image_config::Facts;
use crate::text::Variants;

/// Limits of a build. Those that an engine has no option for are enforced by a cgroup of our own, where possible, and by
/// our own clock.
#[derive(Clone, Debug)]
pub struct BuildLimits {
    pub time: Duration,
    /// Bytes.
    pub memory: u64,
    pub cpus: f64,
    pub pids: u32,
    /// Bytes by which free disk space may shrink, and the largest single file.
    pub disk: u64,
}

impl Default for BuildLimits {
    fn default() -> Self {
        Self { time: Duration::from_secs(600), memory: 4 << 30, cpus: 2.0, pids: 2048, disk: 8 << 30 }
    }
}

/// Limits of a container.
#[derive(Clone, Debug)]
pub struct RunLimits {
    /// How long it may run; then it is stopped, which is not a failure of a server.
    pub time: Duration,
    /// How long it may take to stop after its stop signal.
    pub grace: Duration,
    /// Bytes; there is no swap.
    pub memory: u64,
    pub cpus: f64,
    pub pids: u32,
    /// Bytes it may write to its layer, and the largest single file.
    pub disk: u64,
    /// Bytes to keep of the head of each stream, and as many of its tail.
    pub output: usize,
    /// It is stopped after printing more bytes than this.
    pub max_output: u64,
}

impl Default for RunLimits {
    fn default() -> Self {
        Self {
            time: Duration::from_secs(10),
            grace: Duration::from_secs(5),
            memory: 512 << 20,
            cpus: 1.0,
            pids: 128,
            disk: 1 << 30,
            output: 64 << 10,
            max_output: 64 << 20,
        }
    }
}

/// The network of a container.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Network {
    /// Only the loopback device.
    #[default]
    None,
    /// This internal network, without a route to the outside.
    Internal(String),
    /// The engine's default.
    Usual,
}

/// When base images are pulled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Pull {
    /// If it is not present locally.
    #[default]
    Missing,
    /// Never: it must be present locally.
    Never,
    /// Always, if there is a newer one.
    Always,
}

impl Variants for Pull {
    const ALL: &'static [Self] = &[Self::Missing, Self::Never, Self::Always];

    fn as_str(self) -> &'static str {
        match self {
            Pull::Missing => "missing",
            Pull::Never => "never",
            Pull::Always => "always",
        }
    }
}

/// What a build is given from outside of its context. Values are those of the options of the same names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BuildInputs {
    /// Such as `linux/arm64`; `None` is that of the engine.
    pub platform: Option<String>,
    /// `id=NAME,src=FILE` or `id=NAME,env=VARIABLE`.
    pub secrets: Vec<String>,
    /// `default`, or `NAME=SOCKET`.
    pub ssh: Vec<String>,
    /// `NAME=DIRECTORY` or `NAME=IMAGE`.
    pub contexts: Vec<String>,
}

impl BuildInputs {
    /// Whether it asks for what only current builders know.
    pub fn needs_buildkit(&self) -> bool {
        !self.secrets.is_empty() || !self.ssh.is_empty() || !self.contexts.is_empty()
    }
}

/// A build.
#[derive(Clone, Debug)]
pub struct Build {
    /// The build context; a copy, since engines read all of it.
    pub context: PathBuf,
    /// The Dockerfile; may be outside of the context.
    pub dockerfile: PathBuf,
    /// The name of the image.
    pub tag: String,
    pub target: Option<String>,
    pub build_args: Vec<(String, String)>,
    /// Whether `RUN` has a network.
    pub network: bool,
    pub pull: Pull,
    pub no_cache: bool,
    /// A builder of buildx, possibly remote.
    pub builder: Option<String>,
    pub inputs: BuildInputs,
    pub limits: BuildLimits,
    /// `name=value`.
    pub labels: Vec<String>,
    /// The parent cgroup, if there is one.
    pub cgroup: Option<String>,
}

/// A run of a container.
#[derive(Clone, Debug)]
pub struct Run {
    pub image: String,
    /// The platform of the image, if it is not the engine's.
    pub platform: Option<String>,
    /// The name of the container.
    pub name: String,
    /// Replaces CMD, if not empty.
    pub args: Vec<String>,
    pub entrypoint: Option<String>,
    pub env: Vec<(String, String)>,
    /// Replaces USER.
    pub user: Option<String>,
    pub stdin: Option<Vec<u8>>,
    pub network: Network,
    /// Capabilities to keep; all others are dropped.
    pub caps: Vec<String>,
    /// The root file system is read-only, except `/tmp`.
    pub read_only: bool,
    pub limits: RunLimits,
    pub labels: Vec<String>,
    pub cgroup: Option<String>,
    /// The configuration of the image, for runtimes that do not read it themselves.
    pub facts: Facts,
    /// The unpacked image (a directory with `rootfs`), or its archive.
    pub unpacked: Option<PathBuf>,
}

impl Run {
    /// A run with the settings of the image and the default limits.
    pub fn new(image: impl Into<String>) -> Self {
        Self {
            image: image.into(),
            platform: None,
            name: String::new(),
            args: Vec::new(),
            entrypoint: None,
            env: Vec::new(),
            user: None,
            stdin: None,
            network: Network::None,
            caps: Vec::new(),
            read_only: false,
            limits: RunLimits::default(),
            labels: Vec::new(),
            cgroup: None,
            facts: Facts::default(),
            unpacked: None,
        }
    }

    /// The command: ENTRYPOINT and CMD, or their replacements.
    pub fn command(&self) -> Vec<String> {
        let mut command = match &self.entrypoint {
            Some(entrypoint) => vec![entrypoint.clone()],
            None => self.facts.entrypoint.clone(),
        };
        // As in Docker, a different entrypoint drops the image's CMD.
        match (&self.args[..], &self.entrypoint) {
            ([], None) => command.extend(self.facts.cmd.iter().cloned()),
            (args, _) => command.extend(args.iter().cloned()),
        }
        command
    }

    /// The environment: the image's, then the run's.
    pub fn environment(&self) -> Vec<String> {
        let mut all: Vec<(String, String)> = Vec::new();
        let own = self.facts.env.iter().filter_map(|pair| pair.split_once('='));
        let own = own.map(|(name, value)| (name.to_owned(), value.to_owned()));
        for (name, value) in own.chain(self.env.iter().cloned()) {
            match all.iter_mut().find(|(known, _)| *known == name) {
                Some((_, known)) => *known = value,
                None => all.push((name, value)),
            }
        }
        all.into_iter().map(|(name, value)| format!("{name}={value}")).collect()
    }
}
