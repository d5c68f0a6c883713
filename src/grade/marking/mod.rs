//! Grades one submission by a rubric: gives a sheet.
//!
//! ```text
//! Submission ─ analysis (reads) ─► Analysis ─┐
//!            └ engine (builds, runs) ─► Evaluation ─┴─ checks, rules ─► Mark ─► totals ─► Sheet
//! ```
//!
//! What is found does not depend on points and is kept as evidence; what it is worth is computed each time.

mod allowed_bases;
pub mod analysis;
mod checks;
mod dockerfile;
mod engine;
mod explain;
mod instruction_lines;
mod own_files;
mod praise;
mod requirements;
mod rule_page;
mod rules;
mod start;
mod symptoms;

use std::cell::OnceCell;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::Points;
use super::evidence::EvidenceStore;
use super::rubric::{Criterion, CriterionKind, Rubric, RubricVersion, StaticKind};
use super::sheet::{Mark, MarkStatus, Sheet, SheetStatus, VERSION};
use super::submissions::{ArchiveLimits, Submission, SubmissionContent};
use super::totals::settle;
use super::workers::Workers;
use crate::grade::runs::Runner;
use checks::{lost_mark, mark_with};
use analysis::{Analysis, OpenAssignment, analyse};

/// Grades submissions.
pub struct Grader<'a> {
    pub rubric: &'a Rubric,
    /// `None`: criteria that need an engine do not count, and neither do their points.
    pub runner: Option<&'a dyn Runner>,
    pub limits: ArchiveLimits,
    /// Where evidence is kept; `None`: nowhere.
    pub evidence: Option<&'a EvidenceStore>,
    /// The processes that analyse submissions; `None`: this one does.
    pub workers: Option<&'a Workers>,
    /// Called with what is being done.
    pub progress: &'a (dyn Fn(&str) + Sync),
}

/// A submission that is opened when it is first needed.
struct LazyAssignment<'a> {
    grader: &'a Grader<'a>,
    submission: &'a Submission,
    digest: String,
    open: OnceCell<Result<OpenAssignment, String>>,
}

impl LazyAssignment<'_> {
    fn get(&self) -> Result<&OpenAssignment, String> {
        let open = || Ok(OpenAssignment::of(self.submission.open(self.grader.limits)?, self.grader.rubric));
        self.open.get_or_init(open).as_ref().map_err(Clone::clone)
    }
}

impl Grader<'_> {
    /// The criteria that count.
    pub fn criteria(&self) -> impl Iterator<Item = &Criterion> {
        self.rubric
            .criteria
            .iter()
            .filter(|criterion| self.runner.is_some() || matches!(criterion.kind, CriterionKind::Static(_)))
    }

    /// The criteria that count for a variant of the assignment.
    fn criteria_of(&self, variant: Option<&str>) -> impl Iterator<Item = &Criterion> {
        let variant = variant.or(self.rubric.first_variant()).map(str::to_owned);
        self.criteria().filter(move |criterion| criterion.is_of(variant.as_deref()))
    }

    /// Grades one submission. Errors end up in the sheet.
    pub fn grade(&self, submission: &Submission) -> Sheet {
        let graded = catch_unwind(AssertUnwindSafe(|| self.try_to_grade(submission)));
        graded.unwrap_or_else(|_| {
            self.not_graded(submission, "internal error while grading this submission; please report it")
        })
    }

    fn try_to_grade(&self, submission: &Submission) -> Sheet {
        if matches!(submission.content, SubmissionContent::Missing) {
            let marks = self.criteria_of(None).map(|criterion| lost_mark(criterion, "nothing was submitted", "submit the assignment")).collect();
            let mut sheet = self.sheet(submission, marks, Analysis::default(), String::new());
            sheet.status = SheetStatus::Missing;
            settle(&mut sheet, self.rubric);
            return sheet;
        }
        let digest = match submission.digest(self.limits) {
            Ok(digest) => digest,
            Err(error) => return self.not_graded(submission, &format!("the submission cannot be read: {error}")),
        };
        if let Some(evidence) = self.evidence {
            evidence.owned(&submission.student.id, &digest);
        }
        let lazy = LazyAssignment { grader: self, submission, digest, open: OnceCell::new() };
        let facts = match self.facts(&lazy) {
            Ok(facts) => facts,
            Err(why) => return self.not_graded(submission, &why),
        };
        let (mut marks, image) = engine::marks(self, &lazy, &facts);
        allowed_bases::keep_to(self.rubric, &mut marks);
        let digest = lazy.digest.clone();
        let mut sheet = self.sheet(submission, marks, facts, digest);
        sheet.image = image;
        sheet
    }

    /// What is found by reading the submission, from evidence if there is some.
    fn facts(&self, lazy: &LazyAssignment<'_>) -> Result<Analysis, String> {
        let question = analysis::question(self.rubric);
        if let Some(known) = self.evidence.and_then(|evidence| evidence.get(&lazy.digest, &question)) {
            return Ok(known);
        }
        let open = lazy.get()?;
        let mut facts = match self.workers {
            Some(workers) => workers.analyse(&open.opened.directory)?,
            None => analyse(self.rubric, &open.opened.directory)?,
        };
        facts.notes.extend(open.opened.archives.iter().map(|path| format!("`{path}` was unpacked")));
        if let Some(evidence) = self.evidence {
            evidence.put(&lazy.digest, &question, &facts);
        }
        Ok(facts)
    }

    /// `None` for a criterion that needs an engine.
    fn static_mark(&self, criterion: &Criterion, facts: &Analysis, done: &[Mark]) -> Option<Mark> {
        let CriterionKind::Static(kind) = &criterion.kind else { return None };
        let question = analysis::criterion_question(criterion)?;
        Some(match (kind, &facts.missing) {
            (StaticKind::Rules(_), Some(missing)) => lost_mark(criterion, missing, &facts.what_to_submit()),
            (StaticKind::Requirements(wanted), Some(missing)) if requirements::needs_dockerfile(wanted) => {
                lost_mark(criterion, missing, &facts.what_to_write(wanted.not_root == Some(true), wanted.exec_form == Some(true)))
            }
            (StaticKind::Rules(deductions), None) => {
                let mut mark = rules::mark(criterion, deductions, &facts.findings, done);
                if mark.losses.is_empty() {
                    mark.praise = facts.praise.get(&question).cloned().unwrap_or_default();
                }
                mark
            }
            (StaticKind::Requirements(_), _) => checks::mark(criterion, facts.checks.get(&question)?.clone()),
        })
    }

    fn not_graded(&self, submission: &Submission, why: &str) -> Sheet {
        let status = || MarkStatus::NotGraded { why: why.to_owned() };
        let marks: Vec<Mark> = self.criteria_of(None).map(|criterion| mark_with(criterion, status())).collect();
        self.sheet(submission, marks, Analysis::default(), String::new())
    }

    fn sheet(&self, submission: &Submission, marks: Vec<Mark>, facts: Analysis, digest: String) -> Sheet {
        let rubric = self.rubric;
        let is_left_out = |criterion: &&Criterion| self.runner.is_none() && matches!(criterion.kind, CriterionKind::Engine(_));
        let omitted = rubric.criteria.iter().filter(is_left_out).map(|criterion| criterion.title.clone());
        let mut flags = facts.flags;
        flags.extend(engine::flags(&marks));
        let mut sheet = Sheet {
            version: VERSION,
            student: submission.student.clone(),
            submission: submission.name.clone(),
            dockerfile: facts.dockerfile,
            status: SheetStatus::Graded,
            marks,
            total: Points::ZERO,
            max: Points::ZERO,
            bonus: Points::ZERO,
            penalty: Points::ZERO,
            curve: Points::ZERO,
            late_days: submission.late_days,
            passed: None,
            notes: facts.notes,
            flags,
            omitted: omitted.collect(),
            comment: None,
            set_total: None,
            text: facts.text,
            compose: facts.compose,
            image: None,
            variant: facts.variant,
            lang: rubric.lang,
            rubric: rubric.fingerprint.clone(),
            digest,
            plimsoll: RubricVersion::own().to_string(),
            details: None,
        };
        settle(&mut sheet, rubric);
        translate(&mut sheet);
        sheet
    }
}

/// Says everything in the language of the sheet, as far as it is known.
fn translate(sheet: &mut Sheet) {
    let lang = sheet.lang;
    if lang.is_english() {
        return;
    }
    for mark in &mut sheet.marks {
        mark.praise.iter_mut().for_each(|text| *text = lang.sentence(text));
        for loss in &mut mark.losses {
            loss.what = lang.sentence(&loss.what);
            loss.earn_back = lang.sentence(&loss.earn_back);
            if let Some(reason) = rule_page::rule_of(&loss.why).and_then(|rule| lang.reason(rule)) {
                loss.why = reason.to_owned();
            }
        }
    }
}

/// The fingerprints of a submission's code, if there is evidence of it.
pub fn prints(rubric: &Rubric, evidence: &EvidenceStore, sheet: &Sheet) -> Option<Vec<u64>> {
    evidence.get::<Analysis>(&sheet.digest, &analysis::question(rubric)).map(|facts| facts.prints)
}
