//! A running container: watched, probed, stopped, and always removed.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::cri::{Connection, Pod};
use super::image::find_user;
use super::{BuildLimits, Engine, EngineError, Kind, Lifecycle, Network, Run, SHORT, limits, session};
use crate::engine::attached::Attached;
use crate::engine::namespace;
use crate::process::{Bounds, Capped, Ended, Output, Process, cancelled};
use crate::text::units::Size;

/// How often a container is checked.
const TICK: Duration = Duration::from_millis(100);

/// How often starting a pod is tried.
const TRIES: usize = 3;

/// How long importing an image may take.
const LONG: Bounds = Bounds::seconds(300);

/// How a container's process ended.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case", tag = "kind", content = "value")]
pub enum RunEnd {
    Exit(i32),
    /// It did not exit within the time limit, as servers do not.
    KeptRunning,
    /// It exceeded the memory limit.
    OutOfMemory,
    /// It exceeded another limit.
    Over(String),
}

/// A container that has ended.
#[derive(Clone, Debug)]
pub struct Ran {
    pub end: RunEnd,
    pub stdout: Capped,
    pub stderr: Capped,
    pub took: Duration,
    /// The user that the process ran as, if known.
    pub uid: Option<u32>,
    /// Files of the image that the process had open.
    pub files: BTreeSet<String>,
}

/// How a container reacted to its stop signal.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub struct StopReport {
    /// It stopped within the grace period; else it was killed.
    pub heeded: bool,
    pub seconds: f64,
}

/// A container that we started; stopped and removed when dropped.
pub struct Container<'e> {
    engine: &'e Engine,
    run: Run,
    attached: Option<Attached>,
    group: Option<limits::Cgroup>,
    uid: Option<u32>,
    /// Once it is known.
    pid: Cell<Option<u32>>,
    files: BTreeSet<String>,
    looked: Instant,
    /// When its disk usage was last checked.
    weighed: Instant,
    over: Option<RunEnd>,
}

impl Engine {
    /// Starts a container. Its name, labels and cgroup are set here; settings missing in `run` are the image's.
    ///
    /// # Errors
    /// When the engine cannot do its work.
    pub fn start(&self, run: Run) -> Result<Container<'_>, EngineError> {
        if !self.driver.runs() {
            return Err(EngineError::CannotDo { kind: self.kind(), what: "run images" });
        }
        if matches!(run.network, Network::Internal(_)) && self.driver.verbs.is_none() {
            return Err(EngineError::CannotDo { kind: self.kind(), what: "make ports of a container reachable" });
        }
        let mut run = run;
        run.name = session::name();
        run.labels = vec![session::label()];
        let limits = &run.limits;
        let group = match self.driver.lifecycle {
            Lifecycle::Container => None,
            Lifecycle::Steps { .. } | Lifecycle::Pod => {
                // Some allowance for the runtime's own processes.
                self.group(&BuildLimits {
                    memory: limits.memory + (64 << 20),
                    cpus: limits.cpus,
                    pids: limits.pids + 32,
                    ..BuildLimits::default()
                })
            }
        };
        run.cgroup = group.as_ref().map(|group| group.name.clone());
        self.write_bundle(&run)?;
        let bounds = Bounds {
            // A last resort.
            time: run.limits.time + run.limits.grace + Duration::from_secs(120),
            keep: run.limits.output,
            most: run.limits.max_output,
        };
        let mut container = Container {
            engine: self,
            attached: None,
            group,
            uid: None,
            pid: Cell::new(None),
            files: BTreeSet::new(),
            looked: Instant::now(),
            weighed: Instant::now(),
            over: None,
            run,
        };
        container.attached = Some(self.attach(&container.run, bounds)?);
        Ok(container)
    }

    /// Bytes that a container has written to its layer. `None` if the engine does not tell.
    pub(super) fn written_by(&self, container: &str) -> Option<u64> {
        let size = self.call(&self.driver.verbs?.container_size(container), SHORT).ok()?;
        size.stdout.text().trim().parse().ok()
    }

    fn attach(&self, run: &Run, bounds: Bounds) -> Result<Attached, EngineError> {
        if let Some(cri) = &self.cri {
            return self.attach_pod(cri, run, bounds).map(|pod| Attached::Pod(Box::new(pod)));
        }
        if let Lifecycle::Steps { prepare, .. } = self.driver.lifecycle {
            for step in prepare(run) {
                self.expect(&step, Bounds::seconds(120), "creating a container")?;
            }
        }
        let argv = self.driver.run.map(|line| line(run));
        let argv = argv.ok_or(EngineError::CannotDo { kind: self.kind(), what: "run images" })?;
        let started = Process::start(&argv, run.stdin.clone(), bounds);
        started.map(Attached::Client).map_err(|error| EngineError::of_start(&argv.program, &error))
    }

    /// Imports the image of a run, and starts its pod. Several tries: when containerd removes an image, it also removes
    /// equal ones under other names, and layers that one which is being imported needs.
    fn attach_pod(&self, cri: &Arc<Connection>, run: &Run, bounds: Bounds) -> Result<Pod, EngineError> {
        let mut left = TRIES;
        loop {
            left -= 1;
            if let Some(argv) = cri.import(run)?
                && let Err(error) = self.expect(&argv, LONG, "importing an image")
            {
                match left {
                    0 => return Err(error),
                    _ => cri.forget(&run.image),
                }
                continue;
            }
            match cri.start(run, bounds) {
                Err(EngineError::ImageMissing { .. }) if left > 0 => cri.forget(&run.image),
                started => return started,
            }
        }
    }

    /// Runs a container until it exits or its time is up.
    ///
    /// # Errors
    /// When the engine cannot do its work.
    pub fn run(&self, run: Run) -> Result<Ran, EngineError> {
        let time = run.limits.time;
        let mut container = self.start(run)?;
        container.wait(time)?;
        container.finish()
    }
}

impl Container<'_> {
    fn poll(&mut self) -> Option<Ended> {
        self.attached.as_mut().map_or(Some(Ended::Cancelled), Attached::poll)
    }

    fn pod(&self) -> Option<&Pod> {
        self.attached.as_ref().and_then(Attached::pod)
    }

    /// Whether it has not ended yet.
    pub fn is_running(&mut self) -> bool {
        self.poll().is_none()
    }

    /// Waits for it to exit, at most this long, and enforces its limits. Returns whether it has exited.
    ///
    /// # Errors
    /// When the user interrupts the run, or the engine does not respond any more.
    pub fn wait(&mut self, time: Duration) -> Result<bool, EngineError> {
        let until = Instant::now() + time;
        let mut nap = Duration::from_millis(5);
        loop {
            if cancelled() {
                return Err(EngineError::Cancelled);
            }
            if let Some(ended) = self.poll() {
                if let Some(error) = self.attached.as_mut().and_then(Attached::failure) {
                    return Err(error);
                }
                if ended == Ended::TooMuchOutput {
                    let most = Size(self.run.limits.max_output).limit();
                    self.over = Some(RunEnd::Over(format!("it printed more than {most}")));
                }
                return Ok(true);
            }
            self.look();
            if self.over.is_some() {
                return Ok(true);
            }
            let now = Instant::now();
            if now >= until {
                return Ok(false);
            }
            thread::sleep(nap.min(until - now));
            nap = (nap * 2).min(TICK);
        }
    }

    /// Checks occasionally which user runs and how much has been written.
    fn look(&mut self) {
        let age = self.attached.as_ref().map_or(Duration::ZERO, Attached::elapsed);
        let often = if age < Duration::from_secs(3) { TICK } else { Duration::from_secs(1) };
        if age < TICK || self.looked.elapsed() < often {
            return;
        }
        self.look_inside();
        if self.weighed.elapsed() > Duration::from_millis(900) {
            self.weighed = Instant::now();
            if self.written().is_some_and(|written| written > self.run.limits.disk) {
                let most = Size(self.run.limits.disk).limit();
                self.over = Some(RunEnd::Over(format!("it wrote more than {most} of files")));
            }
        }
        self.looked = Instant::now();
    }

    /// Bytes that it has written to its layer.
    fn written(&self) -> Option<u64> {
        if let Some(pod) = self.pod() {
            return pod.written();
        }
        self.engine.written_by(&self.run.name)
    }

    fn look_inside(&mut self) {
        let Some(pid) = self.pid() else { return };
        self.uid = namespace::uid_of(pid).or(self.uid);
        if self.engine.sees_inside() {
            namespace::open_files(pid, &mut self.files);
        }
    }

    fn state(&self) -> Option<Value> {
        let verbs = self.engine.driver.verbs?;
        let output = self.engine.call(&verbs.container(&self.run.name), SHORT).ok()?;
        let all: Value = serde_json::from_str(&output.stdout.text()).ok()?;
        all.get(0).cloned()
    }

    /// The process id on this machine; `None` if it does not run here.
    pub fn pid(&self) -> Option<u32> {
        if self.pid.get().is_some() {
            return self.pid.get();
        }
        if let Some(pod) = self.pod() {
            return pod.pid();
        }
        if let (Some(group), None) = (&self.group, self.pid_file()) {
            // The runtime's own processes come first, the container's last.
            return group.processes().last().copied();
        }
        self.pid.set(self.pid_file().or_else(|| self.pid_told()));
        self.pid.get()
    }

    /// As the engine reports it.
    fn pid_told(&self) -> Option<u32> {
        let state = self.state()?;
        let pid = state.get("State")?.get("Pid")?.as_u64().filter(|pid| *pid > 0)?;
        let id = state.get("Id")?.as_str()?.to_owned();
        // With an engine on another machine the id may belong to any process here.
        let groups = std::fs::read_to_string(format!("/proc/{pid}/cgroup")).ok()?;
        groups.contains(&id).then_some(u32::try_from(pid).ok()?)
    }

    /// The pid file that a low-level runtime writes once the process has started.
    fn pid_file(&self) -> Option<u32> {
        std::fs::read_to_string(self.run.unpacked.as_ref()?.join("pid")).ok()?.trim().parse().ok()
    }

    /// Whether such a runtime failed before it started the process.
    fn never_started(&self) -> bool {
        matches!(self.engine.kind(), Kind::Runc | Kind::Crun) && self.pid_file().is_none()
    }

    /// Its address, if it is on a network.
    pub fn address(&self) -> Option<IpAddr> {
        if let Some(pod) = self.pod() {
            return pod.address();
        }
        let state = self.state()?;
        let settings = state.get("NetworkSettings")?;
        let networks = settings.get("Networks").and_then(Value::as_object);
        let each =
            networks.into_iter().flat_map(|networks| networks.values()).filter_map(|network| network.get("IPAddress"));
        each.chain(settings.get("IPAddress")).filter_map(|address| address.as_str()?.parse().ok()).next()
    }

    /// Runs a command in the container.
    ///
    /// # Errors
    /// When the engine cannot do that.
    pub fn exec(&self, command: &[String], time: Duration) -> Result<Output, EngineError> {
        if let Some(pod) = self.pod() {
            return pod.exec(command, time);
        }
        let Some(verbs) = self.engine.driver.verbs else {
            return Err(EngineError::CannotDo {
                kind: self.engine.kind(),
                what: "run a second command in a container",
            });
        };
        self.engine.call(&verbs.exec(&self.run.name, command), Bounds { time, ..SHORT })
    }

    fn signal(&self, signal: &str) {
        if let Some(pod) = self.pod() {
            return pod.signal(signal);
        }
        let argv = match (self.engine.driver.lifecycle, self.engine.driver.verbs) {
            (_, Some(verbs)) => verbs.signal(&self.run.name, signal),
            (Lifecycle::Steps { signal: Some(line), .. }, _) => line(&self.run.name, signal),
            _ => {
                #[cfg(unix)]
                if let Some(pid) = self.pid().and_then(|pid| rustix::process::Pid::from_raw(i32::try_from(pid).ok()?)) {
                    let signal = match signal {
                        "SIGKILL" => rustix::process::Signal::KILL,
                        "SIGINT" => rustix::process::Signal::INT,
                        "SIGQUIT" => rustix::process::Signal::QUIT,
                        _ => rustix::process::Signal::TERM,
                    };
                    let _ = rustix::process::kill_process(pid, signal);
                }
                return;
            }
        };
        self.engine.clear(&argv);
    }

    /// Sends its stop signal, and waits for the grace period.
    ///
    /// # Errors
    /// When the user interrupts the run.
    pub fn stop(&mut self) -> Result<StopReport, EngineError> {
        // The user must be known before the process is gone.
        self.look_inside();
        let signal = match self.run.facts.stop_signal.as_str() {
            "" => "SIGTERM",
            signal => signal,
        };
        let since = Instant::now();
        self.signal(signal);
        let heeded = self.wait(self.run.limits.grace)?;
        let stop = StopReport { heeded, seconds: since.elapsed().as_secs_f64() };
        if !heeded {
            self.signal("SIGKILL");
        }
        Ok(stop)
    }

    /// Ends it if it still runs, removes it, and returns the result.
    ///
    /// # Errors
    /// When the engine could not start it, or the user interrupts the run.
    pub fn finish(mut self) -> Result<Ran, EngineError> {
        let ended = self.poll();
        let never_started = self.never_started();
        let state = self.state();
        let state = state.as_ref().and_then(|state| state.get("State"));
        // On a busy machine the client may not have told yet that the container is over.
        let ended = ended.or_else(|| exit_code(state?).map(Ended::Code));
        let flag = |name: &str| state.and_then(|state| state.get(name)).and_then(Value::as_bool).unwrap_or(false);
        let oom = flag("OOMKilled") || self.pod().is_some_and(Pod::is_out_of_memory);
        let said = state.and_then(|state| state.get("Error")).and_then(Value::as_str).unwrap_or_default().to_owned();
        if self.uid.is_none() {
            self.uid = self.resolve();
        }
        if ended.is_none() {
            self.signal("SIGKILL");
        }
        self.remove();
        let Some(attached) = self.attached.take() else { return Err(EngineError::Cancelled) };
        let output = attached.finish();
        let end = match (self.over.take(), ended) {
            (Some(over), _) => over,
            (None, None) => RunEnd::KeptRunning,
            (None, Some(Ended::Cancelled)) => return Err(EngineError::Cancelled),
            (None, Some(Ended::TooMuchOutput)) => RunEnd::Over("it printed too much".to_owned()),
            (None, Some(Ended::TimedOut | Ended::Stopped(_))) => RunEnd::KeptRunning,
            (None, Some(Ended::Signal(signal))) => RunEnd::Exit(128 + signal),
            (None, Some(Ended::Code(137))) if oom => RunEnd::OutOfMemory,
            // The exit codes by which clients report that nothing was started.
            (None, Some(Ended::Code(125))) if state.is_none() || !said.is_empty() => {
                return Err(self.engine.complaint(&output, "starting a container"));
            }
            (None, Some(Ended::Code(_))) if never_started => {
                let said = output.stderr.text();
                match ["executable file", "no such file", "ermission denied"].iter().any(|words| said.contains(words)) {
                    true => RunEnd::Exit(127),
                    false => return Err(self.engine.complaint(&output, "starting a container")),
                }
            }
            (None, Some(Ended::Code(_))) if oom => RunEnd::OutOfMemory,
            (None, Some(Ended::Code(code))) => RunEnd::Exit(code),
        };
        let files = std::mem::take(&mut self.files);
        Ok(Ran { end, stdout: output.stdout, stderr: output.stderr, took: output.took, uid: self.uid, files })
    }

    /// The user according to the image, if the process exited too quickly to be inspected.
    fn resolve(&self) -> Option<u32> {
        if let Some(pod) = self.pod() {
            return pod.uid();
        }
        let user = self.run.user.as_deref().unwrap_or(&self.run.facts.user);
        let name = user.split(':').next().unwrap_or_default();
        if name.is_empty() {
            return Some(0);
        }
        if let Ok(uid) = name.parse() {
            return Some(uid);
        }
        let verbs = self.engine.driver.verbs?;
        let archive = self.engine.call(&verbs.copy_out(&self.run.name, "/etc/passwd"), SHORT).ok()?.stdout.bytes();
        let text = String::from_utf8_lossy(archive.get(512..)?).into_owned();
        Some(find_user(user, &text, "")?.uid)
    }

    fn remove(&mut self) {
        if let Some(pod) = self.attached.as_mut().and_then(Attached::pod_mut) {
            pod.remove();
        }
        match (self.engine.driver.lifecycle, self.engine.driver.verbs) {
            (_, Some(verbs)) => self.engine.clear(&verbs.remove(&self.run.name)),
            (Lifecycle::Steps { remove, .. }, _) => {
                for step in remove(&self.run) {
                    self.engine.clear(&step);
                }
            }
            _ => {}
        }
        self.group = None;
        self.run.name.clear();
    }
}

/// The exit code of a container that is over, by the engine's state.
fn exit_code(state: &Value) -> Option<i32> {
    let status = state.get("Status")?.as_str()?;
    let code = state.get("ExitCode")?.as_i64().filter(|_| matches!(status, "exited" | "stopped" | "dead"))?;
    i32::try_from(code).ok()
}

impl Drop for Container<'_> {
    fn drop(&mut self) {
        if !self.run.name.is_empty() {
            self.remove();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_of_containers() {
        let code = |text: &str| exit_code(&serde_json::from_str(text).expect("it is JSON"));
        assert_eq!(code(r#"{"Status": "exited", "Running": false, "ExitCode": 3}"#), Some(3));
        assert_eq!(code(r#"{"Status": "running", "Running": true, "ExitCode": 0}"#), None);
        assert_eq!(code(r#"{"Status": "created", "ExitCode": 0}"#), None);
        assert_eq!(code(r#"{"Pid": 0}"#), None);
    }
}
