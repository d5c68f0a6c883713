//! One file before and after its fixes: which of them can be kept, and what they change.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::engine::{Engine, EngineChoice, EngineError};
use crate::finding::{Diagnostic, NewFile, Safety};
use crate::lint::fix_loop::Fixed;
use crate::text::{Problem, Source};
use crate::verify::compare::weight_rows;
use crate::verify::report::Verification;
use crate::verify::{
    Comparison, FixGroup, FixOutcome, ImageReport, Lint, Project, Reference, RunSpec, SearchError, Trial, behaviour,
    compare, diff, identity, profile, search, trusted_frontend,
};

/// How long trying the fixes of one file may take unless the spec says otherwise: each try may take as long as a build.
const MAX_TIME: Duration = Duration::from_secs(3600);

/// How the reason begins why a fix was not tried.
const NOT_TRIED: &str = "not tried";

/// What is verified.
pub struct Subject<'a> {
    /// What reports call it.
    pub name: &'a str,
    pub dockerfile: &'a Path,
    pub source: &'a Source,
    /// The build context.
    pub root: &'a Path,
    /// Unsafe fixes are tried even if the original is not seen doing its job, so that trying them verifies nothing.
    pub unproved: bool,
    pub spec: &'a RunSpec,
    /// Told what is being done.
    pub progress: &'a dyn Fn(&str),
}

/// Findings and the number of syntax errors, in a file beside which these others are to be written.
pub type TryLint<'a> = dyn FnMut(&Source, &[NewFile]) -> Result<(Vec<Diagnostic>, usize), String> + 'a;

/// The engines of a run.
pub struct Verifier {
    builder: Engine,
    /// `None`: the builder.
    runtime: Option<Engine>,
    choice: EngineChoice,
}

impl Verifier {
    /// Opens the engines that a spec asks for.
    ///
    /// # Errors
    /// When one does not answer, or cannot do its part.
    pub fn open(spec: &RunSpec, progress: &dyn Fn(&str)) -> Result<Self, Problem> {
        progress("looking for an engine");
        let choice = spec.engine.unwrap_or_default();
        let problem = |error: EngineError| error.problem();
        let builder = choice.open().map_err(problem)?;
        if builder.driver().build.is_none() {
            return Err(EngineError::CannotDo { kind: builder.kind(), what: "build images" }
                .problem()
                .help(format!("build with another engine: `--engine docker --run-on {}`", builder.kind())));
        }
        let other = spec.run_on.filter(|kind| *kind != builder.kind());
        let runtime = other.map(Engine::open).transpose().map_err(problem)?;
        if let Some(runtime) = runtime.as_ref().filter(|runtime| !runtime.driver().runs()) {
            return Err(EngineError::CannotDo { kind: runtime.kind(), what: "run images" }.problem());
        }
        progress(&format!("using {} {}", builder.kind(), builder.version));
        Ok(Self { builder, runtime, choice })
    }

    /// Whether these engines are the ones that a spec asks for.
    pub fn serves(&self, spec: &RunSpec) -> bool {
        spec.engine.unwrap_or_default() == self.choice
    }

    /// What builds, and brings projects up.
    pub(super) fn builder(&self) -> &Engine {
        &self.builder
    }

    fn name(&self) -> String {
        let builder = format!("{} {}", self.builder.kind(), self.builder.version);
        match &self.runtime {
            Some(runtime) => format!("{builder}, run on {} {}", runtime.kind(), runtime.version),
            None => builder,
        }
    }

    /// Builds and runs a file before its fixes, and finds the largest set of them with which it still does its job.
    ///
    /// # Errors
    /// When the engine cannot do its work, or the build context cannot be copied.
    pub fn verify(&self, subject: &Subject<'_>, lint: &mut TryLint<'_>) -> Result<(Verification, Fixed), Problem> {
        let Subject { name, dockerfile, source, root, unproved, spec, progress } = *subject;
        let about = |problem: Problem| Problem { message: format!("{name}: {}", problem.message), ..problem };
        trusted_frontend(name, source, spec)?;
        progress(&format!("copying the build context of {name}"));
        let project = Project::copy(root, dockerfile, spec.context_limits()).map_err(about)?;
        let tell = |what: &str| progress(&format!("{name}: {what}"));
        let runtime = self.runtime.as_ref().unwrap_or(&self.builder);
        let trial = Trial { builder: &self.builder, runtime, project: &project, spec, progress: &tell };
        let failed = |error: EngineError| about(error.problem());
        let before = trial.first(source, &profile::environments(root, dockerfile)).map_err(failed)?;
        let why_unproved = match &before.side {
            side if !side.built => Some("the file does not build even without fixes".to_owned()),
            side => side.run.as_ref().and_then(|run| behaviour::job(run, spec).err()),
        };
        let allowed = if why_unproved.is_none() || unproved { Safety::Unsafe } else { Safety::Safe };
        let candidates = Candidates {
            trial,
            source,
            before,
            varies: Cell::new(None),
            sides: RefCell::default(),
            hopeless: Cell::new(false),
            until: Instant::now() + spec.timeout.map_or(MAX_TIME, |time| time.0),
        };
        let mut lint_error = None;
        let is_seen = candidates.before.side.run.is_some() && why_unproved.is_none();
        let mut lint = |source: &Source, new: &[NewFile]| {
            let (mut found, errors) = lint(source, new).unwrap_or_else(|error| {
                lint_error = Some(error);
                (Vec::new(), 0)
            });
            // What is not known before the image runs is known here.
            for fix in found.iter_mut().filter_map(|found| found.fix.as_mut()).filter(|fix| fix.when_verified && is_seen) {
                fix.safety = Safety::Unsafe;
            }
            (found, errors)
        };
        let unsafe_ones = if allowed == Safety::Safe { unsafe_fixes(source, &mut lint) } else { Vec::new() };
        let found = search(source, allowed, &mut lint, &mut |fixed| candidates.fault(fixed));
        if let Some(error) = lint_error {
            return Err(Problem::error(format!("{name}: {error}")));
        }
        let found = found.map_err(|error| match error {
            SearchError::Fix(error) => Problem::error(format!("{name}: {error}")),
            SearchError::Trial(error) => failed(error),
        })?;
        let untried = "not tried, since the original image was not seen doing its job";
        let outcomes = found.outcomes.into_iter().map(|(unit, outcome)| match outcome {
            FixOutcome::Rejected(why) if why.starts_with(NOT_TRIED) || candidates.hopeless.get() => {
                (unit, FixOutcome::NotTried(why))
            }
            outcome => (unit, outcome),
        });
        let not_tried = unsafe_ones.into_iter().map(|unit| {
            let why = why_unproved.as_deref().unwrap_or_default();
            (unit, FixOutcome::NotTried(format!("{untried} ({why}); `--unsafe-fixes` tries it anyway")))
        });
        let fixes = outcomes.chain(not_tried).collect();
        let (mut before, mut after) = (candidates.before.side.clone(), candidates.side(&found.fixed));
        let mut comparison = candidates.compare(&after).map_err(failed)?;
        if spec.weigh == Some(true) && before.built && after.built {
            before.weight = candidates.trial.weight_before(&candidates.before, source).map_err(failed)?;
            after.weight = match found.fixed.source.bytes() == source.bytes() {
                true => before.weight.clone(),
                false => {
                    candidates.trial.weight_after(&found.fixed.source, &found.fixed.new_files).map_err(failed)?
                }
            };
        }
        comparison.rows.extend(weight_rows(&before, &after));
        let verification = Verification {
            path: name.to_owned(),
            engine: self.name(),
            notes: project.notes.clone(),
            before,
            after,
            comparison,
            fixes,
            trials: found.trials,
            profile: candidates.before.profile.clone(),
            expects: spec.expects(),
            diff: diff(source, &found.fixed),
            texts: (source.text().to_owned(), found.fixed.source.text().to_owned()),
        };
        Ok((verification, found.fixed))
    }
}

/// The unsafe fixes of a file.
fn unsafe_fixes(source: &Source, lint: &mut Lint<'_>) -> Vec<FixGroup> {
    let mut found: Vec<FixGroup> = Vec::new();
    for finding in lint(source, &[]).0 {
        let Some(fix) = finding.fix.as_ref().filter(|fix| fix.safety == Safety::Unsafe) else { continue };
        let (rule, title) = (finding.rule.name, fix.title.clone().into_owned());
        if !found.iter().any(|unit| unit.rule == rule && unit.title == title) {
            let line = source.line_index(finding.span.start()) + 1;
            found.push(FixGroup { rule, title, safety: fix.safety, line, diff: String::new() });
        }
    }
    found
}

/// What has been tried of one file.
struct Candidates<'a> {
    trial: Trial<'a>,
    source: &'a Source,
    before: Reference<'a>,
    /// Whether the file before its fixes prints something else each time, once that is known.
    varies: Cell<Option<bool>>,
    sides: RefCell<HashMap<Vec<u8>, ImageReport>>,
    /// The file builds neither before nor after all of its fixes.
    hopeless: Cell<bool>,
    /// When there is no time left for another try.
    until: Instant,
}

impl Candidates<'_> {
    /// Why a file does not do what the one before did; `None` if it does.
    fn fault(&self, fixed: &Fixed) -> Result<Option<String>, EngineError> {
        if self.hopeless.get() {
            return Ok(Some("the file does not build even without fixes".to_owned()));
        }
        if Instant::now() >= self.until {
            return Ok(Some(format!("{NOT_TRIED}: the time limit was reached (`--timeout`)")));
        }
        let number = self.sides.borrow().len() + 1;
        let before = &self.before.side;
        let side = match self.trial.of(&fixed.source, &fixed.new_files, &format!("candidate {number}"), &self.before) {
            Ok(side) => side,
            // With another base the fault is the fix's.
            Err(error @ EngineError::ImageMissing { .. }) if before.built => return Ok(Some(error.to_string())),
            Err(error) => return Err(error),
        };
        // Then single fixes show nothing either.
        self.hopeless.set(!before.built && !side.built);
        let comparison = self.compare(&side)?;
        self.sides.borrow_mut().insert(identity(fixed), side);
        Ok(if comparison.holds() { None } else { comparison.fault() })
    }

    fn compare(&self, side: &ImageReport) -> Result<Comparison, EngineError> {
        let spec = self.trial.spec;
        let before = &self.before.side;
        let comparison = compare(before, side, spec, self.varies.get().unwrap_or(false));
        if comparison.holds() || self.varies.get().is_some() || !before.built {
            return Ok(comparison);
        }
        // It may print something else each time anyway.
        let again = self.trial.of(self.source, &[], "the original once more", &self.before)?;
        let any_output = RunSpec { expect_stdout: None, ..spec.clone() };
        let varies = !compare(before, &again, &any_output, false).same_output();
        self.varies.set(Some(varies));
        Ok(compare(before, side, spec, varies))
    }

    fn side(&self, fixed: &Fixed) -> ImageReport {
        self.sides.borrow().get(&identity(fixed)).unwrap_or(&self.before.side).clone()
    }
}
