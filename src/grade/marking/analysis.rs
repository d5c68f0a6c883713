//! What is found in a submission by reading it, apart from what it is worth: this is kept as evidence. Everything that reads
//! what a student wrote is here, so that it can be done by another process: see [`crate::grade::workers`].

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::instruction_lines::InstructionLines;
use super::dockerfile::{self, SubmittedDockerfile};
use super::rules::{FoundRule, found_rules};
use super::checks;
use super::own_files::OwnFiles;
use super::start::StartInstructions;
use super::{praise, requirements};
use crate::context::{Context, Contexts};
use crate::finding::{Entry, Level};
use crate::grade::rubric::{Criterion, CriterionKind, Rubric, RubricVersion, StaticKind, Variant};
use crate::grade::runs::CheckResult;
use crate::grade::sheet::{Flag, ShownFile};
use crate::grade::similarity;
use crate::grade::submissions::{AssignmentDir, SubmissionDir, locate};
use crate::lint;
use crate::model::Model;
use crate::syntax::{Args, Instruction, Keyword};
use crate::text::steps;

/// The longest Dockerfile that a page shows, in bytes.
const MAX_SHOWN: usize = 64 << 10;

/// What is found by reading a submission.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Analysis {
    /// Relative to the submission.
    pub(super) dockerfile: Option<String>,
    /// Why there is no Dockerfile to grade.
    pub(super) missing: Option<String>,
    pub(super) notes: Vec<String>,
    pub(super) flags: BTreeSet<Flag>,
    pub(super) text: Option<String>,
    pub(super) compose: Option<ShownFile>,
    pub(super) findings: Vec<FoundRule>,
    /// Which variant of the assignment it is.
    pub(super) variant: Option<String>,
    /// What would make a build or a container fail, whatever the rubric counts.
    pub(super) explanations: Vec<FoundRule>,
    pub(super) start: StartInstructions,
    pub(super) own: OwnFiles,
    /// By the question of the criterion.
    pub(super) praise: BTreeMap<String, Vec<String>>,
    pub(super) checks: BTreeMap<String, Vec<CheckResult>>,
    /// Fingerprints of the code, for the comparison with other submissions.
    pub(super) prints: Vec<u64>,
}

impl Analysis {
    /// Whether nothing is in the final image.
    pub(super) fn is_empty_image(&self) -> bool {
        self.missing.as_deref().is_some_and(|missing| missing.starts_with(EMPTY_IMAGE))
    }

    /// Whether the Dockerfile has a `USER`.
    pub(super) fn sets_user(&self) -> bool {
        self.text.as_deref().is_some_and(|text| InstructionLines::of(text).user().is_some())
    }

    /// What to do about a submission that has nothing to evaluate.
    pub(super) fn what_to_submit(&self) -> String {
        if !self.is_empty_image() {
            return checks::what_to_submit(self.missing.as_deref().unwrap_or_default()).to_owned();
        }
        let remove = if self.start.has_cmd() { "; remove `CMD`" } else { "" };
        format!("{NAME_A_BASE}: `scratch` does not even have a shell; {}{remove}", self.how_to_install())
    }

    fn how_to_install(&self) -> String {
        let any = || "copy the program into the image with `COPY`, and start it with `ENTRYPOINT`".to_owned();
        self.own.how_to_install().unwrap_or_else(any)
    }

    /// The same, for a criterion that asks for an unprivileged user or for a program.
    pub(super) fn what_to_write(&self, not_root: bool, exec_form: bool) -> String {
        let mut steps = self.what_to_submit();
        let is_empty_file = steps == checks::START_WITH_FROM;
        if exec_form && is_empty_file {
            steps = format!("{steps}; {}", self.how_to_install());
        }
        if not_root && (is_empty_file || self.is_empty_image()) && !self.sets_user() {
            steps += "; set `USER 65532:65532`";
        }
        steps
    }
}

/// What to do about an image that starts from nothing.
pub(super) const NAME_A_BASE: &str = "name a base image in `FROM`";

/// An assignment that is open for reading.
pub(super) struct OpenAssignment {
    /// Keeps what was unpacked.
    pub(super) opened: SubmissionDir,
    pub(super) assignment: AssignmentDir,
}

impl OpenAssignment {
    pub(super) fn of(opened: SubmissionDir, rubric: &Rubric) -> Self {
        let assignment = locate(&opened.directory, &rubric.submission);
        Self { opened, assignment }
    }

    /// The build context as a directory.
    pub(super) fn context(&self) -> PathBuf {
        let directory = &self.assignment.directory;
        let path = self.assignment.dockerfile.as_deref();
        let dockerfile = path.and_then(|path| dockerfile::read(&directory.join(path), path).ok());
        let Some((path, dockerfile)) = path.zip(dockerfile) else { return directory.clone() };
        let contexts = Contexts::new();
        let context = context(&contexts, &self.assignment, path, &dockerfile);
        context.root().unwrap_or(directory).to_path_buf()
    }
}

/// What static evidence depends on, besides the submission.
pub(super) fn question(rubric: &Rubric) -> String {
    let rules: Vec<(&str, Level)> = rubric.lint.lint.rules.iter().map(|(entry, level)| (entry.meta.name, *level)).collect();
    let criteria: BTreeSet<String> = rubric.criteria.iter().filter_map(criterion_question).collect();
    let version = RubricVersion::own();
    format!("static {version} {rules:?} {} {} {criteria:?} {}", rubric.lint_text, rubric.submission_text, repeats(rubric))
        + &rubric.variant_text
}

/// What a static criterion asks, without its points; `None` if it needs an engine.
pub(super) fn criterion_question(criterion: &Criterion) -> Option<String> {
    match &criterion.kind {
        CriterionKind::Static(StaticKind::Rules(deductions)) => {
            let names: Vec<&str> = deductions.rules.iter().map(|(entry, _)| entry.meta.name).collect();
            Some(format!("rules {}", names.join(" ")))
        }
        CriterionKind::Static(StaticKind::Requirements(_)) => Some(criterion.question.clone()),
        CriterionKind::Engine(_) => None,
    }
}

/// How many findings of one rule any criterion counts.
fn repeats(rubric: &Rubric) -> usize {
    let repeats = rubric.criteria.iter().filter_map(|criterion| match &criterion.kind {
        CriterionKind::Static(StaticKind::Rules(deductions)) => Some(deductions.repeats),
        _ => None,
    });
    repeats.max().unwrap_or(1)
}

/// What is wrong with an image that nothing is copied into.
pub(super) const EMPTY_IMAGE: &str = "the image is empty";

/// Why a submission is not graded that takes too many steps, too much time, memory or stack.
pub const LIMIT: &str = "analysis limit: checking this submission takes too much time or memory";

/// Analyses a submission in a directory.
///
/// # Errors
/// [`LIMIT`], after a number of steps that depends on the size of the Dockerfile alone.
pub fn analyse(rubric: &Rubric, directory: &Path) -> Result<Analysis, String> {
    let assignment = locate(directory, &rubric.submission);
    let dockerfile = assignment.dockerfile.as_ref().map(|path| assignment.directory.join(path));
    let size = dockerfile.and_then(|path| path.symlink_metadata().ok()).map_or(0, |meta| meta.len());
    let limit = steps::limit(usize::try_from(size.min(dockerfile::MAX_DOCKERFILE)).unwrap_or(0));
    steps::within(limit, || gather(rubric, &assignment)).map_err(|_| LIMIT.to_owned())
}

fn gather(rubric: &Rubric, assignment: &AssignmentDir) -> Analysis {
    let mut facts = Analysis {
        dockerfile: assignment.dockerfile.clone(),
        notes: assignment.notes.clone(),
        flags: assignment.flags.clone(),
        prints: similarity::prints_of(assignment, template_prints(rubric)),
        variant: variant(rubric, assignment, &[]),
        compose: compose_text(assignment),
        ..Analysis::default()
    };
    let Some(path) = &assignment.dockerfile else {
        facts.missing = Some(assignment.missing_reason.clone().unwrap_or_else(|| "no Dockerfile found".to_owned()));
        checks_of(rubric, assignment, None, &mut facts);
        return facts;
    };
    let dockerfile = match dockerfile::read(&assignment.directory.join(path), path) {
        Ok(dockerfile) => dockerfile,
        Err(why) => {
            facts.flags.insert(Flag::WrongEncoding);
            facts.missing = Some(why);
            checks_of(rubric, assignment, None, &mut facts);
            return facts;
        }
    };
    if let Some(encoding) = dockerfile.encoding {
        facts.flags.insert(Flag::WrongEncoding);
        facts.notes.push(format!("the Dockerfile is encoded as {encoding}"));
    }
    let images: Vec<String> = dockerfile.file.instructions().filter_map(base_image).collect();
    facts.variant = variant(rubric, assignment, &images);
    facts.text = Some(dockerfile.source.text().to_owned()).filter(|text| text.len() <= MAX_SHOWN);
    let contexts = Contexts::new();
    let context = context(&contexts, assignment, path, &dockerfile);
    let model = Model::build(&dockerfile.source, &dockerfile.file, &rubric.lint.build_args, Some(&context));
    let mutes = mutes(&model);
    if !mutes.is_empty() {
        facts.flags.insert(Flag::Muted);
        facts.notes.extend(mutes);
    }
    if model.stages.is_empty() {
        facts.missing = Some("the Dockerfile has no `FROM`".to_owned());
    } else if is_empty_image(&model) {
        facts.missing = Some(format!("{EMPTY_IMAGE}: nothing is copied into `scratch`"));
    }
    facts.start = StartInstructions::of(&model);
    facts.own = OwnFiles::of(&model, &context);
    let found = lint::check_all(&model, &rubric.lint.lint, None);
    facts.findings = found_rules(&dockerfile, path, found, repeats(rubric));
    let is_fatal = |entry: &&Entry| entry.meta.level == Level::Error || EXPLAIN_FAILURES.contains(&entry.meta.name);
    let fatal = lint::registry::all().iter().filter(is_fatal);
    let explanations = lint::check_all(&model, &lint::Settings::of(fatal), None);
    facts.explanations = found_rules(&dockerfile, path, explanations, 1);
    let model = Some(&model).filter(|model| !model.stages.is_empty());
    checks_of(rubric, assignment, model, &mut facts);
    facts
}

/// Rules whose findings are warnings because the build may succeed, and that tell why it or the container failed.
const EXPLAIN_FAILURES: &[&str] = &["missing-operator", "repeated-program"];

/// Which variant of the assignment a submission is: the first one that it fits, or the first of all.
fn variant(rubric: &Rubric, assignment: &AssignmentDir, images: &[String]) -> Option<String> {
    let has_file = |variant: &&Variant| {
        let mut files = assignment.listing.entries.iter().filter(|entry| !entry.is_dir);
        files.any(|entry| variant.files.iter().any(|pattern| pattern.fits(&entry.path)))
    };
    let has_base =
        |variant: &&Variant| images.iter().any(|image| variant.bases.iter().any(|pattern| pattern.fits(image)));
    let found = rubric.variants.iter().find(|variant| has_file(variant) || has_base(variant));
    found.map(|variant| variant.id.as_str()).or(rubric.first_variant()).map(str::to_owned)
}

/// The image after `FROM`, as it is written.
fn base_image(instruction: &Instruction) -> Option<String> {
    let words = instruction.logical.text.split_whitespace().filter(|word| !word.starts_with("--"));
    (instruction.keyword == Keyword::From).then(|| words.take(1).collect())
}

/// The Compose file, if it is small enough to be shown.
fn compose_text(assignment: &AssignmentDir) -> Option<ShownFile> {
    let name = assignment.compose.clone()?;
    let path = assignment.directory.join(&name);
    let is_small = path.symlink_metadata().is_ok_and(|meta| meta.is_file() && meta.len() <= MAX_SHOWN as u64);
    let text = String::from_utf8(is_small.then(|| dockerfile::read_whole(&path).ok()).flatten()?).ok()?;
    Some(ShownFile { name, text })
}

/// Whether the final image cannot contain anything: its stages start from `scratch`, and nothing is added.
fn is_empty_image(model: &Model<'_>) -> bool {
    let Some(stage) = model.final_stage().filter(|stage| stage.is_from_scratch(model)) else { return false };
    let mut stages = std::iter::once(stage).chain(stage.chain(model));
    !stages.any(|stage| {
        stage.steps.iter().any(|step| matches!(step.instruction.keyword, Keyword::Copy | Keyword::Add | Keyword::Run))
    })
}

/// The fingerprints of the teacher's own code.
fn template_prints(rubric: &Rubric) -> &BTreeSet<u64> {
    let read = || rubric.similarity.template.as_deref().map(similarity::prints_of_directory).unwrap_or_default();
    rubric.template_prints.get_or_init(read)
}

/// Evaluates the static criteria.
fn checks_of(rubric: &Rubric, assignment: &AssignmentDir, model: Option<&Model<'_>>, facts: &mut Analysis) {
    let path = assignment.dockerfile.as_deref().unwrap_or_default();
    for criterion in &rubric.criteria {
        let Some(question) = criterion_question(criterion) else { continue };
        match (&criterion.kind, model) {
            (CriterionKind::Static(StaticKind::Rules(deductions)), Some(model)) => {
                facts.praise.insert(question, praise::of(deductions, model));
            }
            (CriterionKind::Static(StaticKind::Requirements(wanted)), model) => {
                let mut checks = requirements::of_files(wanted, assignment);
                checks.extend(requirements::of_text(wanted, path, facts.flags.contains(&Flag::WrongEncoding)));
                if let Some(model) = model {
                    let unknown_user = facts.explanations.iter().find(|found| found.rule == "unknown-user");
                    checks.extend(requirements::of_dockerfile(wanted, model, path, unknown_user.map(|found| &found.loss)));
                }
                facts.checks.insert(question, checks);
            }
            _ => {}
        }
    }
}

/// Notes for the teacher about what would have muted rules.
fn mutes(model: &Model<'_>) -> Vec<String> {
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
