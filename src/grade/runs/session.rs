//! One submission on an engine: the images that it builds and the containers that it runs.

use std::path::PathBuf;

use crate::engine::{Engine, EngineError, Facts, Image, Ran, Run};
use crate::grade::rubric::expectation::ContainerStart;
use crate::grade::runs::build::{BuildRequest, build};
use crate::grade::runs::policy::EnginePolicy;
use crate::grade::runs::random_values::{RandomValues, TRIES, has_placeholder};
use crate::grade::runs::scrub::tail;
use crate::grade::runs::{Failure, RunTask};
use crate::verify::RunSpec;

/// One submission on an engine. Dropping it removes the images that it built.
pub(super) struct EngineSession<'a> {
    pub(super) engine: &'a Engine,
    pub(super) policy: EnginePolicy,
    pub(super) task: RunTask<'a>,
    /// Builds so far; usually one.
    pub(super) built: Vec<(BuildRequest, Result<Image<'a>, Failure>)>,
    /// The seed of random values: the criterion as in the rubric.
    pub(super) seed: String,
}

/// An image for the checks.
#[derive(Clone, Copy)]
pub(super) struct BuiltImage<'i> {
    pub(super) tag: &'i str,
    pub(super) facts: &'i Facts,
}

impl<'a> EngineSession<'a> {
    pub(super) fn new(engine: &'a Engine, task: RunTask<'a>) -> Self {
        Self { engine, policy: EnginePolicy::of(task.rules), task, built: Vec::new(), seed: String::new() }
    }

    /// The request for the submission's whole image.
    pub(super) fn build_request(&self) -> BuildRequest {
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
    pub(super) fn build(&mut self, request: BuildRequest) -> Result<usize, EngineError> {
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
