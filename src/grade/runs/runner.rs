//! A submission on a real engine.
//!
//! What goes wrong in a submission is a [`Fault`], with the engine's own words beside it; what goes wrong in the engine is
//! [`Trouble`]. No text has a time, a number of a process or a made-up name in it.

use std::path::PathBuf;

use crate::engine::{Engine, EngineError, Facts, Image, Ran, Run};
use crate::grade::rubric::EngineRules;
use crate::grade::rubric::expectation::{EngineKind, Scale, Start};
use crate::grade::rubric::values::Pattern;
use crate::grade::runs::build::{Order, build};
use crate::grade::runs::random_values::{Draw, TRIES, has_places};
use crate::grade::runs::scrub::{plain, tail};
use crate::grade::runs::{Bench, Check, Fault, Lab, Outcome, Task, Trouble};
use crate::grade::runs::{compose, files, http, inspect, run, signal};
use crate::verify::RunSpec;

/// An engine that tries submissions.
pub struct EngineLab {
    pub engine: Engine,
}

impl Lab for EngineLab {
    fn open<'a>(&'a self, task: Task<'a>) -> Result<Box<dyn Bench + 'a>, Trouble> {
        let terms = Terms::of(task.rules);
        Ok(Box::new(Submission { engine: &self.engine, terms, task, built: Vec::new(), seed: String::new() }))
    }
}

/// On what terms submissions are tried.
#[derive(Clone, Debug)]
pub(super) struct Terms {
    /// How images are built and run.
    pub(super) spec: RunSpec,
    /// The images that submissions may build on; empty: any.
    pub(super) bases: Vec<Pattern>,
}

impl Terms {
    fn of(rules: &EngineRules) -> Self {
        Self { spec: rules.spec(), bases: rules.base_images.clone() }
    }

    /// Whether an image is allowed: by its very name, and by a pattern.
    pub(super) fn allow(&self, image: &str) -> (bool, bool) {
        let short = image.trim_start_matches("docker.io/").trim_start_matches("library/");
        let whole =
            if short.contains(':') || short.contains('@') { short.to_owned() } else { format!("{short}:latest") };
        let fits = |pattern: &Pattern| [image, short, &whole].iter().any(|name| pattern.fits(name));
        let by_name = self.bases.iter().any(|pattern| [image, short, &whole].contains(&pattern.text.as_str()));
        (by_name, self.bases.is_empty() || self.bases.iter().any(fits))
    }

    pub(super) fn bases_shown(&self) -> String {
        let all: Vec<String> = self.bases.iter().map(|pattern| format!("`{}`", pattern.text)).collect();
        all.join(", ")
    }
}

/// What was not as it should be, and what would be right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Miss {
    pub(super) what: String,
    pub(super) earn: String,
    /// What was said or printed.
    pub(super) seen: String,
}

impl Miss {
    pub(super) fn new(what: impl Into<String>, earn: impl Into<String>) -> Self {
        Self { what: what.into(), earn: earn.into(), seen: String::new() }
    }

    /// With what was said, by those who know most about it.
    pub(super) fn seen(self, seen: impl Into<String>) -> Self {
        Self { seen: seen.into(), ..self }
    }
}

impl From<Miss> for Fault {
    fn from(miss: Miss) -> Self {
        let seen = Some(miss.seen).filter(|seen| !seen.is_empty());
        Fault { what: miss.what, earn_back: miss.earn, seen, ..Fault::default() }
    }
}

/// One check: it holds unless something was amiss.
pub(super) fn check(what: impl Into<String>, miss: Option<Miss>) -> Check {
    match miss {
        None => Check::holds(what),
        Some(miss) => Check::fails(what, miss.into()),
    }
}

/// One submission on an engine. What it has built is removed when this is dropped.
pub(super) struct Submission<'a> {
    pub(super) engine: &'a Engine,
    pub(super) terms: Terms,
    task: Task<'a>,
    /// What has been built so far: of most submissions one image.
    built: Vec<(Order, Result<Image<'a>, Miss>)>,
    /// What drawn values come from: the criterion itself, as the rubric has it.
    seed: String,
}

/// An image as the checks need it.
#[derive(Clone, Copy)]
pub(super) struct Shown<'i> {
    pub(super) tag: &'i str,
    pub(super) facts: &'i Facts,
}

impl Bench for Submission<'_> {
    fn try_one(&mut self, kind: &EngineKind) -> Result<Outcome, Trouble> {
        self.seed = format!("{kind:?}");
        self.attempt(kind).map_err(|error| {
            let hopeless = matches!(
                error,
                EngineError::NotInstalled(_)
                    | EngineError::CannotDo { .. }
                    | EngineError::ImageMissing { .. }
                    | EngineError::Unreachable { .. }
                    | EngineError::Cancelled
            );
            Trouble { why: told(&error), again: !hopeless }
        })
    }
}

impl<'a> Submission<'a> {
    fn attempt(&mut self, kind: &EngineKind) -> Result<Outcome, EngineError> {
        let order = match kind {
            EngineKind::Build(wish) => Order { target: wish.target.clone(), args: wish.args.clone(), ..self.order() },
            _ => self.order(),
        };
        if let EngineKind::Compose(wish) = kind {
            (self.task.progress)("compose");
            return Ok(Outcome::Checks(compose::hold(self, self.task.folder, wish)?));
        }
        let place = self.build(order)?;
        if !matches!(kind, EngineKind::Build(_)) {
            (self.task.progress)(kind.as_str());
        }
        let image = match &self.built[place].1 {
            Ok(image) => Shown { tag: &image.tag, facts: &image.facts },
            Err(miss) if matches!(kind, EngineKind::Build(_)) => {
                return Ok(Outcome::Checks(vec![check("the image builds", Some(miss.clone()))]));
            }
            Err(_) => return Ok(Outcome::NoImage),
        };
        Ok(Outcome::Checks(match kind {
            EngineKind::Build(_) | EngineKind::Compose(_) => vec![Check::holds("the image builds")],
            EngineKind::Scale(scale) => return measured(image.facts, scale),
            EngineKind::Run(wishes) => {
                wishes.iter().map(|wish| run::hold(self, &image, wish)).collect::<Result<_, _>>()?
            }
            EngineKind::Http(wishes) => {
                wishes.iter().map(|wish| http::hold(self, &image, wish)).collect::<Result<_, _>>()?
            }
            EngineKind::Files(wish) => files::hold(self, &image, wish)?,
            EngineKind::Inspect(wish) => inspect::checks(image.facts, wish),
            EngineKind::Signal(wish) => vec![signal::hold(self, &image, wish)?],
        }))
    }

    fn order(&self) -> Order {
        // A submission without a Dockerfile has the place where one should be.
        let dockerfile = self.task.dockerfile.map_or_else(|| PathBuf::from("Dockerfile"), PathBuf::from);
        Order {
            root: self.task.folder.to_path_buf(),
            context: self.task.context.to_path_buf(),
            dockerfile: self.task.folder.join(dockerfile),
            ..Order::default()
        }
    }

    /// Builds what has not been built yet; its place.
    fn build(&mut self, order: Order) -> Result<usize, EngineError> {
        if let Some(place) = self.built.iter().position(|(known, _)| *known == order) {
            return Ok(place);
        }
        (self.task.progress)("build");
        let built = build(self.engine, &self.terms, &order)?;
        self.built.push((order, built));
        Ok(self.built.len() - 1)
    }

    pub(super) fn draw(&self, try_number: usize) -> Draw {
        Draw::new(&self.seed, try_number)
    }

    /// As many draws as tries: several only where something is drawn.
    pub(super) fn draws<'t>(&self, texts: impl IntoIterator<Item = &'t String>) -> Vec<Draw> {
        let tries = if texts.into_iter().any(|text| has_places(text)) { TRIES } else { 1 };
        (0..tries).map(|number| self.draw(number)).collect()
    }

    pub(super) fn start(&self, image: &Shown<'_>, start: &Start, draw: &Draw) -> Run {
        let spec = RunSpec {
            args: Some(start.args.iter().map(|arg| draw.fill(arg)).collect()),
            entrypoint: start.entrypoint.as_ref().map(|entrypoint| draw.fill(entrypoint)),
            env: start.env.iter().map(|(name, value)| (name.clone(), draw.fill(value))).collect(),
            stdin: start.stdin.as_ref().map(|text| draw.fill(text).into_bytes()),
            user: start.user.clone(),
            cap_add: start.cap_add.clone(),
            read_only: Some(start.read_only),
            ..RunSpec::default()
        };
        spec.merge(self.terms.spec.clone()).run(image.tag, image.facts)
    }

    /// Runs it; why it cannot start where that is its own fault.
    pub(super) fn ran(&self, run: Run) -> Result<Result<Ran, String>, EngineError> {
        self.theirs(self.engine.run(run))
    }

    /// Engines tell in the same way that they are in trouble and that an image names no user that it has.
    pub(super) fn theirs(&self, ran: Result<Ran, EngineError>) -> Result<Result<Ran, String>, EngineError> {
        let words = [
            "unable to find user", "unable to find group", "no matching entries in passwd",
            "no matching entries in group", "executable file", "exec format error", "no command specified",
            "no command or entrypoint", "must be an absolute path", "not a directory", "cannot chdir", "chdir to cwd",
            "permission denied", "no such file or directory",
        ];
        match ran {
            Ok(ran) => Ok(Ok(ran)),
            Err(EngineError::Other { said, .. }) if words.iter().any(|word| said.to_lowercase().contains(word)) => {
                Ok(Err(tail(&said)))
            }
            Err(error) => Err(error),
        }
    }
}

/// The number that a scale is about.
fn measured(facts: &Facts, scale: &Scale) -> Result<Outcome, EngineError> {
    if scale.size.is_empty() {
        return Ok(Outcome::Measured(facts.layers as u64));
    }
    let untold =
        || EngineError::Other { what: "the engine does not tell the size of images".to_owned(), said: String::new() };
    facts.size.map(Outcome::Measured).ok_or_else(untold)
}

/// Engine trouble in a sentence, without what differs each time.
fn told(error: &EngineError) -> String {
    match error {
        EngineError::Other { what, said } if !said.is_empty() => format!("{}: {}", plain(what), tail(said)),
        EngineError::Unreachable { said } => format!("{error}: {said}"),
        error => plain(&error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn which_images() {
        let bases =
            ["python:*-slim*", "debian:trixie-slim", "busybox"].map(|text| Pattern::parse(text).expect("it is one"));
        let terms = Terms::of(&EngineRules { base_images: bases.to_vec(), ..EngineRules::default() });
        assert_eq!(terms.allow("python:3.99-slim"), (false, true));
        assert_eq!(terms.allow("docker.io/library/debian:trixie-slim"), (true, true));
        assert_eq!((terms.allow("python"), terms.allow("busybox:latest")), ((false, false), (false, false)));
        assert_eq!(terms.allow("busybox"), (true, true));
    }
}
