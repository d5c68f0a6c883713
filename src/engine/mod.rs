//! Container engines: what builds an image, and what runs it, each within limits.
//!
//! ```text
//! Engine::open(kind) ─► build(&Build) ─► Built ─► inspect(image) ─► Facts
//!                    └► start(Run) ─► Container: wait, address, exec, stop ─► Ran
//! ```
//!
//! One small file an engine says what it is called and what its command lines are, as data ([`Argv`]); [`crate::process`] is the
//! only place that starts anything. Engines are programs and not libraries, since that is what people have: contexts,
//! DOCKER_HOST, rootless set-ups and remote builders work as they do by hand.
//!
//! Everything made here bears our label and a name that tells which process made it. It is removed when its value is
//! dropped; what a crashed process has left, the next one that opens the engine removes.
//!
//! Never: `--privileged`, the engine's own socket, or a folder of this machine inside a container.

mod buildah;
mod buildkit;
mod cli;
pub mod compose;
mod container;
mod containerd;
mod crio;
mod docker;
mod error;
mod export;
mod image;
pub mod image_config;
pub mod limits;
mod lxc;
mod namespace;
mod nerdctl;
mod oci;
mod podman;
pub mod registry;
pub mod request;
mod session;

use std::fmt;
use std::time::Duration;

pub use crate::process::Argv;
pub use cli::Verbs;
pub use container::{Container, Ran, RunEnd, Stop};
pub use error::{EngineError, is_advice, last_lines};
pub use image::{BuildEnd, Built, Image, Unpacked, bytes, failed_step};
pub use image_config::Facts;
pub use namespace::in_network_of;
pub use request::{Build, BuildLimits, Network, Pull, Run, RunLimits};

use crate::process::{Bounds, Ended, Output};

/// The engines that are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, clap::ValueEnum)]
pub enum Kind {
    Docker,
    /// Docker's builder before BuildKit
    DockerLegacy,
    Podman,
    Buildah,
    Nerdctl,
    Containerd,
    Runc,
    Crun,
    #[value(name = "cri-o")]
    CriO,
    Lxc,
}

impl Kind {
    pub fn all() -> &'static [Kind] {
        <Kind as clap::ValueEnum>::value_variants()
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Docker => "docker",
            Kind::DockerLegacy => "docker-legacy",
            Kind::Podman => "podman",
            Kind::Buildah => "buildah",
            Kind::Nerdctl => "nerdctl",
            Kind::Containerd => "containerd",
            Kind::Runc => "runc",
            Kind::Crun => "crun",
            Kind::CriO => "cri-o",
            Kind::Lxc => "lxc",
        }
    }

    pub fn driver(self) -> &'static Driver {
        match self {
            Kind::Docker => &docker::BUILDKIT,
            Kind::DockerLegacy => &docker::LEGACY,
            Kind::Podman => &podman::DRIVER,
            Kind::Buildah => &buildah::DRIVER,
            Kind::Nerdctl => &nerdctl::DRIVER,
            Kind::Containerd => &containerd::DRIVER,
            Kind::Runc => &oci::RUNC,
            Kind::Crun => &oci::CRUN,
            Kind::CriO => &crio::DRIVER,
            Kind::Lxc => &lxc::DRIVER,
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Whom a process is to run as.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct User {
    pub uid: u32,
    pub gid: u32,
}

/// How a container is handled.
#[derive(Clone, Copy, Debug)]
pub enum Facility {
    /// By [`Verbs`], as Docker does.
    Container,
    /// Step by step.
    Steps {
        prepare: fn(&Run) -> Vec<Argv>,
        /// Without one the process gets its signals from us.
        signal: Option<fn(&str, &str) -> Argv>,
        remove: fn(&str) -> Vec<Argv>,
    },
}

/// In which form a runtime takes an image that another engine has built.
#[derive(Clone, Copy, Debug)]
pub enum Needs {
    /// From where the builder keeps it.
    Image,
    /// As the archive that `save` writes.
    Archive,
    /// As a folder with the files in `rootfs`, and a file beside it.
    Bundle { file: &'static str, text: fn(&Run, User) -> String },
}

/// Asks for what an image says of itself.
pub type Ask = fn(&str) -> Argv;
/// Reads the answer.
pub type Read = fn(&str) -> Option<Facts>;

/// An engine's command lines.
#[derive(Debug)]
pub struct Driver {
    pub kind: Kind,
    pub program: &'static str,
    /// One line, for people.
    pub about: &'static str,
    pub version: fn() -> Argv,
    /// What has to work too.
    pub also: Option<fn() -> Argv>,
    pub build: Option<fn(&Build) -> Argv>,
    /// Asks for an image's [`Facts`], and reads the answer.
    pub facts: Option<(Ask, Read)>,
    pub verbs: Option<Verbs>,
    pub run: Option<fn(&Run) -> Argv>,
    pub facility: Facility,
    pub needs: Needs,
}

/// Time for what should take none.
const SHORT: Bounds = Bounds::seconds(30);

/// An engine that has answered.
pub struct Engine {
    driver: &'static Driver,
    /// As it says.
    pub version: String,
    /// Whether a cgroup of ours may hold what it starts.
    cgroups: bool,
    /// Whether the processes in its containers are ones of this machine, and we may look at them.
    sees_inside: bool,
    /// Whether its builder's client has turned out not to know JSON.
    is_plain: std::sync::atomic::AtomicBool,
}

impl Engine {
    /// Asks an engine whether it is there, and removes what crashed runs have left in it.
    ///
    /// # Errors
    /// When it does not answer.
    pub fn open(kind: Kind) -> Result<Self, EngineError> {
        let driver = kind.driver();
        let mut engine =
            Self { driver, version: String::new(), cgroups: false, sees_inside: false, is_plain: false.into() };
        let said = engine.expect(&(driver.version)(), SHORT, "asking for its version")?;
        engine.version = version(&said.stdout.text());
        if let Some(also) = driver.also {
            engine.expect(&also(), SHORT, "asking for its builder")?;
        }
        engine.cgroups = engine.can_group();
        engine.sees_inside = engine.is_here();
        engine.sweep();
        Ok(engine)
    }

    /// The first that answers and can both build and run.
    ///
    /// # Errors
    /// When there is none.
    pub fn auto() -> Result<Self, EngineError> {
        let mut tried = Vec::new();
        for kind in [Kind::Docker, Kind::Podman, Kind::Nerdctl, Kind::DockerLegacy, Kind::Buildah] {
            match Self::open(kind) {
                Ok(engine) => return Ok(engine),
                Err(EngineError::Cancelled) => return Err(EngineError::Cancelled),
                Err(error) => tried.push((kind, Box::new(error))),
            }
        }
        Err(EngineError::None(tried))
    }

    pub fn kind(&self) -> Kind {
        self.driver.kind
    }

    pub fn driver(&self) -> &'static Driver {
        self.driver
    }

    /// Whether this engine finds what that one has built.
    pub fn shares_images_with(&self, other: &Engine) -> bool {
        let store = |kind| match kind {
            Kind::Docker | Kind::DockerLegacy => 0,
            Kind::Podman | Kind::Buildah => 1,
            other => 2 + other as u8,
        };
        store(self.kind()) == store(other.kind())
    }

    /// Runs one of the engine's command lines. A command that fails is an answer; see [`Engine::expect`].
    fn call(&self, argv: &Argv, bounds: Bounds) -> Result<Output, EngineError> {
        let output =
            crate::process::run(argv, None, bounds).map_err(|error| EngineError::of_start(&argv.program, &error))?;
        match output.ended {
            Ended::Cancelled => Err(EngineError::Cancelled),
            Ended::TimedOut => Err(EngineError::TimedOut { what: format!("`{argv}`"), seconds: bounds.time.as_secs() }),
            _ => Ok(output),
        }
    }

    /// The same for what has to work.
    fn expect(&self, argv: &Argv, bounds: Bounds, what: &str) -> Result<Output, EngineError> {
        let output = self.call(argv, bounds)?;
        match output.ended.ok() {
            true => Ok(output),
            false => Err(self.complaint(&output, what)),
        }
    }

    fn complaint(&self, output: &Output, what: &str) -> EngineError {
        let said = format!("{}\n{}", output.stdout.text(), output.stderr.text());
        let other =
            || EngineError::Other { what: format!("{} failed at {what}", self.kind()), said: last_lines(&said, 4) };
        EngineError::of_words(self.driver.program, &said).unwrap_or_else(other)
    }

    /// A cgroup of ours needs root, here, and an engine that puts its own into any parent.
    fn can_group(&self) -> bool {
        let argv = match self.kind() {
            Kind::Docker | Kind::DockerLegacy => {
                if std::env::var("DOCKER_HOST").is_ok_and(|host| !host.starts_with("unix:")) {
                    return false;
                }
                Argv::new("docker").args(["info", "--format", "{{.CgroupDriver}} {{.ID}}"])
            }
            Kind::Podman | Kind::Buildah => Argv::new("podman").args(["info", "--format", "{{.Host.CgroupManager}}"]),
            Kind::Runc | Kind::Crun | Kind::Containerd | Kind::Lxc => return is_root(),
            Kind::Nerdctl | Kind::CriO => return false,
        };
        is_root() && self.call(&argv, SHORT).is_ok_and(|output| output.stdout.text().starts_with("cgroupfs"))
    }

    /// Whether it is this very machine that it runs on, and we are its root.
    fn is_here(&self) -> bool {
        let says = |argv: Argv, what: &str| {
            self.call(&argv, SHORT).is_ok_and(|output| output.ended.ok() && output.stdout.text().trim() == what)
        };
        is_root()
            && match self.kind() {
                Kind::Docker | Kind::DockerLegacy => {
                    let read = |name| std::fs::read_to_string(format!("/proc/sys/kernel/{name}")).unwrap_or_default();
                    let here = format!("{} {}", read("hostname").trim(), read("osrelease").trim());
                    says(Argv::new("docker").args(["info", "--format", "{{.Name}} {{.KernelVersion}}"]), &here)
                }
                Kind::Podman => {
                    says(Argv::new("podman").args(["info", "--format", "{{.Host.ServiceIsRemote}}"]), "false")
                }
                Kind::Containerd | Kind::Runc | Kind::Crun | Kind::Lxc => true,
                // Buildah does not tell which process is the container's.
                Kind::Buildah | Kind::Nerdctl | Kind::CriO => false,
            }
    }

    /// Whether its containers can be looked into: then a port can be asked without any network.
    pub fn sees_inside(&self) -> bool {
        self.sees_inside
    }

    /// Removes what processes that are no more have left.
    fn sweep(&self) {
        limits::sweep(session::is_left);
        let Some(verbs) = self.driver.verbs else { return };
        let left = |argv: &Argv| -> Vec<String> {
            let said = self.call(argv, SHORT).map(|output| output.stdout.text()).unwrap_or_default();
            said.split_whitespace().filter(|name| session::is_left(name)).map(str::to_owned).collect()
        };
        for name in left(&verbs.our_containers()) {
            let _ = self.call(&verbs.remove(&name), SHORT);
        }
        for name in left(&verbs.our_networks()) {
            let _ = self.call(&verbs.remove_network(&name), SHORT);
        }
        for name in left(&verbs.our_volumes()) {
            let _ = self.call(&verbs.remove_volume(&name), SHORT);
        }
        for name in left(&verbs.our_images()) {
            let _ = self.call(&verbs.remove_image(&name), SHORT);
        }
    }

    /// A cgroup of ours, where there can be one.
    fn group(&self, limits: &BuildLimits) -> Option<limits::Cgroup> {
        self.cgroups.then(|| limits::Cgroup::new(&session::name(), limits)).flatten()
    }

    /// A network without a way out, for as long as the value lives.
    ///
    /// # Errors
    /// When the engine makes none.
    pub fn network(&self) -> Result<OwnNetwork<'_>, EngineError> {
        let Some(verbs) = self.driver.verbs else {
            return Err(EngineError::CannotDo { kind: self.kind(), what: "make a network" });
        };
        // Its networks lie in a name space of their own then, which this machine has no way into.
        if self.kind() == Kind::Podman && !is_root() {
            return Err(EngineError::CannotDo {
                kind: self.kind(),
                what: "reach a container's port unless run by root",
            });
        }
        let name = session::name();
        self.expect(&verbs.make_network(&name, &session::label()), SHORT, "making a network")?;
        Ok(OwnNetwork { engine: self, verbs, name })
    }
}

/// A network of ours; removed when dropped.
pub struct OwnNetwork<'e> {
    engine: &'e Engine,
    verbs: Verbs,
    pub name: String,
}

impl Drop for OwnNetwork<'_> {
    fn drop(&mut self) {
        self.engine.clear(&self.verbs.remove_network(&self.name));
    }
}

impl Engine {
    /// Clears away, also when the user wants the run to end.
    fn clear(&self, argv: &Argv) {
        let bounds = Bounds { time: Duration::from_secs(60), ..SHORT };
        let _ = crate::process::run_to_the_end(argv, bounds);
    }
}

fn is_root() -> bool {
    #[cfg(unix)]
    {
        rustix::process::geteuid().is_root()
    }
    #[cfg(not(unix))]
    false
}

/// The number in what an engine prints about itself.
fn version(said: &str) -> String {
    let number =
        |word: &&str| word.trim_start_matches('v').starts_with(|ch: char| ch.is_ascii_digit()) && word.contains('.');
    let word = said.split_whitespace().find(number).unwrap_or_else(|| said.split_whitespace().next().unwrap_or("?"));
    word.trim_start_matches('v').trim_end_matches(',').chars().take(40).collect()
}
