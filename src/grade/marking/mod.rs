//! One submission and a rubric → a sheet.

mod checks;
mod page;
mod praise;
mod require;
mod rules;

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use super::Points;
use super::rubric::{Criterion, EngineKind, Kind, Rubric, StaticKind, Version};
use super::sheet::{Graded, Mark, Sheet, Status, VERSION};
use super::submissions::{Content, Located, Most, Submission, locate};
use crate::context::{Context, Contexts};
use crate::grade::runs::{Bench, Lab, Outcome, Task, Trouble};
use crate::lint;
use crate::lint::suppress;
use crate::model::Model;
use crate::syntax::{self, Args, Dockerfile};
use crate::text::Source;
use crate::text::hash::hash;
use checks::{blank, lost};
use rules::Findings;

/// The largest Dockerfile that is graded.
const MOST_TEXT: u64 = 4 << 20;

/// How submissions are graded.
pub struct Grader<'a> {
    pub rubric: &'a Rubric,
    /// `None`: criteria that need an engine are left out, and so are their points.
    pub lab: Option<&'a dyn Lab>,
    pub most: Most,
    /// Told what is being done.
    pub progress: &'a (dyn Fn(&str) + Sync),
}

/// A Dockerfile, read.
struct Reading {
    source: Source,
    file: Dockerfile,
}

impl Grader<'_> {
    /// The criteria that count.
    pub fn criteria(&self) -> impl Iterator<Item = &Criterion> {
        self.rubric.criteria.iter().filter(|criterion| self.lab.is_some() || matches!(criterion.kind, Kind::Static(_)))
    }

    /// Grades one. Whatever goes wrong is in the sheet.
    pub fn grade(&self, submission: &Submission) -> Sheet {
        let graded = catch_unwind(AssertUnwindSafe(|| self.try_to_grade(submission)));
        graded.unwrap_or_else(|_| {
            self.not_graded(submission, "grading it failed by a mistake of plimsoll's: please report it")
        })
    }

    /// Tells whether a submission is what it was when a sheet was made; `None` when it cannot be opened.
    pub fn digest(&self, submission: &Submission) -> Option<String> {
        if matches!(submission.content, Content::Missing) {
            return Some(String::new());
        }
        let opened = submission.open(self.most).ok()?;
        let located = locate(&opened.folder, &self.rubric.submission);
        let reading = located.dockerfile.as_ref().and_then(|path| read(&located.folder.join(path), path).ok());
        Some(digest(&located, reading.as_ref()))
    }

    fn try_to_grade(&self, submission: &Submission) -> Sheet {
        if matches!(submission.content, Content::Missing) {
            let marks = self.criteria().map(|criterion| lost(criterion, "nothing was handed in")).collect();
            return self.sheet(submission, marks, None, Vec::new(), String::new());
        }
        let opened = match submission.open(self.most) {
            Ok(opened) => opened,
            Err(why) => return self.not_graded(submission, &why),
        };
        let located = locate(&opened.folder, &self.rubric.submission);
        let mut notes = located.notes.clone();
        let reading = match &located.dockerfile {
            None => Err(located.missing.clone().unwrap_or_else(|| "there is no Dockerfile".to_owned())),
            Some(path) => read(&located.folder.join(path), path),
        };
        let contexts = Contexts::new();
        let path = located.dockerfile.clone().unwrap_or_default();
        let context = reading.as_ref().ok().map(|reading| context(&contexts, &located, &path, reading));
        let folder = context.as_ref().and_then(|context| context.root()).unwrap_or(&located.folder).to_path_buf();
        let digest = digest(&located, reading.as_ref().ok());
        let mut marks: Vec<Option<Mark>> = Vec::new();
        match (&reading, &context) {
            (Ok(reading), Some(context)) => {
                let model = Model::build(&reading.source, &reading.file, &self.rubric.lint.build_args, Some(context));
                notes.extend(self.mutes(&model));
                let found = lint::check_all(&model, &self.rubric.lint.lint, None);
                let findings = Findings::new(&reading.source, &path, found, &reading.file.errors);
                marks.extend(
                    self.criteria()
                        .map(|criterion| self.static_mark(criterion, &located, Some((&model, &findings)), "")),
                );
            }
            (Err(why), _) => {
                marks.extend(self.criteria().map(|criterion| self.static_mark(criterion, &located, None, why)))
            }
            _ => {}
        }
        let marks = self.engine_marks(&located, &folder, marks);
        self.sheet(submission, marks, located.dockerfile.clone(), notes, digest)
    }

    /// `None` for what an engine decides.
    fn static_mark(
        &self,
        criterion: &Criterion,
        located: &Located,
        read: Option<(&Model<'_>, &Findings<'_>)>,
        missing: &str,
    ) -> Option<Mark> {
        let Kind::Static(kind) = &criterion.kind else { return None };
        let path = located.dockerfile.as_deref().unwrap_or_default();
        let read = read.filter(|(model, _)| !model.stages.is_empty());
        let missing = if missing.is_empty() { "the Dockerfile has no `FROM`" } else { missing };
        Some(match (kind, read) {
            (StaticKind::Rules(wish), Some((model, findings))) => {
                let mut mark = findings.mark(criterion, wish);
                if mark.status == Status::Met {
                    mark.praise = praise::of(wish, model);
                }
                mark
            }
            (StaticKind::Rules(_), None) => lost(criterion, missing),
            (StaticKind::Require(wanted), read) => {
                if read.is_none() && require::needs_dockerfile(wanted) {
                    return Some(lost(criterion, missing));
                }
                let mut found = require::of_files(wanted, located);
                if let Some((model, _)) = read {
                    found.extend(require::of_dockerfile(wanted, model, path));
                }
                checks::mark(criterion, found)
            }
        })
    }

    /// Fills in what an engine decides, in the rubric's order, and skips what needs something that is not met.
    fn engine_marks(&self, located: &Located, context: &Path, marks: Vec<Option<Mark>>) -> Vec<Mark> {
        let bench = RefCell::new(None);
        let mut done: Vec<Mark> = Vec::new();
        for (criterion, mark) in self.criteria().zip(marks) {
            if let Some(why) = self.unmet(criterion, &done) {
                done.push(blank(criterion, why));
                continue;
            }
            let mark = match (&criterion.kind, mark) {
                (_, Some(mark)) => mark,
                (Kind::Engine(kind), None) => self.engine_mark(criterion, kind, located, context, &bench),
                (Kind::Static(_), None) => {
                    blank(criterion, Status::NotGraded { why: "it was not looked at".to_owned() })
                }
            };
            done.push(mark);
        }
        done
    }

    /// What a criterion needs that is not met. What is left out is not needed.
    fn unmet(&self, criterion: &Criterion, done: &[Mark]) -> Option<Status> {
        let needed = criterion.needs.iter().filter_map(|need| done.iter().find(|mark| mark.id == *need));
        let mut needed = needed.filter(|mark| mark.status != Status::Met);
        let first = needed.next()?;
        Some(match &first.status {
            Status::NotGraded { why } => Status::NotGraded { why: why.clone() },
            _ => Status::Skipped { needs: first.id.clone() },
        })
    }

    fn engine_mark<'s>(
        &'s self,
        criterion: &Criterion,
        kind: &EngineKind,
        located: &'s Located,
        context: &'s Path,
        bench: &RefCell<Option<Box<dyn Bench + 's>>>,
    ) -> Mark {
        if located.dockerfile.is_none() && !matches!(kind, EngineKind::Compose(_)) {
            return match kind {
                EngineKind::Build(_) => lost(criterion, located.missing.as_deref().unwrap_or("there is no Dockerfile")),
                _ => blank(criterion, Status::Skipped { needs: "there is an image".to_owned() }),
            };
        }
        let attempt = || -> Result<Outcome, Trouble> {
            let mut bench = bench.borrow_mut();
            let bench = match &mut *bench {
                Some(bench) => bench,
                none => none.insert(self.open(located, context)?),
            };
            bench.try_one(kind)
        };
        let outcome = match attempt() {
            Err(trouble) if trouble.again => {
                // From a clean start.
                *bench.borrow_mut() = None;
                attempt()
            }
            first => first,
        };
        match (outcome, kind) {
            (Ok(Outcome::Checks(found)), _) => checks::mark(criterion, found),
            (Ok(Outcome::Measured(measured)), EngineKind::Scale(scale)) => checks::scaled(criterion, scale, measured),
            (Ok(Outcome::Measured(_)), _) => {
                blank(criterion, Status::NotGraded { why: "nothing was to be measured".to_owned() })
            }
            (Ok(Outcome::NoImage), _) => blank(criterion, Status::Skipped { needs: "the image builds".to_owned() }),
            (Err(trouble), _) => blank(criterion, Status::NotGraded { why: trouble.why }),
        }
    }

    fn open<'s>(&'s self, located: &'s Located, context: &'s Path) -> Result<Box<dyn Bench + 's>, Trouble> {
        let lab = self.lab.ok_or_else(|| Trouble { why: "there is no engine".to_owned(), again: false })?;
        lab.open(Task {
            folder: &located.folder,
            context,
            dockerfile: located.dockerfile.as_deref().map(Path::new),
            rules: &self.rubric.engine,
            progress: self.progress,
        })
    }

    /// What in the file would have muted rules, for the teacher.
    fn mutes(&self, model: &Model<'_>) -> Vec<String> {
        let mut notes = Vec::new();
        let comments = suppress::count(model);
        if comments > 0 {
            let have = if comments == 1 {
                "one comment that would mute rules has"
            } else {
                "comments that would mute rules have"
            };
            notes.push(format!("{have} no effect"));
        }
        if model.file.has_foreign_frontend() {
            notes.push("`# syntax=` names a frontend that is not Docker's own".to_owned());
        }
        if model.file.is_template(model.source.text()) {
            notes.push("the Dockerfile looks like a template that is still to be filled in".to_owned());
        }
        notes
    }

    fn not_graded(&self, submission: &Submission, why: &str) -> Sheet {
        let status = || Status::NotGraded { why: why.to_owned() };
        let marks = self.criteria().map(|criterion| blank(criterion, status())).collect();
        let mut sheet = self.sheet(submission, marks, None, Vec::new(), String::new());
        sheet.status = Graded::NotGraded { why: why.to_owned() };
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
        // Per cent of what can be had.
        let part = |percent: Points| max.share((percent.as_f64() * 1000.0).round().max(0.0) as u64, 100_000);
        let late = part(rubric.late.per_day).times(submission.late_days as usize);
        let penalty = rubric.late.most.map_or(late, |most| late.min(part(most))).max(Points::ZERO);
        let total = (sum(false) + bonus).max(Points::ZERO);
        let penalty = penalty.min(total);
        let total = (total - penalty).rounded(rubric.round);
        let trouble = marks.iter().find_map(|mark| match &mark.status {
            Status::NotGraded { why } => Some(why.clone()),
            _ => None,
        });
        let status = trouble.map_or(Graded::Graded, |why| Graded::NotGraded { why });
        let passed = rubric.pass.filter(|_| status == Graded::Graded).map(|pass| total >= part(pass));
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
            plimsoll: Version::own().to_string(),
        }
    }
}

/// Reads a Dockerfile that a listing has named. The error is a sentence.
fn read(path: &Path, name: &str) -> Result<Reading, String> {
    let meta = path.symlink_metadata().map_err(|_| format!("`{name}` cannot be read"))?;
    if !meta.is_file() {
        return Err(format!("`{name}` is not a regular file"));
    }
    if meta.len() > MOST_TEXT {
        return Err(format!("`{name}` is larger than {} MiB, which no Dockerfile is", MOST_TEXT >> 20));
    }
    let bytes = std::fs::read(path).map_err(|_| format!("`{name}` cannot be read"))?;
    let source = Source::new(name, bytes);
    let file = syntax::parse(source.text());
    Ok(Reading { source, file })
}

/// The build context: the Dockerfile's folder, or one above it in the submission that has more of what it copies.
fn context(contexts: &Contexts, located: &Located, path: &str, reading: &Reading) -> Context {
    let copies = reading.file.instructions().filter(|instruction| instruction.flag("from").is_none());
    let sources = copies.flat_map(|instruction| match &instruction.args {
        Args::Copy(copy) => &copy.sources[..],
        _ => &[],
    });
    let sources: Vec<&str> = sources.map(|word| word.text.as_str()).collect();
    let place: PathBuf = located.folder.join(path);
    contexts.find_within(&place, &sources, &located.folder)
}

/// How much of a submission's files is read to tell whether they have changed, and of one of them.
const MOST_COMPARED: u64 = 1 << 20;
const MOST_OF_ONE: u64 = 64 << 10;

/// Tells whether a submission is still what it was: by the names and sizes of its files, and by what small ones hold.
fn digest(located: &Located, reading: Option<&Reading>) -> String {
    let mut parts: Vec<u8> = located.within.clone().into_bytes();
    let mut left = MOST_COMPARED;
    for item in &located.listing.items {
        parts.extend(format!("\0{}\0{}\0", item.path, item.size).into_bytes());
        let small = !item.is_folder && !item.is_link && item.size <= MOST_OF_ONE.min(left);
        if small && let Ok(bytes) = std::fs::read(located.folder.join(&item.path)) {
            left = left.saturating_sub(item.size);
            let hash = hash(&[&bytes]);
            parts.extend(hash.to_le_bytes());
        }
    }
    let bytes = reading.map(|reading| reading.source.bytes()).unwrap_or_default();
    format!("{:016x}", hash(&[&parts, bytes]))
}
