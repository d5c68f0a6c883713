//! What is asked of an engine: a build or a run, and what it may take.

use std::path::PathBuf;
use std::time::Duration;

use crate::engine::image_config::Facts;
use crate::text::Variants;

/// What a build may take. What cannot be given to an engine as an option is held by a cgroup of our own, where there can
/// be one, and by our own clock.
#[derive(Clone, Debug)]
pub struct BuildLimits {
    pub time: Duration,
    /// Bytes.
    pub memory: u64,
    pub cpus: f64,
    pub pids: u32,
    /// Bytes by which the free space of the disk may shrink meanwhile, and the largest single file.
    pub disk: u64,
}

impl Default for BuildLimits {
    fn default() -> Self {
        Self { time: Duration::from_secs(600), memory: 4 << 30, cpus: 2.0, pids: 2048, disk: 8 << 30 }
    }
}

/// What a container may take.
#[derive(Clone, Debug)]
pub struct RunLimits {
    /// How long it may run; one that has not ended by then is stopped, which is no fault of a server.
    pub time: Duration,
    /// How long it has to end after its stop signal.
    pub grace: Duration,
    /// Bytes; there is no swap.
    pub memory: u64,
    pub cpus: f64,
    pub pids: u32,
    /// Bytes it may write to its layer, and the largest single file.
    pub disk: u64,
    /// Bytes of each stream that are kept at the head, and as many at the tail.
    pub output: usize,
    /// With more bytes than this it is stopped.
    pub most_output: u64,
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
            most_output: 64 << 20,
        }
    }
}

/// Which network there is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Network {
    /// None but the loopback device.
    #[default]
    None,
    /// This network of ours, from which no way leads out.
    Internal(String),
    /// The engine's usual one.
    Usual,
}

/// May a base image be fetched from a registry?
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Pull {
    /// If it is not here
    #[default]
    Missing,
    /// Never: it has to be here
    Never,
    /// Always, if there is a newer one
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

/// A build.
#[derive(Clone, Debug)]
pub struct Build {
    /// The folder that is sent; a copy, since engines read all of it.
    pub context: PathBuf,
    /// The Dockerfile; may lie elsewhere.
    pub dockerfile: PathBuf,
    /// What the image is to be called.
    pub tag: String,
    pub target: Option<String>,
    pub build_args: Vec<(String, String)>,
    /// Whether `RUN` has a network.
    pub network: bool,
    pub pull: Pull,
    pub no_cache: bool,
    /// A builder of buildx, which may be far away.
    pub builder: Option<String>,
    pub limits: BuildLimits,
    /// As the engine wants them: `name=value`.
    pub labels: Vec<String>,
    /// A cgroup that holds it, where there is one.
    pub cgroup: Option<String>,
}

/// A run of a container.
#[derive(Clone, Debug)]
pub struct Run {
    pub image: String,
    /// What the container is called.
    pub name: String,
    /// Replaces CMD, if not empty.
    pub args: Vec<String>,
    pub entrypoint: Option<String>,
    pub env: Vec<(String, String)>,
    /// Replaces USER.
    pub user: Option<String>,
    pub stdin: Option<Vec<u8>>,
    pub network: Network,
    /// Capabilities that are kept; all others are dropped.
    pub caps: Vec<String>,
    /// The root file system cannot be written; `/tmp` can.
    pub read_only: bool,
    pub limits: RunLimits,
    pub labels: Vec<String>,
    pub cgroup: Option<String>,
    /// What the image says of itself, for runtimes that do not read it themselves.
    pub facts: Facts,
    /// Where the image has been unpacked (a folder with `rootfs`), or the archive with it.
    pub unpacked: Option<PathBuf>,
}

impl Run {
    /// The image as it starts by itself, with the usual limits.
    pub fn new(image: impl Into<String>) -> Self {
        Self {
            image: image.into(),
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

    /// What is started: ENTRYPOINT and CMD, or what is given in their place.
    pub fn command(&self) -> Vec<String> {
        let mut command = match &self.entrypoint {
            Some(entrypoint) => vec![entrypoint.clone()],
            None => self.facts.entrypoint.clone(),
        };
        // As Docker has it: another entrypoint drops the image's CMD.
        match (&self.args[..], &self.entrypoint) {
            ([], None) => command.extend(self.facts.cmd.iter().cloned()),
            (args, _) => command.extend(args.iter().cloned()),
        }
        command
    }

    /// The environment: the image's, then what is given.
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
