//! Evaluates criteria on a real engine.
//!
//! Errors of a submission are a [`Failure`](super::Failure) with the engine's output as evidence; errors of the engine are
//! [`Unavailable`]. No text contains a time, a process id or a generated name.

use std::sync::OnceLock;

use crate::engine::{Engine, EngineError, Facts, Kind};
use crate::grade::rubric::expectation::{EngineKind, Scale};
use crate::grade::runs::build::BuildRequest;
use crate::grade::runs::scrub::{printable, tail};
use crate::grade::runs::session::{BuiltImage, EngineSession};
use crate::grade::runs::{CheckResult, Evaluation, Failure, ImageSize, RunTask, Runner, Session, Unavailable};
use crate::grade::runs::{compose, files, http, inspect, run, signal, weigh};
use crate::grade::sheet::ImageFigures;

/// Evaluates submissions with an engine, which is opened when it is first needed: what there is evidence of needs none.
pub struct EngineRunner {
    kind: Kind,
    engine: OnceLock<Result<Engine, EngineError>>,
}

impl EngineRunner {
    pub fn of(kind: Kind) -> Self {
        Self { kind, engine: OnceLock::new() }
    }

    /// Opens the engine, unless it is open.
    ///
    /// # Errors
    /// When it does not respond.
    pub fn engine(&self) -> Result<&Engine, &EngineError> {
        self.engine.get_or_init(|| Engine::open(self.kind)).as_ref()
    }

    /// Why the engine could not be opened, if it was needed.
    pub fn failure(&self) -> Option<&EngineError> {
        self.engine.get()?.as_ref().err()
    }
}

impl Runner for EngineRunner {
    fn name(&self) -> String {
        format!("{:?}", self.kind)
    }

    fn open<'a>(&'a self, task: RunTask<'a>) -> Result<Box<dyn Session + 'a>, Unavailable> {
        let engine = self.engine().map_err(|error| Unavailable { reason: error_text(error), retry: false })?;
        Ok(Box::new(EngineSession::new(engine, task)))
    }
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

    fn figures(&self) -> Option<ImageFigures> {
        let own = self.build_request();
        let built = self.built.iter().find(|(request, _)| *request == own)?;
        built.1.as_ref().ok().map(|image| Self::figures_of(&image.facts))
    }
}

/// Sizes are rounded to this: the last bytes differ from build to build.
const SIZE_STEP: u64 = 100_000;

impl EngineSession<'_> {
    fn figures_of(facts: &Facts) -> ImageFigures {
        let user = if facts.user.is_empty() { "root" } else { facts.user.as_str() };
        ImageFigures {
            size: facts.size.map(|size| (size + SIZE_STEP / 2) / SIZE_STEP * SIZE_STEP),
            layers: facts.layers as u64,
            user: printable(user),
        }
    }

    /// What a scale measures.
    fn measured(&self, image: &BuiltImage<'_>, scale: &Scale) -> Result<Evaluation, EngineError> {
        if scale.size.is_empty() {
            return Ok(Evaluation::Measured(image.facts.layers as u64));
        }
        let unknown =
            || EngineError::Other { what: "the engine does not report image sizes".to_owned(), said: String::new() };
        let bytes = image.facts.size.ok_or_else(unknown)?;
        let is_small = scale.size.iter().map(|step| step.max.0).min().is_some_and(|most| bytes <= most);
        let largest = (!is_small).then(|| self.engine.largest_layer(image.tag)).flatten();
        Ok(Evaluation::Sized(ImageSize { bytes, largest: largest.map(|(bytes, step)| (bytes, printable(&step))) }))
    }

    fn try_evaluate(&mut self, kind: &EngineKind) -> Result<Evaluation, EngineError> {
        let request = match kind {
            EngineKind::Build(expectation) => BuildRequest {
                target: expectation.target.clone(),
                args: expectation.args.clone().into_iter().collect(),
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
        if let Some(failure) = nothing_to_start(image.facts).filter(|_| is_about_contents(kind)) {
            return Ok(Evaluation::Checks(vec![CheckResult::of("the image has a program to start", Some(failure))]));
        }
        Ok(Evaluation::Checks(match kind {
            EngineKind::Build(_) | EngineKind::Compose(_) => vec![CheckResult::passed("the image builds")],
            EngineKind::Scale(scale) => return self.measured(&image, scale),
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
            EngineKind::Weigh(expectation) => weigh::evaluate(self, &self.built[index].0, &image, expectation)?,
            EngineKind::Signal(expectation) => vec![signal::evaluate(self, &image, expectation)?],
        }))
    }
}

/// Whether an image without any program would pass.
fn is_about_contents(kind: &EngineKind) -> bool {
    matches!(kind, EngineKind::Scale(_) | EngineKind::Files(_))
}

/// Why an image cannot do anything: being small, and free of compilers, is then no merit.
fn nothing_to_start(facts: &Facts) -> Option<Failure> {
    let is_empty = facts.layers == 0 || facts.size == Some(0);
    let starts = !facts.entrypoint.is_empty() || !facts.cmd.is_empty();
    (is_empty || !starts).then(|| {
        Failure::new("the image has no program to start", "copy the program into the image, and set `CMD` or `ENTRYPOINT`")
    })
}

/// An engine error as a sentence, without details that differ between runs.
fn error_text(error: &EngineError) -> String {
    match error {
        EngineError::Other { what, said } if !said.is_empty() => format!("{}: {}", printable(what), tail(said)),
        EngineError::Unreachable { said } => format!("{error}: {said}"),
        error => printable(&error.to_string()),
    }
}
