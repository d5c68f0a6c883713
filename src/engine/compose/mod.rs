//! Compose projects: several containers on one network.
//!
//! ```text
//! compose.yaml ─ containment ─► `docker compose config` ─ sandboxed_copy ─► our copy ─► up ─► Up
//! ```
//!
//! A submitted Compose file is never run as it is. Compose itself reads it, without the environment of this process;
//! whatever reaches for the host is rejected; and what runs is a copy with only the keys that are known here, each
//! container within the limits of [`RunLimits`], on internal networks. Images are built beforehand, by
//! [`Engine::build`] and within its limits.
//!
//! Podman is served by the same program, through the socket of a service that lives as long as the project. Without systemd
//! it runs no health checks by itself: that is done here.

mod addresses;
mod containment;
mod sandboxed_copy;

use std::collections::BTreeSet;
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

/// The largest Compose file that is read, in bytes.
const MAX_TEXT: u64 = 256 << 10;

/// Why there is no copy to run.
#[derive(Clone, Debug, PartialEq)]
pub enum ComposeError {
    /// It reaches for the host; the reasons.
    Refused(Vec<String>),
    /// Compose rejects it; its error message.
    Invalid(String),
    Engine(EngineError),
}

impl From<EngineError> for ComposeError {
    fn from(error: EngineError) -> Self {
        ComposeError::Engine(error)
    }
}

/// `docker compose`, with only as much of this process's environment as it needs to be found.
fn alone(given: &[(String, String)]) -> Argv {
    let keep = |name: &str| std::env::var(name).ok().map(|value| format!("{name}={value}"));
    let env = ["PATH", "HOME", "DOCKER_CONFIG"].into_iter().filter_map(keep);
    let given = given.iter().map(|(name, value)| format!("{name}={value}"));
    Argv::new("env").arg("--ignore-environment").args(given).args(env).args(["docker", "compose"])
}

impl Engine {
    /// Reads a Compose file in a copied directory. `env` holds the only values of its variables, besides its own `.env`.
    ///
    /// # Errors
    /// When it is rejected or invalid, or Compose is not installed.
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
                return Err(refuse(format!("`{name}` is not a file in the directory")));
            }
        }
        let meta = file.symlink_metadata().map_err(|_| ComposeError::Invalid(format!("`{name}` not found")))?;
        if meta.len() > MAX_TEXT {
            return Err(refuse(format!("`{name}` is larger than {} KiB", MAX_TEXT >> 10)));
        }
        let text = std::fs::read_to_string(&file)
            .map_err(|_| ComposeError::Invalid(format!("`{name}` is not a text file")))?;
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
        let unread = |_| ComposeError::Invalid("the output of `docker compose config` cannot be parsed".to_owned());
        let normal: Value = serde_json::from_str(&output.stdout.text()).map_err(unread)?;
        let label = session::label();
        let label = label.split_once('=').unwrap_or((&label, ""));
        let ulimits = match self.kind() {
            Kind::Podman => limits::ulimits(),
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

    /// Starts a project; `images` are those that were built for its services. Also returns why it did not start.
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
            return Err(EngineError::CannotDo { kind: self.kind(), what: "run Compose projects" });
        };
        self.heard_by_each_other()?;
        let io = |error: std::io::Error| EngineError::Other {
            what: "cannot write the copy of a Compose file".to_owned(),
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
    /// Docker's firewall drops traffic that Docker has not allowed, and so the traffic between Podman's containers on an
    /// internal network. That is not the project's fault.
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
            what: "Docker's firewall drops the traffic between Podman's containers".to_owned(),
            said: "allow it with `iptables -I DOCKER-USER -i podman+ -o podman+ -j ACCEPT`".to_owned(),
        })
    }

    /// Podman's socket expands short image names to Docker Hub, so the full local name is written.
    fn whole_name(&self, image: &str) -> Result<String, EngineError> {
        if self.kind() != Kind::Podman {
            return Ok(image.to_owned());
        }
        let argv = Argv::new("podman")
            .args(["image", "inspect", "--format", "{{range .RepoTags}}{{println .}}{{end}}"])
            .arg(image);
        let said = self.expect(&argv, SHORT, "inspecting an image")?.stdout.text();
        let tag = image.rsplit('/').next().unwrap_or_default().split_once(':').map_or("latest", |(_, tag)| tag);
        let name = said.lines().map(str::trim).find(|name| name.ends_with(&format!(":{tag}")));
        Ok(name.unwrap_or(image).to_owned())
    }
}

/// A running project; stopped and removed with everything it has when dropped.
pub struct Up<'e> {
    engine: &'e Engine,
    verbs: Verbs,
    project: String,
    services: Vec<String>,
    /// Podman's service for Docker's client.
    service: Option<Process>,
    since: Instant,
    /// Its disk limit, the free space before, and where.
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
        // A profile in our environment would start more services.
        let argv = argv.env("COMPOSE_PROFILES", "").env("COMPOSE_IGNORE_ORPHANS", "false");
        if self.engine.kind() == Kind::Podman {
            argv.env("DOCKER_HOST", self.socket()).env("DOCKER_CONTEXT", "default")
        } else {
            argv
        }
    }

    /// Podman has no daemon: its service for Docker's client is started here.
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

    /// The name of a service's container.
    pub fn container(&self, service: &str) -> String {
        format!("{}-{service}-1", self.project)
    }

    /// Podman's health checks need systemd timers; without them they are run here.
    fn check_health(&self) {
        if self.engine.kind() != Kind::Podman {
            return;
        }
        for service in &self.services {
            let argv = Argv::new("podman").args(["healthcheck", "run"]).arg(self.container(service));
            let _ = self.engine.call(&argv, Bounds::seconds(10));
        }
    }

    /// Why it must be stopped, if it exceeds a limit.
    pub fn over(&self) -> Option<String> {
        let (limit, before, store) = &self.disk;
        let most = *limit * self.services.len() as u64;
        // Cheap to ask, but other programs write to that disk too: only what the project has may count against it.
        let lost = (*before)?.saturating_sub(limits::free_space(store)?);
        let is_over = lost > most && self.written().is_none_or(|written| written > most);
        is_over.then(|| format!("it wrote more than {}", Size(*limit).limit()))
    }

    /// Bytes that its containers have written to their layers and volumes. `None` if they cannot be measured.
    fn written(&self) -> Option<u64> {
        let mut all = 0;
        let mut volumes = BTreeSet::new();
        for service in &self.services {
            let name = self.container(service);
            let inspected = self.engine.call(&self.verbs.container(&name), SHORT).ok()?;
            if inspected.ended != Ended::Code(0) {
                // Not created yet.
                continue;
            }
            let state: Value = serde_json::from_str(&inspected.stdout.text()).ok()?;
            let mounts = state.get(0)?.get("Mounts").and_then(Value::as_array);
            let is_volume = |mount: &&Value| mount["Type"] == "volume";
            let sources = mounts.into_iter().flatten().filter(is_volume).filter_map(|mount| mount["Source"].as_str());
            volumes.extend(sources.map(PathBuf::from));
            all += self.engine.written_by(&name)?;
        }
        volumes.iter().try_fold(all, |all, volume| Some(all + limits::disk_usage(volume)?))
    }

    fn why_not(&self, output: &Output) -> Result<Option<String>, EngineError> {
        let said = format!("{}\n{}", output.stdout.text(), output.stderr.text());
        match &output.ended {
            Ended::Cancelled => Err(EngineError::Cancelled),
            Ended::Code(0) => Ok(None),
            Ended::TimedOut => Ok(Some(match self.waited_for() {
                Some(service) => {
                    format!("`{service}` did not become healthy within {} s", self.since.elapsed().as_secs())
                }
                None => format!("it did not start within {} s", self.since.elapsed().as_secs()),
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

    /// Output of the engine without names that differ from run to run.
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
    /// When it does not exist, or the user interrupts the run.
    pub fn is_running(&self, service: &str) -> Result<Result<(), i32>, EngineError> {
        if cancelled() {
            return Err(EngineError::Cancelled);
        }
        let gone = || EngineError::Other {
            what: format!("the container of `{service}` no longer exists"),
            said: String::new(),
        };
        let state = self.state(service).ok_or_else(gone)?;
        let of = |name: &str| state.get(name).and_then(Value::as_bool).unwrap_or(false);
        match of("Running") && !of("Restarting") {
            true => Ok(Ok(())),
            false => Ok(Err(state.get("ExitCode").and_then(Value::as_i64).unwrap_or(-1) as i32)),
        }
    }

    /// Whether a service is healthy; `None` if it has no health check.
    pub fn is_healthy(&self, service: &str) -> Option<bool> {
        self.check_health();
        let state = self.state(service)?;
        let health = state.get("Health").or_else(|| state.get("Healthcheck"))?;
        match health.get("Status").and_then(Value::as_str).unwrap_or_default() {
            "" | "none" => None,
            status => Some(status == "healthy"),
        }
    }

    /// The address of a service.
    pub fn address(&self, service: &str) -> Option<IpAddr> {
        let container = self.inspect(service)?;
        let networks = container.get("NetworkSettings")?.get("Networks")?.as_object()?.clone();
        networks.values().filter_map(|network| network.get("IPAddress")?.as_str()?.parse().ok()).next()
    }

    /// Runs a command in a service's container.
    ///
    /// # Errors
    /// When the engine cannot do that.
    pub fn exec(&self, service: &str, command: &[String], time: Duration) -> Result<Output, EngineError> {
        self.engine.call(&self.verbs.exec(&self.container(service), command), Bounds { time, ..SHORT })
    }

    /// The output of a service, both streams.
    pub fn logs(&self, service: &str) -> String {
        let output = self.engine.call(&self.verbs.logs(&self.container(service)), SHORT);
        output.map(|output| format!("{}{}", output.stdout.text(), output.stderr.text())).unwrap_or_default()
    }
}

impl Drop for Up<'_> {
    fn drop(&mut self) {
        // Whatever Compose could not remove, by name.
        self.engine.clear(&self.compose(&["down", "--volumes", "--remove-orphans", "--timeout", "0"]));
        for service in &self.services {
            if self.state(service).is_some() {
                self.engine.clear(&self.verbs.remove(&self.container(service)));
            }
        }
        self.service = None;
    }
}

/// Output of Compose without the path of the copy.
fn without_root(text: &str, root: &Path) -> String {
    let real = root.canonicalize().unwrap_or_else(|_| root.to_path_buf());
    let text = text.replace(&format!("{}/", real.display()), "").replace(&format!("{}/", root.display()), "");
    text.replace(&real.display().to_string(), ".")
}
