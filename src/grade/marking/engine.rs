//! Marks of criteria that need an engine, in the rubric's order.

use std::cell::RefCell;
use std::path::{Path, PathBuf};

use super::analysis::{Analysis, OpenAssignment};
use super::checks::{self, lost_mark, mark_with};
use super::explain::{explain, explain_size};
use super::instruction_lines::InstructionLines;
use super::requirements::RUNS_AS;
use super::symptoms::CREATE_ACCOUNT;
use super::{Grader, LazyAssignment};
use crate::grade::rubric::{Criterion, CriterionKind, EngineKind, RubricVersion, StaticKind};
use crate::grade::runs::{Evaluation, Failure, HARD_CODED, NOT_AVAILABLE, RunTask, Session, Unavailable};
use crate::grade::sheet::{Flag, ImageFigures, Location, Mark, MarkStatus};

/// An opened submission with its build context, as the engine needs it.
struct Workspace<'s> {
    open: &'s OpenAssignment,
    context: PathBuf,
}

/// The marks of all criteria. Those that need another one that is not met are skipped.
///
/// Also returns the figures of the image that was built.
pub(super) fn marks(
    grader: &Grader<'_>,
    lazy: &LazyAssignment<'_>,
    facts: &Analysis,
) -> (Vec<Mark>, Option<ImageFigures>) {
    let workspace = std::cell::OnceCell::new();
    let session = RefCell::new(None);
    let mut done: Vec<Mark> = Vec::new();
    for criterion in grader.criteria_of(facts.variant.as_deref()) {
        let mark = match (unmet(criterion, &done), &criterion.kind) {
            (Some(why), _) => mark_with(criterion, why),
            (None, CriterionKind::Engine(kind)) => {
                let evaluate = || {
                    let workspace = workspace.get_or_init(|| {
                        lazy.get().map(|open| Workspace { open, context: open.context() })
                    });
                    match workspace {
                        Ok(workspace) => evaluated(grader, kind, workspace, &session),
                        Err(why) => Err(Unavailable { reason: why.clone(), retry: false }),
                    }
                };
                engine_mark(grader, criterion, kind, lazy, facts, lacks_image(&done), evaluate)
            }
            (None, CriterionKind::Static(_)) => grader.static_mark(criterion, facts, &done).unwrap_or_else(|| {
                mark_with(criterion, MarkStatus::NotGraded { why: "not evaluated".to_owned() })
            }),
        };
        done.push(mark);
    }
    miss_absent_account(grader, facts, &mut done);
    let image = figures(grader, lazy, &session);
    (done, image)
}

/// An account that the engine does not find in the image protects nothing: reading the Dockerfile alone could not tell.
fn miss_absent_account(grader: &Grader<'_>, facts: &Analysis, done: &mut [Mark]) {
    let seen = done.iter().flat_map(|mark| &mark.losses).filter_map(|loss| loss.seen.as_deref());
    let words = ["unable to find user", "no matching entries in passwd", "no such user", "can't find uid for user"];
    if !seen.map(str::to_lowercase).any(|seen| words.iter().any(|word| seen.contains(word))) {
        return;
    }
    for mark in done.iter_mut().filter(|mark| mark.status != MarkStatus::Missed) {
        let criterion = grader.rubric.criteria.iter().find(|criterion| criterion.id == mark.id);
        let Some(criterion) = criterion else { continue };
        let CriterionKind::Static(StaticKind::Requirements(wanted)) = &criterion.kind else { continue };
        let checks = facts.checks.get(&criterion.question).filter(|_| wanted.not_root == Some(true));
        let Some(mut checks) = checks.cloned() else { continue };
        for check in checks.iter_mut().filter(|check| check.failure.is_none() && check.what.starts_with(RUNS_AS)) {
            let what = check.what.replace(RUNS_AS, "the image has no account ");
            let line = facts.text.as_deref().and_then(|text| InstructionLines::of(text).user());
            let file = facts.dockerfile.clone().filter(|_| line.is_some());
            let name = check.what.replace(RUNS_AS, "").replace('`', "");
            let name = name.split(':').next().unwrap_or_default();
            let failure = Failure::new(what, CREATE_ACCOUNT.replace("$1", name));
            check.failure = Some(Failure { place: file.map(|file| Location { file, line, column: None }), ..failure });
        }
        *mark = checks::mark(criterion, checks);
    }
}

/// The figures of the image: from this session, or from evidence.
fn figures<'s>(
    grader: &Grader<'_>,
    lazy: &LazyAssignment<'_>,
    session: &RefCell<Option<Box<dyn Session + 's>>>,
) -> Option<ImageFigures> {
    let rubric = grader.rubric;
    let question = format!("figures {} {} {}", grader.runner?.name(), rubric.engine_text, rubric.submission_text);
    let built = session.borrow().as_ref().and_then(|session| session.figures());
    match (built, grader.evidence) {
        (Some(figures), Some(evidence)) => {
            evidence.put(&lazy.digest, &question, &figures);
            Some(figures)
        }
        (Some(figures), None) => Some(figures),
        (None, evidence) => evidence?.get(&lazy.digest, &question),
    }
}

/// The status of a criterion that needs another one that is not met. Criteria that do not count are not needed.
fn unmet(criterion: &Criterion, done: &[Mark]) -> Option<MarkStatus> {
    let needed = criterion.needs.iter().filter_map(|need| done.iter().find(|mark| mark.id == *need));
    let mut needed = needed.filter(|mark| mark.status != MarkStatus::Met);
    let first = needed.next()?;
    Some(match &first.status {
        MarkStatus::NotGraded { why } => MarkStatus::NotGraded { why: why.clone() },
        _ => MarkStatus::Skipped { needs: first.id.clone() },
    })
}

/// What evidence of an engine depends on, besides the submission.
fn question(grader: &Grader<'_>, criterion: &Criterion) -> String {
    let engine = grader.runner.map(|runner| runner.name()).unwrap_or_default();
    let (rubric, version) = (grader.rubric, RubricVersion::own());
    format!("{engine} {version} {} {} {}", criterion.question, rubric.engine_text, rubric.submission_text)
}

fn engine_mark(
    grader: &Grader<'_>,
    criterion: &Criterion,
    kind: &EngineKind,
    lazy: &LazyAssignment<'_>,
    facts: &Analysis,
    lacks_image: bool,
    evaluate: impl FnOnce() -> Result<Evaluation, Unavailable>,
) -> Mark {
    if facts.dockerfile.is_none() && !matches!(kind, EngineKind::Compose(_)) {
        return match kind {
            EngineKind::Build(_) => {
                lost_mark(criterion, facts.missing.as_deref().unwrap_or("no Dockerfile found"), &facts.what_to_submit())
            }
            _ => mark_with(criterion, MarkStatus::Skipped { needs: "an image".to_owned() }),
        };
    }
    let question = question(grader, criterion);
    let known = grader.evidence.and_then(|evidence| evidence.get::<Evaluation>(&lazy.digest, &question));
    let outcome = known.map_or_else(evaluate, Ok);
    if let (Ok(evaluation), Some(evidence)) = (&outcome, grader.evidence) {
        // The teacher may provide the image before the class is graded again.
        let is_final = match evaluation {
            Evaluation::Checks(checks) => !checks.iter().filter_map(|check| check.failure.as_ref()).any(is_not_available),
            Evaluation::NoImage => !lacks_image,
            Evaluation::Measured(_) | Evaluation::Sized(_) => true,
        };
        if is_final {
            evidence.put(&lazy.digest, &question, evaluation);
        }
    }
    match (outcome, kind) {
        (Ok(Evaluation::Checks(mut found)), _) => {
            let runs = matches!(kind, EngineKind::Run(_) | EngineKind::Http(_) | EngineKind::Signal(_));
            explain(&mut found, facts, runs);
            checks::mark(criterion, found)
        }
        (Ok(Evaluation::Measured(measured)), EngineKind::Scale(scale)) => checks::scaled(criterion, scale, measured),
        (Ok(Evaluation::Sized(size)), EngineKind::Scale(scale)) => {
            let mut mark = checks::scaled(criterion, scale, size.bytes);
            mark.losses.iter_mut().for_each(|loss| explain_size(loss, &size, facts, criterion.hint.is_some()));
            mark
        }
        (Ok(Evaluation::Measured(_) | Evaluation::Sized(_)), _) => {
            mark_with(criterion, MarkStatus::NotGraded { why: "nothing to measure".to_owned() })
        }
        (Ok(Evaluation::NoImage), _) => {
            mark_with(criterion, MarkStatus::Skipped { needs: "a successful build".to_owned() })
        }
        (Err(error), _) => mark_with(criterion, MarkStatus::NotGraded { why: error.reason }),
    }
}

fn is_not_available(failure: &Failure) -> bool {
    failure.what.contains(NOT_AVAILABLE)
}

/// Whether the build failed because a base image is not on this machine.
fn lacks_image(marks: &[Mark]) -> bool {
    marks.iter().flat_map(|mark| &mark.losses).any(|loss| loss.what.contains(NOT_AVAILABLE))
}

/// Evaluates a criterion; retries once in a new session.
fn evaluated<'s>(
    grader: &'s Grader<'_>,
    kind: &EngineKind,
    workspace: &'s Workspace<'_>,
    session: &RefCell<Option<Box<dyn Session + 's>>>,
) -> Result<Evaluation, Unavailable> {
    let attempt = || -> Result<Evaluation, Unavailable> {
        let mut session = session.borrow_mut();
        let session = match &mut *session {
            Some(session) => session,
            none => none.insert(open(grader, workspace)?),
        };
        session.evaluate(kind)
    };
    match attempt() {
        Err(error) if error.retry => {
            *session.borrow_mut() = None;
            attempt()
        }
        first => first,
    }
}

fn open<'s>(grader: &'s Grader<'_>, workspace: &'s Workspace<'_>) -> Result<Box<dyn Session + 's>, Unavailable> {
    let runner = grader.runner.ok_or_else(|| Unavailable { reason: "no engine available".to_owned(), retry: false })?;
    let assignment = &workspace.open.assignment;
    runner.open(RunTask {
        directory: &assignment.directory,
        context: &workspace.context,
        dockerfile: assignment.dockerfile.as_deref().map(Path::new),
        rules: &grader.rubric.engine,
        progress: grader.progress,
    })
}

/// What the engine's criteria show that a teacher should look at.
pub(super) fn flags(marks: &[Mark]) -> Vec<Flag> {
    let mut flags = Vec::new();
    if lacks_image(marks) {
        flags.push(Flag::AbsentImage);
    }
    let mut texts = marks.iter().flat_map(|mark| &mark.losses).map(|loss| loss.what.as_str());
    if texts.any(|text| text.contains(HARD_CODED)) {
        flags.push(Flag::HardCoded);
    }
    flags
}
