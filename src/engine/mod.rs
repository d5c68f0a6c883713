//! Container engines, which build and run images within limits.
//!
//! ```text
//! Engine::open(kind) ─► build(&Build) ─► Built ─► inspect(image) ─► Facts
//!                    └► start(Run) ─► Container: wait, address, exec, stop ─► Ran
//! ```
//!
//! Each engine is one small file with its command lines as data ([`Argv`]); [`crate::process`] is the only place that starts
//! anything. Engines are called as programs, so that contexts, DOCKER_HOST, rootless setups and remote builders work as
//! they do by hand.
//!
//! Everything created here has our label and a name that identifies the process. It is removed when its value is dropped;
//! leftovers of a crashed process are removed by the next one that opens the engine.
//!
//! Never: `--privileged`, the engine's own socket, or a host directory inside a container.

mod attached;
mod build_containers;
mod buildah;
mod buildkit;
mod choice;
mod cli;
pub mod compose;
mod container;
mod containerd;
mod cri;
mod docker;
mod error;
mod export;
mod host_info;
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
mod temporary;

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

pub use crate::process::Argv;
pub use choice::EngineChoice;
pub use cli::Verbs;
pub use container::{Container, Ran, RunEnd, StopReport};
pub use error::{EngineError, is_advice, last_lines};
pub use image::{BuildEnd, Built, Image, UnpackedImage, failed_step};
pub use image_config::Facts;
pub use namespace::{Listener, in_network_of, listeners};
pub use request::{Build, BuildInputs, BuildLimits, Network, Pull, Run, RunLimits};
pub use temporary::directory as temporary_directory;

use crate::process::{Bounds, Ended, Output};
use host_info::HostInfo;
use crate::text::Variants;

/// The supported engines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    Docker,
    /// Docker's builder before BuildKit.
    DockerLegacy,
    Podman,
    Buildah,
    Nerdctl,
    Containerd,
    Runc,
    Crun,
    Cri,
    Lxc,
}

impl Kind {
    /// Whether each command works on the image store by itself, beside the commands of other processes.
    pub(super) fn has_no_daemon(self) -> bool {
        matches!(self, Kind::Podman | Kind::Buildah)
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
            Kind::Cri => "cri",
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
            Kind::Cri => &cri::DRIVER,
            Kind::Lxc => &lxc::DRIVER,
        }
    }
}

impl Variants for Kind {
    const ALL: &'static [Self] = &[
        Self::Docker,
        Self::DockerLegacy,
        Self::Podman,
        Self::Buildah,
        Self::Nerdctl,
        Self::Containerd,
        Self::Runc,
        Self::Crun,
        Self::Cri,
        Self::Lxc,
    ];

    fn as_str(self) -> &'static str {
        Kind::as_str(self)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The user that a process runs as.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct User {
    pub uid: u32,
    pub gid: u32,
}

/// How containers are created, signalled and removed.
#[derive(Clone, Copy, Debug)]
pub enum Lifecycle {
    /// By [`Verbs`], as Docker does.
    Container,
    /// Step by step.
    Steps {
        prepare: fn(&Run) -> Vec<Argv>,
        /// Without one, we signal the process directly.
        signal: Option<fn(&str, &str) -> Argv>,
        remove: fn(&Run) -> Vec<Argv>,
    },
    /// Through the runtime interface of Kubernetes, without a program.
    Pod,
}

/// The form in which a runtime takes an image that another engine built.
#[derive(Clone, Copy, Debug)]
pub enum ImageForm {
    /// From the builder's image store.
    Image,
    /// As an archive written by `save`.
    Archive,
    /// As a directory with the files in `rootfs`, and a configuration file.
    Bundle { file: &'static str, text: fn(&Run, User) -> String },
}

/// The command that prints the configuration of an image.
pub type InspectCommand = fn(&str) -> Argv;
/// Parses its output.
pub type InspectParser = fn(&str) -> Option<Facts>;

/// What a crashed run may have left in an engine without [`Verbs`].
#[derive(Clone, Copy, Debug)]
pub struct Leftovers {
    /// Prints the names of all there are.
    list: fn() -> Argv,
    /// Removes the one of that name.
    remove: fn(&str) -> Vec<Argv>,
}

/// An engine's command lines.
#[derive(Debug)]
pub struct Driver {
    pub kind: Kind,
    pub program: &'static str,
    /// A one-line description.
    pub about: &'static str,
    /// `None` where no program is asked.
    pub version: Option<fn() -> Argv>,
    /// A second command that must work too.
    pub also: Option<fn() -> Argv>,
    pub build: Option<fn(&Build) -> Argv>,
    /// How to get an image's [`Facts`].
    pub facts: Option<(InspectCommand, InspectParser)>,
    pub verbs: Option<Verbs>,
    pub run: Option<fn(&Run) -> Argv>,
    pub lifecycle: Lifecycle,
    pub needs: ImageForm,
    pub leftovers: &'static [Leftovers],
}

impl Driver {
    /// Whether it can run images.
    pub fn runs(&self) -> bool {
        self.run.is_some() || (matches!(self.lifecycle, Lifecycle::Pod) && cfg!(feature = "cri"))
    }
}

/// The time limit of commands that should be instantaneous.
const SHORT: Bounds = Bounds::seconds(30);

/// An engine that responds.
pub struct Engine {
    driver: &'static Driver,
    /// As it reports.
    pub version: String,
    /// Whether our own cgroup can contain its processes.
    cgroups: bool,
    /// Whether the processes in its containers run on this machine, and we may inspect them.
    sees_inside: bool,
    /// Whether it can limit the memory and the processors of builds: without root it needs cgroups of its own.
    limits_builds: bool,
    /// The connection to it, where no program is asked.
    cri: Option<Arc<cri::Connection>>,
    /// Whether its builder's client turned out not to support JSON.
    is_plain: std::sync::atomic::AtomicBool,
}

impl Engine {
    /// Checks that an engine responds, and removes what crashed runs left in it.
    ///
    /// # Errors
    /// When it does not respond.
    pub fn open(kind: Kind) -> Result<Self, EngineError> {
        let (mut engine, said) = Self::asked(kind)?;
        let host = engine.host_info(&said);
        engine.cgroups = engine.can_group(&host);
        engine.sees_inside = engine.is_here(&host);
        engine.limits_builds = engine.can_limit_builds(&host);
        engine.sweep(&host);
        Ok(engine)
    }

    /// An engine that responds, of which nothing else is known yet, and what it printed when it was asked for its version.
    fn asked(kind: Kind) -> Result<(Self, String), EngineError> {
        let driver = kind.driver();
        let mut engine =
            Self { driver, version: String::new(), cgroups: false, sees_inside: false, limits_builds: true, cri: None, is_plain: false.into() };
        let mut said = String::new();
        engine.version = match driver.version {
            Some(argv) => {
                said = engine.expect(&argv(), SHORT, "checking its version")?.stdout.text();
                version(&said)
            }
            None => engine.cri.insert(Arc::new(cri::Connection::open()?)).version().to_owned(),
        };
        if let Some(also) = driver.also {
            engine.expect(&also(), SHORT, "checking its builder")?;
        }
        Ok((engine, said))
    }

    /// The first engine that responds and can both build and run.
    ///
    /// # Errors
    /// When there is none.
    pub fn auto() -> Result<Self, EngineError> {
        Self::first(Self::open)
    }

    /// Its kind, without opening it.
    ///
    /// # Errors
    /// The same.
    pub fn auto_kind() -> Result<Kind, EngineError> {
        Self::first(|kind| Self::asked(kind).map(|_| kind))
    }

    fn first<T>(open: impl Fn(Kind) -> Result<T, EngineError>) -> Result<T, EngineError> {
        let mut tried = Vec::new();
        for kind in [Kind::Docker, Kind::Podman, Kind::Nerdctl, Kind::DockerLegacy, Kind::Buildah] {
            match open(kind) {
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

    /// Whether this engine has access to images that the other one built.
    pub fn shares_images_with(&self, other: &Engine) -> bool {
        let store = |kind| match kind {
            Kind::Docker | Kind::DockerLegacy => 0,
            Kind::Podman | Kind::Buildah => 1,
            other => 2 + other as u8,
        };
        store(self.kind()) == store(other.kind())
    }

    /// Runs one of the engine's command lines. A command that fails is a result; see [`Engine::expect`].
    fn call(&self, argv: &Argv, bounds: Bounds) -> Result<Output, EngineError> {
        let output =
            crate::process::run(argv, None, bounds).map_err(|error| EngineError::of_start(&argv.program, &error))?;
        match output.ended {
            Ended::Cancelled => Err(EngineError::Cancelled),
            Ended::TimedOut => Err(EngineError::TimedOut { what: format!("`{argv}`"), seconds: bounds.time.as_secs() }),
            _ => Ok(output),
        }
    }

    /// The same for a command that must succeed.
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
            || EngineError::Other { what: format!("{} failed while {what}", self.kind()), said: last_lines(&said, 4) };
        EngineError::of_words(self.driver.program, &said).unwrap_or_else(other)
    }

    /// What it reports about its machine. `said` is what it printed when it was asked for its version.
    fn host_info(&self, said: &str) -> HostInfo {
        let ask = |argv: Argv| {
            let output = self.call(&argv, SHORT).ok().filter(|output| output.ended.ok());
            output.map(|output| output.stdout.text())
        };
        match self.kind() {
            Kind::Podman => HostInfo::from_podman(said),
            // Buildah does not report what Podman does.
            Kind::Buildah => {
                let podman = ask(host_info::of_podman()).map(|said| HostInfo::from_podman(&said));
                podman.unwrap_or_default().with_buildah(&ask(host_info::of_buildah()).unwrap_or_default())
            }
            Kind::Docker | Kind::DockerLegacy if is_root() => {
                ask(host_info::of_docker()).map(|said| HostInfo::from_docker(&said)).unwrap_or_default()
            }
            _ => HostInfo::default(),
        }
    }

    /// Our own cgroup requires root on this machine, and an engine that accepts any parent.
    fn can_group(&self, host: &HostInfo) -> bool {
        is_root()
            && match self.kind() {
                Kind::Docker | Kind::DockerLegacy => {
                    let is_remote = std::env::var("DOCKER_HOST").is_ok_and(|host| !host.starts_with("unix:"));
                    !is_remote && host.cgroup_manager == "cgroupfs"
                }
                Kind::Podman | Kind::Buildah => host.cgroup_manager == "cgroupfs",
                Kind::Runc | Kind::Crun | Kind::Containerd | Kind::Lxc => true,
                Kind::Cri => self.cri.as_ref().is_some_and(|cri| cri.takes_cgroups()),
                Kind::Nerdctl => false,
            }
    }

    /// Whether it has cgroups for the steps of a build.
    fn can_limit_builds(&self, host: &HostInfo) -> bool {
        let has_memory = || host.cgroup_controllers.as_ref().is_none_or(|controllers| controllers.contains("memory"));
        is_root() || !self.kind().has_no_daemon() || has_memory()
    }

    /// Whether it runs on this machine, and we are root.
    fn is_here(&self, host: &HostInfo) -> bool {
        is_root()
            && match self.kind() {
                Kind::Docker | Kind::DockerLegacy => {
                    let read = |name| std::fs::read_to_string(format!("/proc/sys/kernel/{name}")).unwrap_or_default();
                    host.machine == format!("{} {}", read("hostname").trim(), read("osrelease").trim())
                }
                Kind::Podman => host.is_local,
                Kind::Containerd | Kind::Runc | Kind::Crun | Kind::Lxc | Kind::Cri => true,
                // Buildah does not report the process id of the container.
                Kind::Buildah | Kind::Nerdctl => false,
            }
    }

    /// Whether its containers can be inspected from this machine: then a port can be asked without any network.
    pub fn sees_inside(&self) -> bool {
        self.sees_inside
    }

    /// Removes leftovers of processes that no longer run.
    fn sweep(&self, host: &HostInfo) {
        limits::sweep(session::is_left);
        self.sweep_builds(host);
        temporary::sweep();
        if let Some(cri) = &self.cri {
            cri.sweep();
        }
        let left = |argv: &Argv| -> Vec<String> {
            let said = self.call(argv, SHORT).map(|output| output.stdout.text()).unwrap_or_default();
            said.split_whitespace().filter(|name| session::is_left(name)).map(str::to_owned).collect()
        };
        for kind in self.driver.leftovers {
            for name in left(&(kind.list)()) {
                for step in (kind.remove)(&name) {
                    let _ = self.call(&step, SHORT);
                }
            }
        }
        let Some(verbs) = self.driver.verbs else { return };
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

    /// Ends builds of Podman and Buildah whose process no longer runs, and removes their containers.
    fn sweep_builds(&self, host: &HostInfo) {
        if !self.kind().has_no_daemon() {
            return;
        }
        build_containers::end_orphans();
        let Some(storage) = &host.storage else { return };
        for id in build_containers::left(Path::new(&storage.root), &storage.driver) {
            let force: &[&str] = if self.kind() == Kind::Podman { &["--force"] } else { &[] };
            let _ = self.call(&Argv::new(self.driver.program).arg("rm").args(force.iter().copied()).arg(id), SHORT);
        }
    }

    /// Our own cgroup, if possible.
    fn group(&self, limits: &BuildLimits) -> Option<limits::Cgroup> {
        self.cgroups.then(|| limits::Cgroup::new(&session::name(), limits)).flatten()
    }

    /// An internal network, for as long as the value lives.
    ///
    /// # Errors
    /// When the engine cannot create one.
    pub fn network(&self) -> Result<InternalNetwork<'_>, EngineError> {
        let Some(verbs) = self.driver.verbs else {
            return Err(EngineError::CannotDo { kind: self.kind(), what: "create a network" });
        };
        // Rootless networks are in a namespace that cannot be reached from outside.
        if self.kind() == Kind::Podman && !is_root() {
            return Err(EngineError::CannotDo {
                kind: self.kind(),
                what: "reach a container's port unless run by root",
            });
        }
        let name = session::name();
        self.expect(&verbs.make_network(&name, &session::label()), SHORT, "creating a network")?;
        Ok(InternalNetwork { engine: self, verbs, name })
    }
}

/// An internal network; removed when dropped.
pub struct InternalNetwork<'e> {
    engine: &'e Engine,
    verbs: Verbs,
    pub name: String,
}

impl Drop for InternalNetwork<'_> {
    fn drop(&mut self) {
        self.engine.clear(&self.verbs.remove_network(&self.name));
    }
}

impl Engine {
    /// Cleans up, even if the user interrupted the run.
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

/// The version number in an engine's output.
fn version(said: &str) -> String {
    let number =
        |word: &&str| word.trim_start_matches('v').starts_with(|ch: char| ch.is_ascii_digit()) && word.contains('.');
    let word = said.split_whitespace().find(number).unwrap_or_else(|| said.split_whitespace().next().unwrap_or("?"));
    word.trim_start_matches('v').trim_end_matches(',').chars().take(40).collect()
}
