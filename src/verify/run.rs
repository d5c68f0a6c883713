//! Builds and runs one Dockerfile.

use std::net::{IpAddr, SocketAddr, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use super::behaviour;
use super::build::build;
use super::image_report::{HttpResult, ImageReport, MissingFile, RunReport};
use super::missing_files;
use super::ports::{self, OUTSIDE, Place};
use super::profile::{self, Environment};
use super::project::{Beside, Project};
use super::weight::WeightReport;
use crate::engine::{BuildEnd, Container, Engine, EngineError, Facts, Image, Network, RunEnd, in_network_of};
use crate::finding::NewFile;
use crate::process;
use crate::text::Source;
use crate::text::units::{Size, Time};
use crate::verify::spec::RunSpec;

/// The image before its fixes, which is kept so that others can be compared with it.
pub struct Reference<'e> {
    pub side: ImageReport,
    /// How it was run, and how those that are compared with it are.
    spec: RunSpec,
    /// How that differs from the usual way.
    pub profile: Vec<String>,
    image: Option<Image<'e>>,
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
    /// Builds and runs the original Dockerfile. If it does not do its job, other ways to run it are tried.
    ///
    /// # Errors
    /// As [`Trial::of`].
    pub fn first(&self, source: &Source, known: &[Environment]) -> Result<Reference<'a>, EngineError> {
        let (mut side, image) = self.make(source, &[], "the original", self.spec)?;
        let (mut spec, mut said) = (self.spec.clone(), Vec::new());
        if let (Some(image), Some(run)) = (&image, &side.run)
            && behaviour::job(run, &spec).is_err()
        {
            for profile in profile::profiles(&spec, &image.facts, run, known) {
                (self.progress)(&format!("running the original with {}", profile.said.join(" and ")));
                let again = self.run(&image.tag, &image.facts, &profile.spec)?;
                if behaviour::job(&again, &profile.spec).is_ok() {
                    side.run = Some(again);
                    (spec, said) = (profile.spec, profile.said);
                    break;
                }
            }
        }
        Ok(Reference { side, spec, profile: said, image })
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
        let (mut side, image) = self.make(source, beside, what, &old.spec)?;
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

    /// Writes new files into the build context, as long as the value lives.
    fn beside(&self, files: &[NewFile]) -> Result<Beside, EngineError> {
        self.project.with(files).map_err(|error| EngineError::Other {
            what: "cannot write a file of the build context".to_owned(),
            said: error.to_string(),
        })
    }

    fn make(
        &self,
        source: &Source,
        beside: &[NewFile],
        what: &str,
        spec: &RunSpec,
    ) -> Result<(ImageReport, Option<Image<'a>>), EngineError> {
        let _beside = self.beside(beside)?;
        (self.progress)(&format!("building {what}"));
        let built = build(self.builder, self.project, self.spec, source)?;
        let mut side = ImageReport {
            built: built.end == BuildEnd::Built,
            build_error: match &built.end {
                BuildEnd::Built => None,
                BuildEnd::Failed(why) => Some(self.with_cause(why)),
                BuildEnd::TimedOut => {
                    Some(format!("the build did not finish within {}", Time(self.spec.build_limits().time)))
                }
                BuildEnd::Over(why) => Some(why.clone()),
            },
            build_seconds: built.took.as_secs_f64(),
            image: built.image.as_ref().map(|image| image.facts.clone()),
            run: None,
            weight: None,
        };
        if let Some(image) = &built.image
            && self.spec.build_only != Some(true)
        {
            (self.progress)(&format!("running {what}"));
            side.run = Some(self.run(&image.tag, &image.facts, spec)?);
        }
        Ok((side, built.image))
    }

    /// Weighs the image before its fixes. `None` if it was not built.
    ///
    /// # Errors
    /// When the engine cannot save it, or its layers exceed the limits.
    pub fn weight_before(&self, old: &Reference<'_>, source: &Source) -> Result<Option<WeightReport>, EngineError> {
        (self.progress)("weighing the original");
        old.image.as_ref().map(|image| WeightReport::of(self.builder, &image.tag, source, self.spec)).transpose()
    }

    /// Weighs the image after its fixes, which is in the builder's cache. `None` if it does not build.
    ///
    /// # Errors
    /// The same.
    pub fn weight_after(&self, source: &Source, beside: &[NewFile]) -> Result<Option<WeightReport>, EngineError> {
        (self.progress)("weighing the result");
        let _beside = self.beside(beside)?;
        let built = build(self.builder, self.project, self.spec, source)?;
        built.image.as_ref().map(|image| WeightReport::of(self.builder, &image.tag, source, self.spec)).transpose()
    }

    /// Names the limit that a step was probably killed by.
    fn with_cause(&self, why: &str) -> String {
        match why.contains("exit code: 137") || why.contains("exit status 137") || why.contains("signal: killed") {
            true => {
                let most = Size(self.spec.build_limits().memory).limit();
                format!(
                    "{why}\nthe step was killed, probably because it ran out of memory: the limit is {most} (`--build-memory`)"
                )
            }
            false => why.to_owned(),
        }
    }

    /// Runs an image whose configuration is `facts`.
    fn run(&self, image: &str, facts: &Facts, spec: &RunSpec) -> Result<RunReport, EngineError> {
        let unpacked = self.builder.unpack_for(self.runtime, image)?;
        let exposed = ports::exposed(facts);
        let sees_inside = self.runtime.sees_inside();
        // Where we can ask from inside, it needs no network at all.
        let is_isolated = (spec.needs_port() || !exposed.is_empty()) && !spec.has_network();
        let asks_inside = is_isolated && sees_inside;
        let made = (is_isolated && !asks_inside).then(|| self.runtime.network());
        let network = match made.transpose() {
            Ok(network) => network,
            Err(error) if spec.needs_port() || error == EngineError::Cancelled => return Err(error),
            // EXPOSEd ports are not probed then.
            Err(_) => None,
        };
        let mut run = spec.run(image, facts);
        if let Some(network) = &network {
            run.network = Network::Internal(network.name.clone());
        }
        run.unpacked = unpacked.as_ref().map(|unpacked| unpacked.path.clone());
        let time = run.limits.time;
        let mut container = self.runtime.start(run)?;
        self.until_it_runs(&mut container)?;
        let until = Instant::now() + time;
        let (mut http, mut port_open, mut seen_ports) = (Vec::new(), None, Vec::new());
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
        } else if sees_inside || network.is_some() || (spec.has_network() && !exposed.is_empty()) {
            // What is expected may be printed at any time.
            let calm = if spec.expects() { Duration::MAX } else { ports::CALM };
            seen_ports = ports::watch(&mut container, &exposed, sees_inside, calm, until)?;
        } else {
            seen_ports = ports::not_probed(&exposed);
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
            ports: seen_ports,
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
