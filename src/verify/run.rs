//! Builds and runs one Dockerfile.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use serde::Serialize;

use super::missing_files;
use super::project::Project;
use crate::engine::{
    Build, BuildEnd, Built, Container, Engine, EngineError, Facts, Image, Network, Pull, RunEnd, StopReport,
    in_network_of,
};
use crate::finding::NewFile;
use crate::model::{Base, BuildArgs, Model, Origin};
use crate::process;
use crate::syntax;
use crate::text::Source;
use crate::text::units::Time;
use crate::verify::spec::RunSpec;

/// The result of building and running a Dockerfile.
#[derive(Clone, Debug, Serialize)]
pub struct ImageReport {
    pub built: bool,
    /// The engine's error message.
    pub build_error: Option<String>,
    pub build_seconds: f64,
    pub image: Option<Facts>,
    pub run: Option<RunReport>,
}

/// The result of a run.
#[derive(Clone, Debug, Serialize)]
pub struct RunReport {
    pub end: RunEnd,
    pub stdout: String,
    pub stderr: String,
    pub seconds: f64,
    pub uid: Option<u32>,
    pub http: Vec<HttpResult>,
    /// Whether the port that was waited for opened.
    pub port_open: Option<bool>,
    /// How a container that kept running reacted to its stop signal.
    pub stop: Option<StopReport>,
    /// The result of HEALTHCHECK at the end.
    pub healthy: Option<bool>,
    /// Files of the image that were open.
    #[serde(skip)]
    pub files: BTreeSet<String>,
    /// Files that are used and exist in the reference image, but not in this one.
    pub missing: Vec<MissingFile>,
}

/// A file that is missing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MissingFile {
    /// Where it was.
    pub path: String,
    /// The program reports it missing; else it was open in the reference.
    pub reported: bool,
}

/// The image before its fixes, which is kept so that others can be compared with it.
pub struct Reference<'e> {
    pub side: ImageReport,
    image: Option<Image<'e>>,
}

/// A probe and its result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct HttpResult {
    pub asked: String,
    pub status: Option<u16>,
    pub error: Option<String>,
    pub accepted: bool,
}

/// How candidates of one project are built and run.
pub struct Trial<'a> {
    pub builder: &'a Engine,
    /// Runs them; may be the builder.
    pub runtime: &'a Engine,
    pub project: &'a Project,
    pub spec: &'a RunSpec,
    /// Called with what is being done.
    pub progress: &'a dyn Fn(&str),
}

impl<'a> Trial<'a> {
    /// Builds and runs the original Dockerfile.
    ///
    /// # Errors
    /// As [`Trial::of`].
    pub fn first(&self, source: &Source) -> Result<Reference<'a>, EngineError> {
        let (side, image) = self.make(source, &[], "the original")?;
        Ok(Reference { side, image })
    }

    /// Builds a Dockerfile, with new files in its context, and runs the image.
    ///
    /// # Errors
    /// When the engine cannot do its work. That the file does not build, or the container fails, is a result.
    pub fn of(
        &self,
        source: &Source,
        beside: &[NewFile],
        what: &str,
        old: &Reference<'_>,
    ) -> Result<ImageReport, EngineError> {
        let (mut side, image) = self.make(source, beside, what)?;
        if let (Some(image), Some(run)) = (&image, &mut side.run) {
            run.missing = self.missing(old, image, run)?;
        }
        Ok(side)
    }

    /// Files that are known to be used, and that the reference image has and this one lacks.
    fn missing(
        &self,
        old: &Reference<'_>,
        image: &Image<'_>,
        run: &RunReport,
    ) -> Result<Vec<MissingFile>, EngineError> {
        let (Some(old_image), Some(old_run)) = (&old.image, &old.side.run) else { return Ok(Vec::new()) };
        let mut said = missing_files::reported(&run.stderr, &image.facts);
        // What was already missing before is not the fault of a fix.
        let before = missing_files::reported(&old_run.stderr, &old_image.facts);
        said.retain(|path| !before.contains(&missing_files::as_it_was(path, &old_image.facts, &image.facts)));
        let open = missing_files::only_before(&old_run.files, &run.files);
        let gone = |paths: &[String], image: &str| match self.builder.lacking(image, paths) {
            Err(EngineError::Cancelled) => Err(EngineError::Cancelled),
            Err(_) => Ok(Vec::new()),
            Ok(gone) => Ok(gone),
        };
        let mut found: Vec<MissingFile> = Vec::new();
        for (paths, reported) in [(said, true), (open, false)] {
            let paths = gone(&paths, &image.tag)?;
            let was: Vec<String> = match reported {
                true => {
                    paths.iter().map(|path| missing_files::as_it_was(path, &old_image.facts, &image.facts)).collect()
                }
                false => paths,
            };
            let never = gone(&was, &old_image.tag)?;
            for path in was.into_iter().filter(|path| !never.contains(path)) {
                if !found.iter().any(|found| found.path == path) {
                    found.push(MissingFile { path, reported });
                }
            }
        }
        Ok(found)
    }

    fn make(
        &self,
        source: &Source,
        beside: &[NewFile],
        what: &str,
    ) -> Result<(ImageReport, Option<Image<'a>>), EngineError> {
        let failed = |error: std::io::Error| EngineError::Other {
            what: "cannot write a file of the build context".to_owned(),
            said: error.to_string(),
        };
        let _beside = self.project.with(beside).map_err(failed)?;
        (self.progress)(&format!("building {what}"));
        let built = build(self.builder, self.project, self.spec, source)?;
        let mut side = ImageReport {
            built: built.end == BuildEnd::Built,
            build_error: match &built.end {
                BuildEnd::Built => None,
                BuildEnd::Failed(why) => Some(why.clone()),
                BuildEnd::TimedOut => {
                    Some(format!("the build did not finish within {}", Time(self.spec.build_limits().time)))
                }
                BuildEnd::Over(why) => Some(why.clone()),
            },
            build_seconds: built.took.as_secs_f64(),
            image: built.image.as_ref().map(|image| image.facts.clone()),
            run: None,
        };
        if let Some(image) = &built.image
            && self.spec.build_only != Some(true)
        {
            (self.progress)(&format!("running {what}"));
            side.run = Some(self.run(&image.tag, &image.facts)?);
        }
        Ok((side, built.image))
    }

    /// Runs an image whose configuration is `facts`.
    ///
    /// # Errors
    /// When the engine cannot do its work.
    pub fn run(&self, image: &str, facts: &Facts) -> Result<RunReport, EngineError> {
        let spec = self.spec;
        let unpacked = self.builder.unpack_for(self.runtime, image)?;
        // Where we can ask from inside, it needs no network at all.
        let is_isolated = spec.needs_port() && !spec.has_network();
        let asks_inside = is_isolated && self.runtime.sees_inside();
        let network = if is_isolated && !asks_inside { Some(self.runtime.network()?) } else { None };
        let mut run = spec.run(image, facts);
        if let Some(network) = &network {
            run.network = Network::Internal(network.name.clone());
        }
        run.unpacked = unpacked.as_ref().map(|unpacked| unpacked.path.clone());
        let time = run.limits.time;
        let mut container = self.runtime.start(run)?;
        self.until_it_runs(&mut container)?;
        let until = Instant::now() + time;
        let (mut http, mut port_open) = (Vec::new(), None);
        if spec.needs_port() {
            port_open = spec.port.map(|_| false);
            let place = self.place(&mut container, asks_inside, until)?;
            if let (Some(port), Some(place)) = (spec.port, place) {
                port_open = Some(self.is_open(&mut container, place, port, until)?);
            }
            for probe in &spec.http {
                let seen = self.ask(
                    &mut container,
                    place,
                    until,
                    |address, time| probe.ask(address, time),
                    |answer| probe.accepts(answer),
                )?;
                http.push(match seen {
                    Ok(answer) => HttpResult {
                        asked: probe.to_string(),
                        accepted: probe.accepts(&answer),
                        status: Some(answer.status),
                        error: None,
                    },
                    Err(error) => {
                        HttpResult { asked: probe.to_string(), status: None, error: Some(error), accepted: false }
                    }
                });
            }
            // It has done what it was started for.
            let calm = Duration::from_millis(200).min(until.saturating_duration_since(Instant::now()));
            container.wait(calm)?;
        } else {
            container.wait(until.saturating_duration_since(Instant::now()))?;
        }
        let mut healthy = None;
        let mut stop = None;
        let kept_running = container.is_running();
        if kept_running {
            healthy = self.health(&container, facts)?;
            stop = Some(container.stop()?);
        }
        let ran = container.finish()?;
        let end = match ran.end {
            RunEnd::Exit(_) if kept_running => RunEnd::KeptRunning,
            end => end,
        };
        Ok(RunReport {
            end,
            stdout: ran.stdout.text(),
            stderr: ran.stderr.text(),
            seconds: ran.took.as_secs_f64(),
            uid: ran.uid,
            http,
            port_open,
            stop,
            healthy,
            files: ran.files,
            missing: Vec::new(),
        })
    }

    /// The time limit starts with the process: on a loaded machine the engine itself takes time.
    fn until_it_runs(&self, container: &mut Container<'_>) -> Result<(), EngineError> {
        let most = Instant::now() + START;
        while self.runtime.sees_inside() && container.pid().is_none() && Instant::now() < most {
            if container.wait(Duration::from_millis(100))? {
                break;
            }
        }
        Ok(())
    }

    fn place(&self, container: &mut Container<'_>, inside: bool, until: Instant) -> Result<Option<Place>, EngineError> {
        while Instant::now() < until && container.is_running() {
            let place = match inside {
                true => container.pid().filter(|pid| in_network_of(*pid, || ()).is_ok()).map(Place::Inside),
                false => container.address().map(Place::At),
            };
            if place.is_some() {
                return Ok(place);
            }
            container.wait(Duration::from_millis(100))?;
        }
        Ok(None)
    }

    fn is_open(
        &self,
        container: &mut Container<'_>,
        place: Place,
        port: u16,
        until: Instant,
    ) -> Result<bool, EngineError> {
        let connect = |address, time| {
            TcpStream::connect_timeout(&SocketAddr::new(address, port), time).map_err(|error| error.to_string())
        };
        Ok(self.ask(container, Some(place), until, connect, |_| true)?.is_ok())
    }

    /// Asks repeatedly until a response is acceptable, the container exits, or time is up.
    fn ask<T>(
        &self,
        container: &mut Container<'_>,
        place: Option<Place>,
        until: Instant,
        ask: impl Fn(IpAddr, Duration) -> Result<T, String> + Sync,
        will_do: impl Fn(&T) -> bool,
    ) -> Result<Result<T, String>, EngineError>
    where
        T: Send,
    {
        let Some(place) = place else { return Ok(Err("the container exited before it could be asked".to_owned())) };
        loop {
            let left = until.saturating_duration_since(Instant::now());
            let time = left.clamp(Duration::from_millis(200), Duration::from_secs(5));
            let answer = match place {
                Place::At(address) => ask(address, time),
                Place::Inside(pid) => {
                    in_network_of(pid, || ask(OUTSIDE, time)).unwrap_or_else(|error| Err(error.to_string()))
                }
            };
            let done = answer.as_ref().is_ok_and(&will_do);
            if done || left.is_zero() || container.wait(Duration::from_millis(100))? {
                return Ok(answer);
            }
        }
    }

    /// Runs the command of HEALTHCHECK directly: an engine's own interval is longer than we watch.
    fn health(&self, container: &Container<'_>, facts: &Facts) -> Result<Option<bool>, EngineError> {
        let command = match facts.healthcheck.split_first() {
            Some((kind, rest)) if kind == "CMD" => rest.to_vec(),
            Some((kind, rest)) if kind == "CMD-SHELL" => {
                ["/bin/sh".to_owned(), "-c".to_owned()].into_iter().chain(rest.iter().cloned()).collect()
            }
            _ => return Ok(None),
        };
        for _ in 0..3 {
            match container.exec(&command, Duration::from_secs(10)) {
                Ok(output) if output.ended.ok() => return Ok(Some(true)),
                Err(EngineError::Cancelled) => return Err(EngineError::Cancelled),
                Err(EngineError::CannotDo { .. }) => return Ok(None),
                _ => thread::sleep(Duration::from_millis(500)),
            }
            if process::cancelled() {
                return Err(EngineError::Cancelled);
            }
        }
        Ok(Some(false))
    }
}

/// How long an engine may take to start a container.
const START: Duration = Duration::from_secs(60);

/// Where a container's port is asked from.
#[derive(Clone, Copy)]
enum Place {
    /// From this machine, at the container's address.
    At(IpAddr),
    /// In the network namespace of this process, which is the container's.
    Inside(u32),
}

/// In a container without a network: a program that listens on 127.0.0.1 only does not respond here, as it would not
/// respond from outside.
const OUTSIDE: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2));

/// Builds a Dockerfile of a project.
///
/// # Errors
/// When the engine cannot do its work.
pub fn build<'e>(
    engine: &'e Engine,
    project: &Project,
    spec: &RunSpec,
    source: &Source,
) -> Result<Built<'e>, EngineError> {
    look_for_bases(engine, spec, source)?;
    match build_bytes(engine, project, spec, source.bytes()) {
        // Without a registry BuildKit uses its built-in frontend.
        Err(EngineError::ImageMissing { image, .. }) if is_own_frontend(&image) => {
            build_bytes(engine, project, spec, &without_syntax(source.bytes()))
        }
        built => built,
    }
}

fn build_bytes<'e>(
    engine: &'e Engine,
    project: &Project,
    spec: &RunSpec,
    bytes: &[u8],
) -> Result<Built<'e>, EngineError> {
    let io = |error: std::io::Error| EngineError::Other {
        what: "cannot copy the Dockerfile".to_owned(),
        said: error.to_string(),
    };
    engine.build(&Build {
        context: project.context(),
        dockerfile: project.dockerfile(bytes).map_err(io)?,
        tag: String::new(),
        target: spec.target.clone(),
        build_args: spec.build_args.clone().into_iter().collect(),
        network: spec.offline != Some(true),
        pull: spec.pull.unwrap_or_default(),
        no_cache: false,
        builder: spec.builder.clone(),
        limits: spec.build_limits(),
        labels: Vec::new(),
        cgroup: None,
    })
}

/// With `--pull never`, missing images are reported before the build: not every builder supports the option.
fn look_for_bases(engine: &Engine, spec: &RunSpec, source: &Source) -> Result<(), EngineError> {
    if spec.pull != Some(Pull::Never) {
        return Ok(());
    }
    for image in bases(source, &spec.build_args) {
        if !engine.has(&image)? {
            return Err(EngineError::ImageMissing { image, said: String::new() });
        }
    }
    Ok(())
}

/// The images that a file is based on, in file order.
pub fn bases(source: &Source, build_args: &BuildArgs) -> Vec<String> {
    let file = syntax::parse(source.text());
    let model = Model::build(source, &file, build_args, None);
    let mut images = Vec::new();
    for stage in model.stages.iter().filter(|stage| stage.reaches_final || stage.in_final) {
        if let Base::Image(image) = &stage.base
            && let Some(name) = image.value.clone()
        {
            images.push(name);
        }
        for import in &stage.imports {
            if let Origin::Image(image) = &import.origin
                && let Some(name) = image.value.clone()
            {
                images.push(name);
            }
        }
    }
    images.dedup();
    images
}

fn is_own_frontend(image: &str) -> bool {
    let image = image.trim_start_matches("docker.io/");
    image.starts_with("docker/dockerfile") || image.starts_with("docker-image://docker/dockerfile")
}

/// The frontend of a file, if it is not Docker's own.
pub fn foreign_frontend(source: &Source) -> Option<String> {
    let file = syntax::parse(source.text());
    let frontend = file.directives().find(|directive| directive.name == "syntax")?.value.trim().to_owned();
    let image = frontend.trim_start_matches("docker.io/");
    let name = image.split(['@', ':']).next().unwrap_or_default();
    (!matches!(name, "docker/dockerfile" | "docker/dockerfile-upstream")).then_some(frontend)
}

/// The file without its `# syntax=` line.
fn without_syntax(bytes: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(bytes);
    let mut done = false;
    let lines = text.split_inclusive('\n').map(|line| {
        let directive = line.trim_start_matches(['#', ' ', '\t', '\u{feff}']).to_lowercase().starts_with("syntax");
        match directive && !done && line.trim_start_matches('\u{feff}').trim_start().starts_with('#') {
            true => {
                done = true;
                // The other directives must stay at the top: a line of another kind would end them.
                String::new()
            }
            false => line.to_owned(),
        }
    });
    lines.collect::<String>().into_bytes()
}

impl HttpResult {
    pub fn shown(&self) -> String {
        match (self.status, &self.error) {
            (Some(status), _) => status.to_string(),
            (None, Some(error)) => error.clone(),
            (None, None) => "no response".to_owned(),
        }
    }
}
