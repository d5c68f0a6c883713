//! A pod with one container: started, watched, stopped, and always removed.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use k8s_cri::v1::{
    ContainerState, ContainerStatsRequest, ContainerStatusRequest, CreateContainerRequest, ExecSyncRequest,
    PodSandboxStatusRequest, RunPodSandboxRequest, StartContainerRequest, StopContainerRequest,
};
use serde_json::Value;

use super::config;
use super::connection::{Connection, LONG, SHORT};
use super::log::Log;
use crate::engine::{Argv, EngineError, Network, Run, is_root, namespace, temporary};
use crate::process::{self, Bounds, Capped, Ended, Output, cancelled};

/// How long a log may grow after its container has exited.
const DRAIN: Duration = Duration::from_secs(2);

/// In seconds, longer than our own grace period: we kill what does not stop, and see that it had to be killed.
const RUNTIMES_GRACE: i64 = 600;

/// A pod; removed when dropped.
pub(in crate::engine) struct Pod {
    connection: Arc<Connection>,
    /// Its identifier; empty once it is removed.
    id: String,
    /// The identifier of its container; empty until that exists.
    container: String,
    is_on_hosts_network: bool,
    /// The directory of its log, removed with this.
    _logs: tempfile::TempDir,
    log: Log,
    bounds: Bounds,
    since: Instant,
    took: Option<Duration>,
    ended: Option<Ended>,
    failure: Option<EngineError>,
    is_out_of_memory: bool,
    pid: Option<u32>,
    uid: Option<u32>,
}

impl Pod {
    pub(super) fn start(connection: Arc<Connection>, run: &Run, bounds: Bounds) -> Result<Self, EngineError> {
        if run.stdin.is_some() {
            return Err(cannot("pass standard input to a container"));
        }
        if run.read_only {
            return Err(cannot("mount a temporary /tmp in a read-only container"));
        }
        let is_on_hosts_network = needs_hosts_network(&connection, run)?;
        let image = connection.imported_image(&run.image)?;
        let logs = temporary::directory("logs").map_err(|error| EngineError::Other {
            what: "cannot create a directory for logs".to_owned(),
            said: error.to_string(),
        })?;
        let pod_config = config::pod(run, logs.path(), is_on_hosts_network);
        let request = RunPodSandboxRequest { config: Some(pod_config.clone()), runtime_handler: String::new() };
        let made = connection
            .runtime(LONG, "starting a pod", |mut client| async move { client.run_pod_sandbox(request).await })
            // Without a network, for example, a part of it is left.
            .inspect_err(|_| connection.remove_pods(&|name| name == run.name))?;
        let mut pod = Self {
            connection,
            id: made.pod_sandbox_id,
            container: String::new(),
            is_on_hosts_network,
            log: Log::new(logs.path().join(config::LOG), bounds.keep),
            _logs: logs,
            bounds,
            since: Instant::now(),
            took: None,
            ended: None,
            failure: None,
            is_out_of_memory: false,
            pid: None,
            uid: None,
        };
        if run.network == Network::None {
            pod.cut_off()?;
        }
        let request = CreateContainerRequest {
            pod_sandbox_id: pod.id.clone(),
            config: Some(config::container(run, image, is_on_hosts_network)),
            sandbox_config: Some(pod_config),
        };
        let made = pod.connection.runtime(LONG, "creating a container", |mut client| async move {
            client.create_container(request).await
        })?;
        pod.container = made.container_id;
        let container_id = pod.container.clone();
        pod.since = Instant::now();
        let started = pod.connection.runtime(LONG, "starting a container", |mut client| async move {
            client.start_container(StartContainerRequest { container_id }).await
        });
        match started {
            Ok(_) => pod.limit_files(run.limits.disk),
            // The image's fault: its program does not exist, or is not executable.
            Err(EngineError::Other { said, .. }) if never_starts(&said) => {
                pod.log.stderr.push(format!("{said}\n").as_bytes());
                pod.end(Ended::Code(127));
            }
            Err(error) => return Err(error),
        }
        Ok(pod)
    }

    /// Takes down every network device of the pod except the loopback one.
    fn cut_off(&self) -> Result<(), EngineError> {
        let failed = |said: String| EngineError::Other {
            what: "cannot take a pod's network devices down".to_owned(),
            said,
        };
        let request = PodSandboxStatusRequest { pod_sandbox_id: self.id.clone(), verbose: true };
        let status = self.connection.runtime(SHORT, "inspecting a pod", |mut client| async move {
            client.pod_sandbox_status(request).await
        })?;
        let pid = process_of(status.info.get("info"), &self.id);
        let pid = pid.ok_or_else(|| failed("its process is unknown".to_owned()))?;
        let devices = std::fs::read_to_string(format!("/proc/{pid}/net/dev")).map_err(|error| failed(error.to_string()))?;
        for device in devices.lines().filter_map(|line| Some(line.split_once(':')?.0.trim())) {
            if device == "lo" {
                continue;
            }
            let argv = Argv::new("ip").args(["link", "set", "dev"]).arg(device).arg("down");
            let down = namespace::in_network_of(pid, || process::run(&argv, None, Bounds::seconds(10)));
            let output = down.and_then(|output| output).map_err(|error| failed(format!("{argv}: {error}")))?;
            if !output.ended.ok() {
                return Err(failed(format!("{argv}: {}", output.stderr.text().trim())));
            }
        }
        Ok(())
    }

    /// The interface has no limit of file sizes.
    fn limit_files(&mut self, most: u64) {
        self.look();
        #[cfg(target_os = "linux")]
        if let Some(pid) = self.pid.and_then(|pid| rustix::process::Pid::from_raw(i32::try_from(pid).ok()?)) {
            use rustix::process::{Resource, Rlimit, prlimit};
            for (resource, most) in [(Resource::Fsize, most), (Resource::Core, 0)] {
                let _ = prlimit(Some(pid), resource, Rlimit { current: Some(most), maximum: Some(most) });
            }
        }
        #[cfg(not(target_os = "linux"))]
        let _ = most;
    }

    /// Reads the container's process and user.
    fn look(&mut self) {
        let request = ContainerStatusRequest { container_id: self.container.clone(), verbose: true };
        let status = self.connection.runtime(SHORT, "inspecting a container", |mut client| async move {
            client.container_status(request).await
        });
        let Ok(status) = status else { return };
        let info = status.info.get("info");
        self.pid = process_of(info, &self.container);
        let spec = info.and_then(|info| serde_json::from_str::<Value>(info).ok());
        let uid = spec.as_ref().and_then(|info| info.pointer("/runtimeSpec/process/user/uid")?.as_u64());
        self.uid = uid.and_then(|uid| u32::try_from(uid).ok());
    }

    /// How it ended, if it has; ends it if it is over its limits.
    pub(in crate::engine) fn poll(&mut self) -> Option<Ended> {
        if self.ended.is_some() {
            return self.ended.clone();
        }
        self.log.follow(self.most_log());
        if cancelled() {
            self.end(Ended::Cancelled);
        } else if self.printed_too_much() {
            self.kill();
            self.end(Ended::TooMuchOutput);
        } else if self.since.elapsed() >= self.bounds.time {
            self.kill();
            self.end(Ended::TimedOut);
        } else {
            self.ask();
        }
        self.ended.clone()
    }

    /// Asks whether it has exited.
    fn ask(&mut self) {
        let request = ContainerStatusRequest { container_id: self.container.clone(), verbose: false };
        let status = self.connection.runtime(SHORT, "watching a container", |mut client| async move {
            client.container_status(request).await
        });
        match status {
            Ok(status) => {
                let Some(status) = status.status else { return };
                if status.state() == ContainerState::ContainerExited {
                    self.is_out_of_memory = status.reason == "OOMKilled";
                    self.drain();
                    self.end(match self.printed_too_much() {
                        true => Ended::TooMuchOutput,
                        false => Ended::Code(status.exit_code),
                    });
                }
            }
            Err(error) => {
                self.failure = Some(error);
                self.end(Ended::Cancelled);
            }
        }
    }

    fn end(&mut self, ended: Ended) {
        self.took = Some(self.since.elapsed());
        self.ended = Some(ended);
    }

    /// Bytes of the log's file: each line has a head of its own.
    fn most_log(&self) -> u64 {
        self.bounds.most.saturating_mul(2)
    }

    fn printed_too_much(&self) -> bool {
        let most = self.bounds.most;
        self.log.stdout.total > most || self.log.stderr.total > most || self.log.read() >= self.most_log()
    }

    /// Reads the end of the log, which may be written a moment after the exit.
    fn drain(&mut self) {
        let until = Instant::now() + DRAIN;
        let mut quiet = 0;
        while quiet < 2 && Instant::now() < until && !self.printed_too_much() {
            quiet = if self.log.follow(self.most_log()) == 0 { quiet + 1 } else { 0 };
            std::thread::sleep(Duration::from_millis(15));
        }
    }

    /// Why it cannot be watched any more.
    pub(in crate::engine) fn failure(&mut self) -> Option<EngineError> {
        self.failure.take()
    }

    pub(in crate::engine) fn elapsed(&self) -> Duration {
        self.took.unwrap_or_else(|| self.since.elapsed())
    }

    /// Sends the image's stop signal, or SIGKILL. The interface knows no others.
    pub(in crate::engine) fn signal(&self, signal: &str) {
        if signal == "SIGKILL" {
            return self.kill();
        }
        // It is answered once the container has stopped.
        let request = StopContainerRequest { container_id: self.container.clone(), timeout: RUNTIMES_GRACE };
        self.connection.send(|mut client| async move { _ = client.stop_container(request).await });
    }

    fn kill(&self) {
        let request = StopContainerRequest { container_id: self.container.clone(), timeout: 0 };
        let _ = self.connection.runtime(SHORT, "stopping a container", |mut client| async move {
            client.stop_container(request).await
        });
    }

    /// Runs a command in the container.
    pub(in crate::engine) fn exec(&self, command: &[String], time: Duration) -> Result<Output, EngineError> {
        let since = Instant::now();
        let request = ExecSyncRequest {
            container_id: self.container.clone(),
            cmd: command.to_vec(),
            timeout: i64::try_from(time.as_secs().max(1)).unwrap_or(i64::MAX),
        };
        let answer = self
            .connection
            .runtime(time + SHORT, "running a command", |mut client| async move { client.exec_sync(request).await })?;
        let kept = |bytes: &[u8]| {
            let mut stream = Capped::new(self.bounds.keep);
            stream.push(bytes);
            stream
        };
        Ok(Output {
            ended: Ended::Code(answer.exit_code),
            stdout: kept(&answer.stdout),
            stderr: kept(&answer.stderr),
            took: since.elapsed(),
        })
    }

    pub(in crate::engine) fn pid(&self) -> Option<u32> {
        self.pid
    }

    pub(in crate::engine) fn uid(&self) -> Option<u32> {
        self.uid
    }

    /// The pod's own address, if it has one.
    pub(in crate::engine) fn address(&self) -> Option<IpAddr> {
        if self.is_on_hosts_network {
            return None;
        }
        let request = PodSandboxStatusRequest { pod_sandbox_id: self.id.clone(), verbose: false };
        let status = self.connection.runtime(SHORT, "inspecting a pod", |mut client| async move {
            client.pod_sandbox_status(request).await
        });
        status.ok()?.status?.network?.ip.parse().ok()
    }

    /// Bytes that it has written, as the runtime last counted them.
    pub(in crate::engine) fn written(&self) -> Option<u64> {
        let container_id = self.container.clone();
        let stats = self.connection.runtime(SHORT, "measuring a container", |mut client| async move {
            client.container_stats(ContainerStatsRequest { container_id }).await
        });
        Some(stats.ok()?.stats?.writable_layer?.used_bytes?.value)
    }

    pub(in crate::engine) fn is_out_of_memory(&self) -> bool {
        self.is_out_of_memory
    }

    pub(in crate::engine) fn remove(&mut self) {
        if self.id.is_empty() {
            return;
        }
        if self.ended.is_none() && !self.container.is_empty() {
            self.kill();
            self.drain();
            self.end(Ended::TimedOut);
        }
        self.connection.remove_pod(&self.id);
        self.id.clear();
    }

    /// Its output.
    pub(in crate::engine) fn finish(mut self) -> Output {
        self.remove();
        Output {
            ended: self.ended.clone().unwrap_or(Ended::Cancelled),
            stdout: std::mem::take(&mut self.log.stdout),
            stderr: std::mem::take(&mut self.log.stderr),
            took: self.elapsed(),
        }
    }
}

impl Drop for Pod {
    fn drop(&mut self) {
        self.remove();
    }
}

fn cannot(what: &'static str) -> EngineError {
    EngineError::CannotDo { kind: crate::engine::Kind::Cri, what }
}

/// Whether the container shares the host's network. That needs no network plugin, and is only done if a network is asked
/// for.
///
/// # Errors
/// When the container could not be kept off the network.
fn needs_hosts_network(connection: &Connection, run: &Run) -> Result<bool, EngineError> {
    let network = connection.network()?;
    if run.network == Network::Usual {
        return Ok(network.is_err());
    }
    match network {
        Ok(()) if is_root() => Ok(false),
        Ok(()) => Err(cannot("keep a container off the network unless run by root")),
        Err(why) => Err(EngineError::Unavailable {
            what: format!("the runtime has no network plugin, so a container would share the host's network: {why}"),
            help: "allow that with `--network`, or configure CNI".to_owned(),
        }),
    }
}

/// The process in a verbose status, if it runs on this machine.
fn process_of(info: Option<&String>, id: &str) -> Option<u32> {
    let info: Value = serde_json::from_str(info?).ok()?;
    let pid = info.get("pid")?.as_u64().filter(|pid| *pid > 0)?;
    // In a virtual machine its number means something else.
    let groups = std::fs::read_to_string(format!("/proc/{pid}/cgroup")).ok()?;
    groups.contains(id).then_some(u32::try_from(pid).ok()?)
}

/// Whether a message of the runtime says that the image's program cannot be started.
fn never_starts(said: &str) -> bool {
    let lower = said.to_lowercase();
    lower.contains("exec: ") && ["executable file not found", "no such file", "permission denied"].iter().any(|words| lower.contains(words))
}
