//! A Compose project before and after its fixes: brought up within limits, looked at, and taken down.

use std::collections::BTreeMap;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use serde::Serialize;

use super::http::Probe;
use super::{FixGroup, FixOutcome, Project, RunSpec, SearchError, TryLint, Verifier, foreign_frontend, search};
use crate::compose::Project as ComposeProject;
use crate::engine::compose::{ComposeError, Limited, ServiceBuild, Up};
use crate::engine::{BuildEnd, Engine, EngineError, Image, Pull};
use crate::finding::Safety;
use crate::lint::fix_loop::Fixed;
use crate::text::{Problem, Source};

/// How long a project has to start unless the spec says otherwise.
const START_TIME: Duration = Duration::from_secs(60);
/// How long it is left alone once it has started, before its services are looked at.
const SETTLE_TIME: Duration = Duration::from_secs(2);
/// How long a port has to respond.
const RESPONSE_TIME: Duration = Duration::from_secs(10);
/// How long trying the fixes of one project may take unless the spec says otherwise.
const MAX_TIME: Duration = Duration::from_secs(3600);
/// Why no fix is tried.
const NOT_STARTED: &str = "the project does not start even without fixes";
/// How many published ports of a service are asked.
const MAX_PORTS: usize = 8;

/// A Compose file to verify.
pub struct ProjectSubject<'a> {
    /// What reports call it.
    pub name: &'a str,
    pub file: &'a Path,
    pub source: &'a Source,
    pub spec: &'a RunSpec,
    /// Told what is being done.
    pub progress: &'a dyn Fn(&str),
}

/// What a port does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ServicePort {
    /// The status of its response.
    Http(u16),
    /// It takes connections and speaks something else.
    Open,
    Closed,
}

/// A service, once the project has started.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ServiceReport {
    /// The exit code, if it has ended.
    pub exit: Option<i32>,
    /// `None` without a health check.
    pub healthy: Option<bool>,
    /// By container port.
    pub ports: BTreeMap<u16, ServicePort>,
}

/// A project, brought up once.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ProjectReport {
    /// Why it did not start; `None` if it did.
    pub fault: Option<String>,
    pub services: BTreeMap<String, ServiceReport>,
}

/// A Compose file before and after its fixes.
pub struct ProjectVerification {
    pub path: String,
    /// The engine, with its version.
    pub engine: String,
    pub before: ProjectReport,
    pub after: ProjectReport,
    pub fixes: Vec<(FixGroup, FixOutcome)>,
    /// How many candidates were tried.
    pub trials: usize,
}

impl ProjectReport {
    pub fn starts(&self) -> bool {
        self.fault.is_none()
    }

    /// What a service does that does not do its job: nothing can be compared then.
    fn crashed(&self) -> Option<String> {
        self.services.iter().find_map(|(name, service)| match (service.exit, service.healthy) {
            (Some(code), _) if code != 0 => Some(format!("service `{name}` exits with code {code}")),
            (None, Some(false)) => Some(format!("service `{name}` is not healthy")),
            _ => None,
        })
    }

    /// A port that does not answer, or answers with a server error. What does not work shows nothing.
    fn unanswered(&self) -> Option<String> {
        self.services.iter().find_map(|(name, service)| {
            let (port, state) = service.ports.iter().find(|(_, state)| state.failed())?;
            let what = if *state == ServicePort::Closed { "is closed".to_owned() } else { format!("answers {}", state.text()) };
            Some(format!("port {port} of service `{name}` {what}"))
        })
    }

    /// A port that works only in the other project.
    fn improved_by(&self, other: &Self) -> Option<String> {
        self.services.iter().find_map(|(name, before)| {
            let after = other.services.get(name)?;
            let ports = before.ports.iter().filter_map(|(port, state)| Some((port, state, after.ports.get(port)?)));
            let mut better = ports.filter(|(_, before, after)| before.failed() && !after.failed());
            let (port, before, after) = better.next()?;
            Some(format!("port {port} of service `{name}` is now {} instead of {}", after.text(), before.text()))
        })
    }

    /// What a project that should do the same does not do; `None` if it does.
    fn missed_by(&self, other: &Self) -> Option<String> {
        if let Some(fault) = &other.fault {
            return Some(fault.clone());
        }
        self.services.iter().find_map(|(name, before)| {
            let Some(after) = other.services.get(name) else { return Some(format!("service `{name}` is missing")) };
            let what = match (before.exit, after.exit) {
                (before, after) if before == after => None,
                (None, Some(code)) => Some(format!("exits with code {code}")),
                (Some(code), None) => Some(format!("keeps running, and exited with code {code} before")),
                (_, code) => Some(format!("exits with code {}", code.unwrap_or_default())),
            };
            let what = what.or_else(|| match (before.healthy, after.healthy) {
                (Some(true), None) => Some("has no health check any more".to_owned()),
                (Some(true) | None, Some(false)) => Some("is not healthy".to_owned()),
                _ => None,
            });
            let port = |(port, state): (&u16, &ServicePort)| {
                let now = after.ports.get(port).unwrap_or(&ServicePort::Closed);
                (!now.serves_like(*state)).then(|| format!("port {port}: {}, and {} before", now.text(), state.text()))
            };
            let what = what.or_else(|| before.ports.iter().find_map(port))?;
            Some(format!("service `{name}`: {what}"))
        })
    }
}

impl ServicePort {
    /// Whether it does what the port did before, or works where that failed: a server that answers as soon as its database
    /// accepts connections is what waiting for the database is for.
    fn serves_like(self, before: Self) -> bool {
        self == before || before.failed() && !self.failed()
    }

    /// Whether nothing listens, or the server reports an error of its own.
    fn failed(self) -> bool {
        matches!(self, ServicePort::Closed | ServicePort::Http(500..))
    }

    pub fn text(&self) -> String {
        match self {
            ServicePort::Http(status) => format!("HTTP {status}"),
            ServicePort::Open => "open".to_owned(),
            ServicePort::Closed => "closed".to_owned(),
        }
    }
}

impl ProjectVerification {
    /// Whether the project comes up before, and no fix was rejected.
    pub fn holds(&self) -> bool {
        let kept = self.fixes.iter().all(|(_, outcome)| *outcome == FixOutcome::Kept);
        self.before.starts() && kept
    }

    /// The outcome in one sentence.
    pub fn verdict(&self) -> String {
        let kept = self.fixes.iter().filter(|(_, outcome)| *outcome == FixOutcome::Kept).count();
        let rejected = self.fixes.len() - kept;
        let fixes = |count: usize| if count == 1 { "1 fix".to_owned() } else { format!("{count} fixes") };
        match (kept, rejected) {
            _ if !self.before.starts() => "nothing verified: the project does not start even without fixes".to_owned(),
            (0, 0) => "nothing to fix: the project starts".to_owned(),
            (_, 0) => match self.after.unanswered() {
                Some(what) => {
                    format!("{} applied: the project starts; behavior not verified: {what} before and after", fixes(kept))
                }
                None => {
                    let what = self.before.improved_by(&self.after).unwrap_or_else(|| "does the same".to_owned());
                    format!("{} verified: the project starts and {what}", fixes(kept))
                }
            },
            (0, _) => format!("{} rejected, none applied", fixes(rejected)),
            _ => format!("{} verified, {rejected} rejected", fixes(kept)),
        }
    }
}

impl Verifier {
    /// Brings a project up before its fixes, and finds the largest set of them with which it still does its job.
    ///
    /// # Errors
    /// When the engine cannot do its work, or the directory cannot be copied.
    pub fn verify_project(
        &self,
        subject: &ProjectSubject<'_>,
        lint: &mut TryLint<'_>,
    ) -> Result<(ProjectVerification, Fixed), Problem> {
        let name = subject.name;
        let about = |problem: Problem| Problem { message: format!("{name}: {}", problem.message), ..problem };
        let engine = self.builder();
        let directory = subject.file.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        (subject.progress)(&format!("copying the directory of {name}"));
        let copy = Project::whole(directory, subject.spec.context_limits()).map_err(about)?;
        let trial = ProjectTrial { engine, copy: &copy, subject };
        let failed = |error: EngineError| about(error.problem());
        (subject.progress)(&format!("{name}: bringing up the original"));
        let mut before = trial.of(subject.source).map_err(failed)?;
        before.fault = before.fault.take().or_else(|| before.crashed());
        let until = Instant::now() + subject.spec.timeout.map_or(MAX_TIME, |time| time.0);
        let mut lint_error = None;
        let mut lint = |source: &Source, new: &[_]| {
            lint(source, new).unwrap_or_else(|error| {
                lint_error = Some(error);
                (Vec::new(), 0)
            })
        };
        let mut after = before.clone();
        let mut number = 0;
        let found = search(subject.source, Safety::Unsafe, &mut lint, &mut |fixed| {
            if !before.starts() {
                return Ok(Some(NOT_STARTED.to_owned()));
            }
            if fixed.source.bytes() == subject.source.bytes() {
                return Ok(None);
            }
            if Instant::now() >= until {
                return Ok(Some("not tried: the time limit was reached (`--timeout`)".to_owned()));
            }
            number += 1;
            (subject.progress)(&format!("{name}: bringing up candidate {number}"));
            let report = trial.of(&fixed.source)?;
            let fault = before.missed_by(&report);
            if fault.is_none() {
                after = report;
            }
            Ok(fault)
        });
        if let Some(error) = lint_error {
            return Err(Problem::error(format!("{name}: {error}")));
        }
        let found = found.map_err(|error| match error {
            SearchError::Fix(error) => Problem::error(format!("{name}: {error}")),
            SearchError::Trial(error) => failed(error),
        })?;
        let verification = ProjectVerification {
            path: name.to_owned(),
            engine: format!("{} {}", engine.kind(), engine.version),
            before,
            after,
            fixes: found.outcomes.into_iter().map(|(unit, outcome)| (unit, tried(outcome))).collect(),
            trials: number,
        };
        Ok((verification, found.fixed))
    }
}

/// Brings up one project with different texts of its Compose file.
struct ProjectTrial<'a> {
    engine: &'a Engine,
    copy: &'a Project,
    subject: &'a ProjectSubject<'a>,
}

impl ProjectTrial<'_> {
    fn of(&self, source: &Source) -> Result<ProjectReport, EngineError> {
        let fault = |why: String| Ok(ProjectReport { fault: Some(why), ..ProjectReport::default() });
        let spec = self.subject.spec;
        let within = spec.run_timeout.map_or(START_TIME, |time| time.0);
        let root = self.copy.context();
        let root = root.canonicalize().unwrap_or(root);
        let name = self.subject.file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let written = std::fs::write(root.join(&name), source.bytes());
        written.map_err(|error| other("cannot write the copy of the Compose file", error.to_string()))?;
        let env: Vec<_> = spec.env.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
        let limited = match self.engine.read_compose(&root, &name, &env, &spec.run_limits(), within) {
            Ok(limited) => limited,
            Err(ComposeError::Engine(error)) => return Err(error),
            Err(ComposeError::Refused(reasons)) => return fault(format!("not run: {}", reasons.join("; "))),
            Err(ComposeError::Invalid(said)) => return fault(format!("Compose rejects it: {said}")),
        };
        for (_, image) in &limited.images {
            if spec.pull != Some(Pull::Never) && !self.engine.has(image)? {
                self.engine.fetch(image)?;
            }
        }
        let mut images: Vec<(String, Image<'_>)> = Vec::new();
        for part in &limited.builds {
            match self.build(part, &root)? {
                Ok(image) => images.push((part.service.clone(), image)),
                Err(why) => return fault(format!("service `{}` does not build: {why}", part.service)),
            }
        }
        let tags: Vec<_> = images.iter().map(|(service, image)| (service.clone(), image.tag.clone())).collect();
        let (up, why) = self.engine.up(&limited, &tags, &spec.run_limits(), within)?;
        if let Some(why) = why {
            return fault(format!("the project does not start: {why}"));
        }
        self.look_at(&up, &limited, source, &name, Instant::now() + within)
    }

    fn build(&self, part: &ServiceBuild, root: &Path) -> Result<Result<Image<'_>, String>, EngineError> {
        let outside = |path: &Path| path.canonicalize().is_ok_and(|path| !path.starts_with(root));
        if outside(&part.context) || outside(&part.dockerfile) {
            return Ok(Err("it is outside of the directory".to_owned()));
        }
        let text = match &part.inline {
            Some(text) => text.clone().into_bytes(),
            None => match std::fs::read(&part.dockerfile) {
                Ok(text) => text,
                Err(_) => return Ok(Err("its Dockerfile cannot be read".to_owned())),
            },
        };
        let source = Source::new("Dockerfile", text);
        let base = self.subject.spec;
        if let Some(frontend) = foreign_frontend(&source).filter(|_| base.allow_frontend != Some(true)) {
            return Ok(Err(format!("`# syntax={frontend}` is a third-party frontend")));
        }
        let context = Project::copy(&part.context, &part.dockerfile, base.context_limits());
        let context = match context {
            Ok(context) => context,
            Err(problem) => return Ok(Err(problem.message)),
        };
        let spec = RunSpec {
            target: part.target.clone(),
            build_args: part.args.iter().cloned().collect(),
            build_only: Some(true),
            ..base.clone()
        };
        let built = super::build(self.engine, &context, &spec, &source)?;
        Ok(match (built.end, built.image) {
            (BuildEnd::Built, Some(image)) => Ok(image),
            (BuildEnd::Built, None) => Err("the image disappeared".to_owned()),
            (BuildEnd::Failed(why) | BuildEnd::Over(why), _) => Err(why),
            (BuildEnd::TimedOut, _) => Err("the build took too long".to_owned()),
        })
    }

    /// Waits for health, and then sees what each service does.
    fn look_at(
        &self,
        up: &Up<'_>,
        limited: &Limited,
        source: &Source,
        name: &str,
        until: Instant,
    ) -> Result<ProjectReport, EngineError> {
        let is_waiting = |service: &String| up.is_healthy(service) == Some(false);
        thread::sleep(SETTLE_TIME);
        let mut over = up.over();
        while over.is_none() && limited.services.iter().any(is_waiting) && Instant::now() < until {
            for service in &limited.services {
                // Asks whether the user has interrupted the run.
                let _ = up.is_running(service)?;
            }
            thread::sleep(Duration::from_millis(250));
            over = up.over();
        }
        if let Some(why) = over {
            return Ok(ProjectReport { fault: Some(why), ..ProjectReport::default() });
        }
        let project = ComposeProject::load(source, name, None);
        let mut services = BTreeMap::new();
        for service in &limited.services {
            let published = project.service(service).map(|service| &service.ports[..]).unwrap_or_default();
            let ports = published.iter().filter_map(|port| Some(port.target?.first));
            let asked = self.subject.spec.http.iter().map(|probe| probe.port);
            let ports: std::collections::BTreeSet<u16> = ports.take(MAX_PORTS).chain(asked).collect();
            let exit = up.is_running(service)?.err();
            let address = up.address(service).filter(|_| exit.is_none());
            let ask = |port: u16| {
                let own = self.subject.spec.http.iter().find(|probe| probe.port == port);
                let path = own.map_or("/", |probe| &probe.path).to_owned();
                address.map_or(ServicePort::Closed, |address| ask(address, Probe { port, path, status: None }))
            };
            let ports = ports.into_iter().map(|port| (port, ask(port))).collect();
            services.insert(service.clone(), ServiceReport { exit, healthy: up.is_healthy(service), ports });
        }
        Ok(ProjectReport { fault: None, services })
    }
}

/// What a port responds, once it does.
fn ask(address: std::net::IpAddr, probe: Probe) -> ServicePort {
    let until = Instant::now() + RESPONSE_TIME;
    loop {
        let state = match probe.ask(address, Duration::from_secs(3)) {
            Ok(answer) => return ServicePort::Http(answer.status),
            Err(said) if said == "not an HTTP response" || said.contains("reset") => ServicePort::Open,
            Err(_) => ServicePort::Closed,
        };
        if state == ServicePort::Open || Instant::now() >= until || crate::process::cancelled() {
            return state;
        }
        thread::sleep(Duration::from_millis(250));
    }
}

/// A fix that no project was brought up for was not rejected.
fn tried(outcome: FixOutcome) -> FixOutcome {
    match outcome {
        FixOutcome::Rejected(why) if why == NOT_STARTED || why.starts_with("not tried") => FixOutcome::NotTried(why),
        outcome => outcome,
    }
}

fn other(what: &str, said: String) -> EngineError {
    EngineError::Other { what: what.to_owned(), said }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(exit: Option<i32>, healthy: Option<bool>, port: ServicePort) -> ProjectReport {
        let service = ServiceReport { exit, healthy, ports: BTreeMap::from([(80, port)]) };
        ProjectReport { fault: None, services: BTreeMap::from([("web".to_owned(), service)]) }
    }

    #[test]
    fn what_is_missed() {
        let before = report(None, None, ServicePort::Http(200));
        let missed = |after: &ProjectReport| before.missed_by(after);
        assert_eq!(missed(&before), None);
        assert_eq!(missed(&report(None, Some(true), ServicePort::Http(200))), None);
        let said = |text: &str| Some(format!("service `web`: {text}"));
        assert_eq!(missed(&report(None, Some(false), ServicePort::Http(200))), said("is not healthy"));
        assert_eq!(missed(&report(Some(1), None, ServicePort::Closed)), said("exits with code 1"));
        assert_eq!(missed(&report(None, None, ServicePort::Open)), said("port 80: open, and HTTP 200 before"));
        let failing = report(None, None, ServicePort::Http(500));
        let working = report(None, None, ServicePort::Http(404));
        assert_eq!(failing.missed_by(&working), None);
        let better = "port 80 of service `web` is now HTTP 404 instead of HTTP 500";
        assert_eq!(failing.improved_by(&working).as_deref(), Some(better));
        assert_eq!((before.improved_by(&working), failing.improved_by(&failing)), (None, None));
        assert!(failing.missed_by(&report(None, None, ServicePort::Closed)).is_some());
        assert_eq!(missed(&ProjectReport::default()).as_deref(), Some("service `web` is missing"));
    }
    #[test]
    fn what_shows_nothing() {
        let unanswered = |port| report(None, None, port).unanswered();
        assert_eq!(unanswered(ServicePort::Closed).as_deref(), Some("port 80 of service `web` is closed"));
        assert_eq!(unanswered(ServicePort::Http(502)).as_deref(), Some("port 80 of service `web` answers HTTP 502"));
        assert_eq!(unanswered(ServicePort::Http(404)), None);
        assert_eq!(unanswered(ServicePort::Open), None);
    }
}
