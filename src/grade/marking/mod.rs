//! Grades one submission by a rubric: gives a sheet.

mod checks;
mod praise;
mod requirements;
mod rule_page;
mod rules;

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use super::Points;
use super::rubric::{Criterion, CriterionKind, EngineKind, Rubric, RubricVersion, StaticKind};
use super::sheet::{Mark, MarkStatus, Sheet, SheetStatus, VERSION};
use super::submissions::{ArchiveLimits, AssignmentDir, Submission, SubmissionContent, locate};
use crate::context::{Context, Contexts};
use crate::grade::runs::{Evaluation, RunTask, Runner, Session, Unavailable};
use crate::lint;
use crate::model::Model;
use crate::syntax::{self, Args, Dockerfile};
use crate::text::Source;
use crate::text::hash::hash;
use checks::{lost_mark, mark_with};
use rules::Findings;

/// The largest Dockerfile that is graded.
const MAX_DOCKERFILE: u64 = 4 << 20;

/// Grades submissions.
pub struct Grader<'a> {
    pub rubric: &'a Rubric,
    /// `None`: criteria that need an engine do not count, and neither do their points.
    pub runner: Option<&'a dyn Runner>,
    pub limits: ArchiveLimits,
    /// Called with what is being done.
    pub progress: &'a (dyn Fn(&str) + Sync),
}

/// A submission's Dockerfile.
struct SubmittedDockerfile {
    source: Source,
    file: Dockerfile,
}

impl Grader<'_> {
    /// The criteria that count.
    pub fn criteria(&self) -> impl Iterator<Item = &Criterion> {
        self.rubric
            .criteria
            .iter()
            .filter(|criterion| self.runner.is_some() || matches!(criterion.kind, CriterionKind::Static(_)))
    }

    /// Grades one submission. Errors end up in the sheet.
    pub fn grade(&self, submission: &Submission) -> Sheet {
        let graded = catch_unwind(AssertUnwindSafe(|| self.try_to_grade(submission)));
        graded.unwrap_or_else(|_| {
            self.not_graded(submission, "internal error while grading this submission; please report it")
        })
    }

    /// A digest of the submission, to tell whether it has changed since a sheet was made; `None` if it cannot be opened.
    pub fn digest(&self, submission: &Submission) -> Option<String> {
        if matches!(submission.content, SubmissionContent::Missing) {
            return Some(String::new());
        }
        let opened = submission.open(self.limits).ok()?;
        let assignment = locate(&opened.directory, &self.rubric.submission);
        let dockerfile =
            assignment.dockerfile.as_ref().and_then(|path| read(&assignment.directory.join(path), path).ok());
        Some(digest(&assignment, dockerfile.as_ref()))
    }

    fn try_to_grade(&self, submission: &Submission) -> Sheet {
        if matches!(submission.content, SubmissionContent::Missing) {
            let marks = self.criteria().map(|criterion| lost_mark(criterion, "nothing was submitted")).collect();
            return self.sheet(submission, marks, None, Vec::new(), String::new());
        }
        let opened = match submission.open(self.limits) {
            Ok(opened) => opened,
            Err(why) => return self.not_graded(submission, &why),
        };
        let assignment = locate(&opened.directory, &self.rubric.submission);
        let mut notes = assignment.notes.clone();
        let dockerfile = match &assignment.dockerfile {
            None => Err(assignment.missing_reason.clone().unwrap_or_else(|| "no Dockerfile found".to_owned())),
            Some(path) => read(&assignment.directory.join(path), path),
        };
        let contexts = Contexts::new();
        let path = assignment.dockerfile.clone().unwrap_or_default();
        let context = dockerfile.as_ref().ok().map(|dockerfile| context(&contexts, &assignment, &path, dockerfile));
        let directory =
            context.as_ref().and_then(|context| context.root()).unwrap_or(&assignment.directory).to_path_buf();
        let digest = digest(&assignment, dockerfile.as_ref().ok());
        let mut marks: Vec<Option<Mark>> = Vec::new();
        match (&dockerfile, &context) {
            (Ok(dockerfile), Some(context)) => {
                let model =
                    Model::build(&dockerfile.source, &dockerfile.file, &self.rubric.lint.build_args, Some(context));
                notes.extend(self.mutes(&model));
                let found = lint::check_all(&model, &self.rubric.lint.lint, None);
                let findings = Findings::new(&dockerfile.source, &path, found, &dockerfile.file.errors);
                marks.extend(
                    self.criteria()
                        .map(|criterion| self.static_mark(criterion, &assignment, Some((&model, &findings)), "")),
                );
            }
            (Err(why), _) => {
                marks.extend(self.criteria().map(|criterion| self.static_mark(criterion, &assignment, None, why)))
            }
            _ => {}
        }
        let marks = self.engine_marks(&assignment, &directory, marks);
        self.sheet(submission, marks, assignment.dockerfile.clone(), notes, digest)
    }

    /// `None` for a criterion that needs an engine.
    fn static_mark(
        &self,
        criterion: &Criterion,
        assignment: &AssignmentDir,
        read: Option<(&Model<'_>, &Findings<'_>)>,
        missing: &str,
    ) -> Option<Mark> {
        let CriterionKind::Static(kind) = &criterion.kind else { return None };
        let path = assignment.dockerfile.as_deref().unwrap_or_default();
        let read = read.filter(|(model, _)| !model.stages.is_empty());
        let missing = if missing.is_empty() { "the Dockerfile has no `FROM`" } else { missing };
        Some(match (kind, read) {
            (StaticKind::Rules(expectation), Some((model, findings))) => {
                let mut mark = findings.mark(criterion, expectation);
                if mark.status == MarkStatus::Met {
                    mark.praise = praise::of(expectation, model);
                }
                mark
            }
            (StaticKind::Rules(_), None) => lost_mark(criterion, missing),
            (StaticKind::Requirements(wanted), read) => {
                if read.is_none() && requirements::needs_dockerfile(wanted) {
                    return Some(lost_mark(criterion, missing));
                }
                let mut found = requirements::of_files(wanted, assignment);
                if let Some((model, _)) = read {
                    found.extend(requirements::of_dockerfile(wanted, model, path));
                }
                checks::mark(criterion, found)
            }
        })
    }

    /// Evaluates the criteria that need an engine, in the rubric's order, and skips those whose requirements are not met.
    fn engine_marks(&self, assignment: &AssignmentDir, context: &Path, marks: Vec<Option<Mark>>) -> Vec<Mark> {
        let session = RefCell::new(None);
        let mut done: Vec<Mark> = Vec::new();
        for (criterion, mark) in self.criteria().zip(marks) {
            if let Some(why) = self.unmet(criterion, &done) {
                done.push(mark_with(criterion, why));
                continue;
            }
            let mark = match (&criterion.kind, mark) {
                (_, Some(mark)) => mark,
                (CriterionKind::Engine(kind), None) => self.engine_mark(criterion, kind, assignment, context, &session),
                (CriterionKind::Static(_), None) => {
                    mark_with(criterion, MarkStatus::NotGraded { why: "not evaluated".to_owned() })
                }
            };
            done.push(mark);
        }
        done
    }

    /// The status of a criterion that needs another one that is not met. Criteria that do not count are not needed.
    fn unmet(&self, criterion: &Criterion, done: &[Mark]) -> Option<MarkStatus> {
        let needed = criterion.needs.iter().filter_map(|need| done.iter().find(|mark| mark.id == *need));
        let mut needed = needed.filter(|mark| mark.status != MarkStatus::Met);
        let first = needed.next()?;
        Some(match &first.status {
            MarkStatus::NotGraded { why } => MarkStatus::NotGraded { why: why.clone() },
            _ => MarkStatus::Skipped { needs: first.id.clone() },
        })
    }

    fn engine_mark<'s>(
        &'s self,
        criterion: &Criterion,
        kind: &EngineKind,
        assignment: &'s AssignmentDir,
        context: &'s Path,
        session: &RefCell<Option<Box<dyn Session + 's>>>,
    ) -> Mark {
        if assignment.dockerfile.is_none() && !matches!(kind, EngineKind::Compose(_)) {
            return match kind {
                EngineKind::Build(_) => {
                    lost_mark(criterion, assignment.missing_reason.as_deref().unwrap_or("no Dockerfile found"))
                }
                _ => mark_with(criterion, MarkStatus::Skipped { needs: "an image".to_owned() }),
            };
        }
        let attempt = || -> Result<Evaluation, Unavailable> {
            let mut session = session.borrow_mut();
            let session = match &mut *session {
                Some(session) => session,
                none => none.insert(self.open(assignment, context)?),
            };
            session.evaluate(kind)
        };
        let outcome = match attempt() {
            Err(error) if error.retry => {
                // Retry in a new session.
                *session.borrow_mut() = None;
                attempt()
            }
            first => first,
        };
        match (outcome, kind) {
            (Ok(Evaluation::Checks(found)), _) => checks::mark(criterion, found),
            (Ok(Evaluation::Measured(measured)), EngineKind::Scale(scale)) => {
                checks::scaled(criterion, scale, measured)
            }
            (Ok(Evaluation::Measured(_)), _) => {
                mark_with(criterion, MarkStatus::NotGraded { why: "nothing to measure".to_owned() })
            }
            (Ok(Evaluation::NoImage), _) => {
                mark_with(criterion, MarkStatus::Skipped { needs: "a successful build".to_owned() })
            }
            (Err(error), _) => mark_with(criterion, MarkStatus::NotGraded { why: error.reason }),
        }
    }

    fn open<'s>(
        &'s self,
        assignment: &'s AssignmentDir,
        context: &'s Path,
    ) -> Result<Box<dyn Session + 's>, Unavailable> {
        let runner =
            self.runner.ok_or_else(|| Unavailable { reason: "no engine available".to_owned(), retry: false })?;
        runner.open(RunTask {
            directory: &assignment.directory,
            context,
            dockerfile: assignment.dockerfile.as_deref().map(Path::new),
            rules: &self.rubric.engine,
            progress: self.progress,
        })
    }

    /// Notes for the teacher about what would have muted rules.
    fn mutes(&self, model: &Model<'_>) -> Vec<String> {
        let mut notes = Vec::new();
        let comments = lint::count_ignore_comments(model);
        if comments > 0 {
            notes.push(match comments {
                1 => "1 comment that would mute rules was ignored".to_owned(),
                _ => format!("{comments} comments that would mute rules were ignored"),
            });
        }
        if model.file.has_foreign_frontend() {
            notes.push("`# syntax=` names a third-party frontend".to_owned());
        }
        if model.file.is_template(model.source.text()) {
            notes.push("the Dockerfile looks like an unfilled template".to_owned());
        }
        notes
    }

    fn not_graded(&self, submission: &Submission, why: &str) -> Sheet {
        let status = || MarkStatus::NotGraded { why: why.to_owned() };
        let marks = self.criteria().map(|criterion| mark_with(criterion, status())).collect();
        let mut sheet = self.sheet(submission, marks, None, Vec::new(), String::new());
        sheet.status = SheetStatus::NotGraded { why: why.to_owned() };
        sheet.passed = None;
        sheet
    }

    fn sheet(
        &self,
        submission: &Submission,
        marks: Vec<Mark>,
        dockerfile: Option<String>,
        notes: Vec<String>,
        digest: String,
    ) -> Sheet {
        let rubric = self.rubric;
        let sum = |bonus: bool| marks.iter().filter(|mark| mark.bonus == bonus).map(|mark| mark.points).sum::<Points>();
        let max: Points = self.criteria().filter(|criterion| !criterion.bonus).map(|criterion| criterion.points).sum();
        let bonus = sum(true);
        // A percentage of the maximum.
        let percentage = |percent: Points| max.share((percent.as_f64() * 1000.0).round().max(0.0) as u64, 100_000);
        let late = percentage(rubric.late.per_day).times(submission.late_days as usize);
        let penalty = rubric.late.max.map_or(late, |max| late.min(percentage(max))).max(Points::ZERO);
        let total = (sum(false) + bonus).max(Points::ZERO);
        let penalty = penalty.min(total);
        let total = (total - penalty).rounded(rubric.round);
        let not_graded = marks.iter().find_map(|mark| match &mark.status {
            MarkStatus::NotGraded { why } => Some(why.clone()),
            _ => None,
        });
        let status = not_graded.map_or(SheetStatus::Graded, |why| SheetStatus::NotGraded { why });
        let passed = rubric.pass.filter(|_| status == SheetStatus::Graded).map(|pass| total >= percentage(pass));
        Sheet {
            version: VERSION,
            student: submission.student.clone(),
            submission: submission.name.clone(),
            dockerfile,
            status,
            marks,
            total,
            max,
            bonus,
            penalty,
            late_days: submission.late_days,
            passed,
            notes,
            rubric: rubric.fingerprint.clone(),
            digest,
            plimsoll: RubricVersion::own().to_string(),
        }
    }
}

/// Reads a Dockerfile from a listing.
///
/// # Errors
/// A sentence.
fn read(path: &Path, name: &str) -> Result<SubmittedDockerfile, String> {
    let meta = path.symlink_metadata().map_err(|_| format!("`{name}` cannot be read"))?;
    if !meta.is_file() {
        return Err(format!("`{name}` is not a regular file"));
    }
    if meta.len() > MAX_DOCKERFILE {
        return Err(format!("`{name}` is larger than {} MiB, not read", MAX_DOCKERFILE >> 20));
    }
    let bytes = std::fs::read(path).map_err(|_| format!("`{name}` cannot be read"))?;
    let source = Source::new(name, bytes);
    let file = syntax::parse(source.text());
    Ok(SubmittedDockerfile { source, file })
}

/// The build context: the Dockerfile's directory, or a parent within the submission that has more of the files it copies.
fn context(contexts: &Contexts, assignment: &AssignmentDir, path: &str, dockerfile: &SubmittedDockerfile) -> Context {
    let copies = dockerfile.file.instructions().filter(|instruction| instruction.flag("from").is_none());
    let sources = copies.flat_map(|instruction| match &instruction.args {
        Args::Copy(copy) => &copy.sources[..],
        _ => &[],
    });
    let sources: Vec<&str> = sources.map(|word| word.text.as_str()).collect();
    let path: PathBuf = assignment.directory.join(path);
    contexts.find_within(&path, &sources, &assignment.directory)
}

/// How many bytes of a submission's files the digest covers.
const MAX_DIGESTED: u64 = 1 << 20;
/// The largest file whose content the digest covers, in bytes.
const MAX_DIGESTED_FILE: u64 = 64 << 10;

/// A digest of the names and sizes of a submission's files and of the content of small ones.
fn digest(assignment: &AssignmentDir, dockerfile: Option<&SubmittedDockerfile>) -> String {
    let mut parts: Vec<u8> = assignment.within.clone().into_bytes();
    let mut left = MAX_DIGESTED;
    for entry in &assignment.listing.entries {
        parts.extend(format!("\0{}\0{}\0", entry.path, entry.size).into_bytes());
        let small = !entry.is_dir && !entry.is_link && entry.size <= MAX_DIGESTED_FILE.min(left);
        if small && let Ok(bytes) = std::fs::read(assignment.directory.join(&entry.path)) {
            left = left.saturating_sub(entry.size);
            let hash = hash(&[&bytes]);
            parts.extend(hash.to_le_bytes());
        }
    }
    let bytes = dockerfile.map(|dockerfile| dockerfile.source.bytes()).unwrap_or_default();
    format!("{:016x}", hash(&[&parts, bytes]))
}
