//! Compose projects: several containers on one network.
//!
//! ```text
//! compose.yaml ─ outside: asks for no file elsewhere ─► `docker compose config` ─ limited ─► a copy of ours ─► up ─► Up
//! ```
//!
//! A Compose file that someone hands in is never run as it is. Compose itself reads it, without the environment of this
//! process; what reaches for the machine is refused; and what is run is a copy that has only what is known here, each
//! container within the limits of [`RunLimits`], on networks without a way out. Images are built beforehand, by
//! [`Engine::build`] and its limits.
//!
//! Podman is served by the same program, through the socket of a service that lives as long as the project. Without systemd
//! it runs no health checks by itself: that is done here.

mod addresses;
mod containment;
mod sandboxed_copy;

use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

pub use sandboxed_copy::{Limited, ServiceBuild};

use super::{Argv, Engine, EngineError, Kind, RunLimits, SHORT, Verbs, last_lines, limits, session};
use crate::process::{Bounds, Ended, Output, Process, cancelled};
use crate::text::units::Size;

/// The names that Compose looks for, in its order.
pub const FILE_NAMES: [&str; 4] = ["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"];

/// A Compose file is no larger.
const MOST_TEXT: u64 = 256 << 10;

/// Why there is no copy that could be run.
#[derive(Clone, Debug, PartialEq)]
pub enum ComposeError {
    /// It reaches out of its limits; the reasons.
    Refused(Vec<String>),
    /// Compose does not understand it; its own words.
    Invalid(String),
    Engine(EngineError),
}

impl From<EngineError> for ComposeError {
    fn from(error: EngineError) -> Self {
        ComposeError::Engine(error)
    }
}

/// `docker compose`, with nothing of this process's environment but what it needs to be found.
fn alone(given: &[(String, String)]) -> Argv {
    let keep = |name: &str| std::env::var(name).ok().map(|value| format!("{name}={value}"));
    let env = ["PATH", "HOME", "DOCKER_CONFIG"].into_iter().filter_map(keep);
    let given = given.iter().map(|(name, value)| format!("{name}={value}"));
    Argv::new("env").arg("--ignore-environment").args(given).args(env).args(["docker", "compose"])
}

impl Engine {
    /// Reads a Compose file of a folder that is a copy: what it reaches for is looked at, not taken. `env` is all that its
    /// variables stand for, besides its own `.env`.
    ///
    /// # Errors
    /// When it is refused or makes no sense, or Compose is not here.
    pub fn read_compose(
        &self,
        root: &Path,
        name: &str,
        env: &[(String, String)],
        limits: &RunLimits,
        within: Duration,
    ) -> Result<Limited, ComposeError> {
        let refuse = |why: String| ComposeError::Refused(vec![why]);
        let file = root.join(name);
        for name in [name, ".env"] {
            let links = root.join(name).symlink_metadata().is_ok_and(|meta| !meta.is_file());
            if links || containment::leads_out(name, root) {
                return Err(refuse(format!("`{name}` is no file of the folder")));
            }
        }
        let meta = file.symlink_metadata().map_err(|_| ComposeError::Invalid(format!("there is no `{name}`")))?;
        if meta.len() > MOST_TEXT {
            return Err(refuse(format!("`{name}` has more than {} KiB", MOST_TEXT >> 10)));
        }
        let text = std::fs::read_to_string(&file).map_err(|_| ComposeError::Invalid(format!("`{name}` is no text")))?;
        if let Some(why) = containment::refused(&text, root) {
            return Err(refuse(why));
        }
        let argv =
            alone(env).opt("--project-directory", root.display().to_string()).opt("--file", file.display().to_string());
        let argv = argv.opt("--project-name", "project").args(["config", "--format", "json"]);
        let bounds = Bounds { keep: 4 << 20, most: 4 << 20, ..Bounds::seconds(30) };
        let output = self.call(&argv, bounds)?;
        let words = output.stderr.text();
        if !output.ended.ok() {
            let missing = [
                "not a docker command", "unknown shorthand flag", "unknown command", "No such file or directory",
                "unknown flag",
            ];
            let missing = output.ended == Ended::Code(127) || missing.iter().any(|said| words.contains(said));
            return Err(match missing && !words.contains(name) {
                true => EngineError::NotInstalled("docker compose".to_owned()).into(),
                false => ComposeError::Invalid(without_root(&last_lines(&words, 4), root)),
            });
        }
        let unread = |_| ComposeError::Invalid("what Compose makes of it cannot be read".to_owned());
        let normal: Value = serde_json::from_str(&output.stdout.text()).map_err(unread)?;
        let label = session::label();
        let label = label.split_once('=').unwrap_or((&label, ""));
        let ulimits = match self.kind() {
            Kind::Podman => limits::modest(),
            _ => vec!["nofile=4096:4096".to_owned()],
        };
        let ulimits: Vec<(String, u64)> = ulimits
            .iter()
            .filter_map(|option| {
                let (name, value) = option.split_once('=')?;
                Some((name.to_owned(), value.split(':').next()?.parse().ok()?))
            })
            .collect();
        let with = sandboxed_copy::With { root, label, limits, ulimits: &ulimits, health: within.as_secs().max(1) };
        sandboxed_copy::limit(&normal, with).map_err(ComposeError::Refused)
    }

    /// Starts a project; `images` are those that were built for its services. Why it did not start is told beside it.
    ///
    /// # Errors
    /// When the engine cannot do its work.
    pub fn up(
        &self,
        limited: &Limited,
        images: &[(String, String)],
        limits: &RunLimits,
        within: Duration,
    ) -> Result<(Up<'_>, Option<String>), EngineError> {
        let Some(verbs) =
            self.driver.verbs.filter(|_| matches!(self.kind(), Kind::Docker | Kind::DockerLegacy | Kind::Podman))
        else {
            return Err(EngineError::CannotDo { kind: self.kind(), what: "run a Compose project" });
        };
        self.heard_by_each_other()?;
        let io = |error: std::io::Error| EngineError::Other {
            what: "the copy of a Compose file cannot be written".to_owned(),
            said: error.to_string(),
        };
        let folder = tempfile::Builder::new().prefix("plimsoll-compose-").tempdir().map_err(io)?;
        let project = session::name();
        let mut file = limited.file.clone();
        for (service, image) in &limited.images {
            file["services"][service]["image"] = self.whole_name(image)?.into();
        }
        for (service, image) in images {
            file["services"][service]["image"] = image.as_str().into();
        }
        if self.kind() == Kind::Podman {
            addresses::give(&mut file, session::number());
        }
        std::fs::write(folder.path().join("compose.json"), file.to_string()).map_err(io)?;
        let store = self.store();
        let mut up = Up {
            engine: self,
            verbs,
            project,
            services: limited.services.clone(),
            service: None,
            since: Instant::now(),
            disk: (limits.disk, limits::free_space(&store), store),
            folder,
        };
        up.serve()?;
        let argv = up.compose(&["up", "--detach", "--no-build", "--pull", "never", "--quiet-pull", "--remove-orphans"]);
        let process = Process::start(&argv, None, Bounds { time: within, ..SHORT });
        let process = process.map_err(|error| EngineError::of_start(&argv.program, &error))?;
        let mut beat = Instant::now();
        let output = process.finish(&mut || {
            if beat.elapsed() > Duration::from_secs(1) {
                up.check_health();
                beat = Instant::now();
            }
            up.over()
        });
        let why = up.why_not(&output)?;
        Ok((up, why))
    }
}

impl Engine {
    /// Docker's daemon drops what it has not allowed itself, and so all that containers of Podman say to each other on a
    /// network without a way out. That is no fault of a project.
    fn heard_by_each_other(&self) -> Result<(), EngineError> {
        let looks_at_bridges = || std::fs::read_to_string("/proc/sys/net/bridge/bridge-nf-call-iptables");
        if self.kind() != Kind::Podman || looks_at_bridges().map_or(true, |on| on.trim() != "1") {
            return Ok(());
        }
        let rules = |chain: &str| {
            let output = self.call(&Argv::new("iptables").args(["--wait", "-S", chain]), SHORT);
            output.map(|output| output.stdout.text()).unwrap_or_default()
        };
        if !rules("FORWARD").contains("-P FORWARD DROP")
            || rules("DOCKER-USER").contains("-i podman+ -o podman+ -j ACCEPT")
        {
            return Ok(());
        }
        Err(EngineError::Other {
            what: "the firewall of Docker's daemon drops what containers of Podman say to each other".to_owned(),
            said: "allow it by `iptables -I DOCKER-USER -i podman+ -o podman+ -j ACCEPT`".to_owned(),
        })
    }

    /// What Podman's socket takes an image for is always one of Docker Hub: the name that it has here is written out.
    fn whole_name(&self, image: &str) -> Result<String, EngineError> {
        if self.kind() != Kind::Podman {
            return Ok(image.to_owned());
        }
        let argv = Argv::new("podman")
            .args(["image", "inspect", "--format", "{{range .RepoTags}}{{println .}}{{end}}"])
            .arg(image);
        let said = self.expect(&argv, SHORT, "looking at an image")?.stdout.text();
        let tag = image.rsplit('/').next().unwrap_or_default().split_once(':').map_or("latest", |(_, tag)| tag);
        let name = said.lines().map(str::trim).find(|name| name.ends_with(&format!(":{tag}")));
        Ok(name.unwrap_or(image).to_owned())
    }
}

/// A project that runs; stopped and removed with all it has when dropped.
pub struct Up<'e> {
    engine: &'e Engine,
    verbs: Verbs,
    project: String,
    services: Vec<String>,
    /// Podman's, that answers to Docker's client.
    service: Option<Process>,
    since: Instant,
    /// How much it may take, what was free before, and where.
    disk: (u64, Option<u64>, PathBuf),
    folder: tempfile::TempDir,
}

impl Up<'_> {
    fn socket(&self) -> String {
        format!("unix://{}", self.folder.path().join("podman.sock").display())
    }

    fn compose(&self, verbs: &[&str]) -> Argv {
        let file = self.folder.path().join("compose.json").display().to_string();
        let argv = Argv::new("docker").args(["compose", "--ansi", "never", "--progress", "plain"]);
        let argv = argv.opt("--project-name", &self.project).opt("--file", file).args(verbs.iter().copied());
        // A profile of whoever grades would start more than there is.
        let argv = argv.env("COMPOSE_PROFILES", "").env("COMPOSE_IGNORE_ORPHANS", "false");
        if self.engine.kind() == Kind::Podman {
            argv.env("DOCKER_HOST", self.socket()).env("DOCKER_CONTEXT", "default")
        } else {
            argv
        }
    }

    /// Podman has no daemon: what answers to Docker's client is started here.
    fn serve(&mut self) -> Result<(), EngineError> {
        if self.engine.kind() != Kind::Podman {
            return Ok(());
        }
        let argv = Argv::new("podman").args(["system", "service", "--time", "0"]).arg(self.socket());
        let bounds = Bounds::seconds(3600);
        self.service =
            Some(Process::start(&argv, None, bounds).map_err(|error| EngineError::of_start("podman", &error))?);
        let until = Instant::now() + Duration::from_secs(20);
        let socket = self.folder.path().join("podman.sock");
        while Instant::now() < until {
            if socket.exists() {
                return Ok(());
            }
            if cancelled() {
                return Err(EngineError::Cancelled);
            }
            thread::sleep(Duration::from_millis(50));
        }
        Err(EngineError::TimedOut { what: "`podman system service`".to_owned(), seconds: 20 })
    }

    /// What a service's container is called.
    pub fn container(&self, service: &str) -> String {
        format!("{}-{service}-1", self.project)
    }

    /// Podman's checks are run by systemd's timers, where there are any.
    fn check_health(&self) {
        if self.engine.kind() != Kind::Podman {
            return;
        }
        for service in &self.services {
            let argv = Argv::new("podman").args(["healthcheck", "run"]).arg(self.container(service));
            let _ = self.engine.call(&argv, Bounds::seconds(10));
        }
    }

    /// Why it has to end, if it takes more than it may.
    pub fn over(&self) -> Option<String> {
        let (most, before, store) = &self.disk;
        let used = (*before)?.saturating_sub(limits::free_space(store)?);
        (used > *most * self.services.len() as u64).then(|| format!("it wrote more than {}", Size(*most).limit()))
    }

    fn why_not(&self, output: &Output) -> Result<Option<String>, EngineError> {
        let said = format!("{}\n{}", output.stdout.text(), output.stderr.text());
        match &output.ended {
            Ended::Cancelled => Err(EngineError::Cancelled),
            Ended::Code(0) => Ok(None),
            Ended::TimedOut => Ok(Some(match self.waited_for() {
                Some(service) => format!("`{service}` did not become healthy in {} s", self.since.elapsed().as_secs()),
                None => format!("it did not start in {} s", self.since.elapsed().as_secs()),
            })),
            Ended::Stopped(why) => Ok(Some(why.clone())),
            Ended::TooMuchOutput => Ok(Some("it printed too much".to_owned())),
            Ended::Code(_) | Ended::Signal(_) => {
                match EngineError::of_words(self.engine.driver.program, &last_lines(&said, 6)) {
                    Some(error) => Err(error),
                    None => Ok(Some(self.named(&last_lines(&said, 2)))),
                }
            }
        }
    }

    /// The first service that has a health check and is not healthy.
    fn waited_for(&self) -> Option<&str> {
        let sick = |service: &&String| {
            let state = self.state(service);
            let health = state.as_ref().and_then(|state| state.get("Health").or_else(|| state.get("Healthcheck")));
            let status = health.and_then(|health| health.get("Status")).and_then(Value::as_str).unwrap_or_default();
            !matches!(status, "" | "none" | "healthy")
        };
        self.services.iter().find(sick).map(String::as_str)
    }

    /// Words of the engine without the names that are made up for each run.
    pub fn named(&self, text: &str) -> String {
        let text =
            self.services.iter().fold(text.to_owned(), |text, service| text.replace(&self.container(service), service));
        text.replace(&format!("{}_", self.project), "").replace(&self.project, "project")
    }

    fn inspect(&self, service: &str) -> Option<Value> {
        let output = self.engine.call(&self.verbs.container(&self.container(service)), SHORT).ok()?;
        let all: Value = serde_json::from_str(&output.stdout.text()).ok()?;
        all.get(0).cloned()
    }

    fn state(&self, service: &str) -> Option<Value> {
        self.inspect(service)?.get("State").cloned()
    }

    /// Whether a service's container runs; the exit code of one that has ended.
    ///
    /// # Errors
    /// When it is not there, or the user wants the run to end.
    pub fn is_running(&self, service: &str) -> Result<Result<(), i32>, EngineError> {
        if cancelled() {
            return Err(EngineError::Cancelled);
        }
        let gone = || EngineError::Other { what: format!("the container of `{service}` is gone"), said: String::new() };
        let state = self.state(service).ok_or_else(gone)?;
        let of = |name: &str| state.get(name).and_then(Value::as_bool).unwrap_or(false);
        match of("Running") && !of("Restarting") {
            true => Ok(Ok(())),
            false => Ok(Err(state.get("ExitCode").and_then(Value::as_i64).unwrap_or(-1) as i32)),
        }
    }

    /// Whether a service's health check says that all is well; `None` if it has none.
    pub fn is_healthy(&self, service: &str) -> Option<bool> {
        self.check_health();
        let state = self.state(service)?;
        let health = state.get("Health").or_else(|| state.get("Healthcheck"))?;
        match health.get("Status").and_then(Value::as_str).unwrap_or_default() {
            "" | "none" => None,
            status => Some(status == "healthy"),
        }
    }

    /// Where a service can be reached.
    pub fn address(&self, service: &str) -> Option<IpAddr> {
        let container = self.inspect(service)?;
        let networks = container.get("NetworkSettings")?.get("Networks")?.as_object()?.clone();
        networks.values().filter_map(|network| network.get("IPAddress")?.as_str()?.parse().ok()).next()
    }

    /// Runs a command in a service's container.
    ///
    /// # Errors
    /// When the engine cannot do so.
    pub fn exec(&self, service: &str, command: &[String], time: Duration) -> Result<Output, EngineError> {
        self.engine.call(&self.verbs.exec(&self.container(service), command), Bounds { time, ..SHORT })
    }

    /// What a service has printed, on both streams.
    pub fn logs(&self, service: &str) -> String {
        let output = self.engine.call(&self.verbs.logs(&self.container(service)), SHORT);
        output.map(|output| format!("{}{}", output.stdout.text(), output.stderr.text())).unwrap_or_default()
    }
}

impl Drop for Up<'_> {
    fn drop(&mut self) {
        // What Compose could not remove, by its name.
        self.engine.clear(&self.compose(&["down", "--volumes", "--remove-orphans", "--timeout", "0"]));
        for service in &self.services {
            if self.state(service).is_some() {
                self.engine.clear(&self.verbs.remove(&self.container(service)));
            }
        }
        self.service = None;
    }
}

/// Words of Compose without the place of the copy.
fn without_root(text: &str, root: &Path) -> String {
    let real = root.canonicalize().unwrap_or_else(|_| root.to_path_buf());
    let text = text.replace(&format!("{}/", real.display()), "").replace(&format!("{}/", root.display()), "");
    text.replace(&real.display().to_string(), ".")
}
