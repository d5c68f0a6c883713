//! Evaluates submissions on a real engine.
//!
//! Errors of a submission are a [`Failure`] with the engine's output as evidence; errors of the engine are [`Unavailable`]. No
//! text contains a time, a process id or a generated name.

use std::path::PathBuf;

use crate::engine::{Engine, EngineError, Facts, Image, Ran, Run};
use crate::grade::rubric::EngineRules;
use crate::grade::rubric::expectation::{ContainerStart, EngineKind, Scale};
use crate::grade::rubric::values::TextPattern;
use crate::grade::runs::build::{BuildRequest, build};
use crate::grade::runs::random_values::{RandomValues, TRIES, has_placeholder};
use crate::grade::runs::scrub::{printable, tail};
use crate::grade::runs::{CheckResult, Evaluation, Failure, RunTask, Runner, Session, Unavailable};
use crate::grade::runs::{compose, files, http, inspect, run, signal};
use crate::verify::RunSpec;

/// Evaluates submissions with an engine.
pub struct EngineRunner {
    pub engine: Engine,
}

impl Runner for EngineRunner {
    fn open<'a>(&'a self, task: RunTask<'a>) -> Result<Box<dyn Session + 'a>, Unavailable> {
        let policy = EnginePolicy::of(task.rules);
        Ok(Box::new(EngineSession { engine: &self.engine, policy, task, built: Vec::new(), seed: String::new() }))
    }
}

/// What submissions may do on an engine, from the rubric.
#[derive(Clone, Debug)]
pub(super) struct EnginePolicy {
    /// How images are built and run.
    pub(super) spec: RunSpec,
    /// The allowed base images; empty: any.
    pub(super) base_images: Vec<TextPattern>,
}

impl EnginePolicy {
    fn of(rules: &EngineRules) -> Self {
        Self { spec: rules.spec(), base_images: rules.base_images.clone() }
    }

    /// Whether an image is allowed by its exact name, and whether by any pattern.
    pub(super) fn allow(&self, image: &str) -> (bool, bool) {
        let short = image.trim_start_matches("docker.io/").trim_start_matches("library/");
        let whole =
            if short.contains(':') || short.contains('@') { short.to_owned() } else { format!("{short}:latest") };
        let fits = |pattern: &TextPattern| [image, short, &whole].iter().any(|name| pattern.fits(name));
        let by_name = self.base_images.iter().any(|pattern| [image, short, &whole].contains(&pattern.text.as_str()));
        (by_name, self.base_images.is_empty() || self.base_images.iter().any(fits))
    }

    /// The allowed base images, as a list.
    pub(super) fn allowed_images(&self) -> String {
        let all: Vec<String> = self.base_images.iter().map(|pattern| format!("`{}`", pattern.text)).collect();
        all.join(", ")
    }
}

/// One submission on an engine. Dropping it removes the images that it built.
pub(super) struct EngineSession<'a> {
    pub(super) engine: &'a Engine,
    pub(super) policy: EnginePolicy,
    task: RunTask<'a>,
    /// Builds so far; usually one.
    built: Vec<(BuildRequest, Result<Image<'a>, Failure>)>,
    /// The seed of random values: the criterion as in the rubric.
    seed: String,
}

/// An image for the checks.
#[derive(Clone, Copy)]
pub(super) struct BuiltImage<'i> {
    pub(super) tag: &'i str,
    pub(super) facts: &'i Facts,
}

impl Session for EngineSession<'_> {
    fn evaluate(&mut self, kind: &EngineKind) -> Result<Evaluation, Unavailable> {
        self.seed = format!("{kind:?}");
        self.try_evaluate(kind).map_err(|error| {
            let is_final = matches!(
                error,
                EngineError::NotInstalled(_)
                    | EngineError::CannotDo { .. }
                    | EngineError::ImageMissing { .. }
                    | EngineError::Unreachable { .. }
                    | EngineError::Cancelled
            );
            Unavailable { reason: error_text(&error), retry: !is_final }
        })
    }
}

impl<'a> EngineSession<'a> {
    fn try_evaluate(&mut self, kind: &EngineKind) -> Result<Evaluation, EngineError> {
        let request = match kind {
            EngineKind::Build(expectation) => BuildRequest {
                target: expectation.target.clone(),
                args: expectation.args.clone(),
                ..self.build_request()
            },
            _ => self.build_request(),
        };
        if let EngineKind::Compose(expectation) = kind {
            (self.task.progress)("compose");
            return Ok(Evaluation::Checks(compose::evaluate(self, self.task.directory, expectation)?));
        }
        let index = self.build(request)?;
        if !matches!(kind, EngineKind::Build(_)) {
            (self.task.progress)(kind.as_str());
        }
        let image = match &self.built[index].1 {
            Ok(image) => BuiltImage { tag: &image.tag, facts: &image.facts },
            Err(failure) if matches!(kind, EngineKind::Build(_)) => {
                return Ok(Evaluation::Checks(vec![CheckResult::of("the image builds", Some(failure.clone()))]));
            }
            Err(_) => return Ok(Evaluation::NoImage),
        };
        Ok(Evaluation::Checks(match kind {
            EngineKind::Build(_) | EngineKind::Compose(_) => vec![CheckResult::passed("the image builds")],
            EngineKind::Scale(scale) => return measured(image.facts, scale),
            EngineKind::Run(expectations) => expectations
                .iter()
                .map(|expectation| run::evaluate(self, &image, expectation))
                .collect::<Result<_, _>>()?,
            EngineKind::Http(expectations) => expectations
                .iter()
                .map(|expectation| http::evaluate(self, &image, expectation))
                .collect::<Result<_, _>>()?,
            EngineKind::Files(expectation) => files::evaluate(self, &image, expectation)?,
            EngineKind::Inspect(expectation) => inspect::checks(image.facts, expectation),
            EngineKind::Signal(expectation) => vec![signal::evaluate(self, &image, expectation)?],
        }))
    }

    fn build_request(&self) -> BuildRequest {
        // Without a Dockerfile, the build reports the path where one should be.
        let dockerfile = self.task.dockerfile.map_or_else(|| PathBuf::from("Dockerfile"), PathBuf::from);
        BuildRequest {
            root: self.task.directory.to_path_buf(),
            context: self.task.context.to_path_buf(),
            dockerfile: self.task.directory.join(dockerfile),
            ..BuildRequest::default()
        }
    }

    /// Builds the image unless it has been built; returns its index in `built`.
    fn build(&mut self, request: BuildRequest) -> Result<usize, EngineError> {
        if let Some(index) = self.built.iter().position(|(known, _)| *known == request) {
            return Ok(index);
        }
        (self.task.progress)("build");
        let built = build(self.engine, &self.policy, &request)?;
        self.built.push((request, built));
        Ok(self.built.len() - 1)
    }

    pub(super) fn random_values(&self, try_number: usize) -> RandomValues {
        RandomValues::new(&self.seed, try_number)
    }

    /// The random values of each try; one try suffices if no text has a placeholder.
    pub(super) fn value_sets<'t>(&self, texts: impl IntoIterator<Item = &'t String>) -> Vec<RandomValues> {
        let tries = if texts.into_iter().any(|text| has_placeholder(text)) { TRIES } else { 1 };
        (0..tries).map(|number| self.random_values(number)).collect()
    }

    pub(super) fn start(&self, image: &BuiltImage<'_>, start: &ContainerStart, values: &RandomValues) -> Run {
        let spec = RunSpec {
            args: Some(start.args.iter().map(|arg| values.fill(arg)).collect()),
            entrypoint: start.entrypoint.as_ref().map(|entrypoint| values.fill(entrypoint)),
            env: start.env.iter().map(|(name, value)| (name.clone(), values.fill(value))).collect(),
            stdin: start.stdin.as_ref().map(|text| values.fill(text).into_bytes()),
            user: start.user.clone(),
            cap_add: start.cap_add.clone(),
            read_only: Some(start.read_only),
            ..RunSpec::default()
        };
        spec.merge(self.policy.spec.clone()).run(image.tag, image.facts)
    }

    /// Runs a container. The inner error is why it cannot start, if that is the submission's fault.
    pub(super) fn ran(&self, run: Run) -> Result<Result<Ran, String>, EngineError> {
        self.own_errors(self.engine.run(run))
    }

    /// Separates errors that are the submission's fault, such as an unknown user, from those of the engine.
    pub(super) fn own_errors(&self, ran: Result<Ran, EngineError>) -> Result<Result<Ran, String>, EngineError> {
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

/// The number that a scale measures.
fn measured(facts: &Facts, scale: &Scale) -> Result<Evaluation, EngineError> {
    if scale.size.is_empty() {
        return Ok(Evaluation::Measured(facts.layers as u64));
    }
    let unknown =
        || EngineError::Other { what: "the engine does not report image sizes".to_owned(), said: String::new() };
    facts.size.map(Evaluation::Measured).ok_or_else(unknown)
}

/// An engine error as a sentence, without details that differ between runs.
fn error_text(error: &EngineError) -> String {
    match error {
        EngineError::Other { what, said } if !said.is_empty() => format!("{}: {}", printable(what), tail(said)),
        EngineError::Unreachable { said } => format!("{error}: {said}"),
        error => printable(&error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn which_images() {
        let bases = ["python:*-slim*", "debian:trixie-slim", "busybox"]
            .map(|text| TextPattern::parse(text).expect("it is one"));
        let policy = EnginePolicy::of(&EngineRules { base_images: bases.to_vec(), ..EngineRules::default() });
        assert_eq!(policy.allow("python:3.99-slim"), (false, true));
        assert_eq!(policy.allow("docker.io/library/debian:trixie-slim"), (true, true));
        assert_eq!((policy.allow("python"), policy.allow("busybox:latest")), ((false, false), (false, false)));
        assert_eq!(policy.allow("busybox"), (true, true));
    }
}
