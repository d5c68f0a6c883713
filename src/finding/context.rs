//! What a rule is given, and how it reports.

use std::any::Any;
use std::cell::RefCell;

use super::{Diagnostic, Fix, Level, Meta, Plan, PlanFix, Safety, Target, Text};
use crate::compose::{Place, Problem, ProblemKind, Project};
use crate::model::{Model, StartCommand};
use crate::syntax::SyntaxErrorKind;
use crate::text::{Source, Span};

/// Where the findings of all rules about a document go.
#[derive(Debug, Default)]
pub struct Sink {
    found: RefCell<Vec<Diagnostic>>,
    marks: bool,
}

impl Sink {
    /// Begins with what has been found already. With `marks`, findings keep only how safe their fixes are: for documents in
    /// which every fix can be made, when none is applied or shown.
    pub fn new(found: Vec<Diagnostic>, marks: bool) -> Self {
        Self { found: RefCell::new(found), marks }
    }

    fn push(&self, mut diagnostic: Diagnostic) {
        if self.marks {
            diagnostic.mark_fix();
        }
        self.found.borrow_mut().push(diagnostic);
    }

    /// What has been found; nothing is left.
    pub fn take(&self) -> Vec<Diagnostic> {
        self.found.take()
    }
}

/// What a rule is given: the document, its model, the rule's options, and the way to report. `M` is the model of the
/// kind of document that the rule reads.
pub struct Cx<'a, M = Model<'a>> {
    pub source: &'a Source,
    pub model: &'a M,
    options: Option<&'a (dyn Any + Send + Sync)>,
    targets: &'a [Target],
    meta: &'static Meta,
    level: Level,
    /// Where findings go: those of all rules together, so that none is kept twice.
    found: &'a Sink,
}

impl<'a, M> Cx<'a, M> {
    /// What the rule called `meta` is given for one document. No `targets` means Docker alone. What it reports is added to `found`.
    pub fn new(
        source: &'a Source,
        model: &'a M,
        meta: &'static Meta,
        level: Level,
        options: Option<&'a (dyn Any + Send + Sync)>,
        targets: &'a [Target],
        found: &'a Sink,
    ) -> Self {
        Self { source, model, options, targets, meta, level, found }
    }

    /// Begins a finding at `span`. It is reported when the returned builder goes out of scope.
    pub fn report(&self, span: Span, message: impl Into<Text>) -> Report<'_> {
        Report { out: self.found, diagnostic: Some(Diagnostic::new(self.meta, self.level, span, message)) }
    }

    /// The rule's options, as the configuration sets them.
    ///
    /// # Panics
    /// When the rule did not declare `T` by [`crate::finding::Rule::options`]: a test finds that.
    pub fn options<T: 'static>(&self) -> &'a T {
        self.options.and_then(|any| any.downcast_ref()).expect("options are declared by the rule")
    }

    /// The first of the targets for which this holds: what the user says the file is built and run with.
    pub fn target(&self, holds: impl Fn(Target) -> bool) -> Option<Target> {
        let targets = if self.targets.is_empty() { &[Target::Docker][..] } else { self.targets };
        targets.iter().copied().find(|target| holds(*target))
    }

    /// The source text of a span.
    pub fn text(&self, span: Span) -> &'a str {
        self.source.slice(span)
    }
}

impl<'a> Cx<'a> {
    /// Reports the parser's errors of that kind. Of a template only the very first, as a note: the rest follows from it.
    /// Nothing where another frontend than BuildKit's own reads the file.
    pub fn report_syntax(&self, kind: SyntaxErrorKind) {
        let file = self.model.file;
        if file.errors.iter().all(|error| error.kind != kind) || file.has_foreign_frontend() {
            return;
        }
        let template = file.is_template(self.source.text());
        let most = if template { 1 } else { usize::MAX };
        for error in file.errors.iter().take(most).filter(|error| error.kind == kind) {
            let mut found = self.report(error.span, error.message.clone());
            if template {
                found.at_most(Level::Note);
                found.help("this looks like a template: check the generated Dockerfile");
            } else if let Some(help) = &error.help {
                found.help(help.clone());
            }
            if let Some(repair) = error.repair.as_ref().filter(|_| !template) {
                found.fix(Fix::new(Safety::Unsafe, repair.title.clone(), repair.edits.iter().cloned()));
            }
        }
    }
}

impl<'a> Cx<'a, Project<'a>> {
    /// Begins a finding in one of the files of the project. In another file than the one that is checked nothing is
    /// reported: it is seen when that file is checked.
    pub fn at(&self, place: impl Into<Place>, message: impl Into<Text>) -> Report<'_> {
        let place = place.into();
        if place.is_here() {
            return self.report(place.span, message);
        }
        Report { out: self.found, diagnostic: None }
    }

    /// How a value is written in the file that is checked; empty if it is in another file.
    pub fn written(&self, place: impl Into<Place>) -> &'a str {
        let place = place.into();
        if place.is_here() { self.text(place.span) } else { "" }
    }

    /// Reports what Compose rejects for this reason; `change` may add to it.
    pub fn report_problems(&self, kind: ProblemKind, change: impl Fn(&Problem, &mut Report<'_>)) {
        for problem in self.model.problems.iter().filter(|problem| problem.kind == kind) {
            let mut found = self.at(problem.place, problem.message.clone());
            if !problem.help.is_empty() {
                found.help(problem.help.clone());
            }
            if let Some((place, text)) = &problem.label {
                found.label_at(place, text.clone());
            }
            change(problem, &mut found);
        }
    }
}

/// A finding being built. It is reported when dropped.
pub struct Report<'c> {
    out: &'c Sink,
    diagnostic: Option<Diagnostic>,
}

impl Report<'_> {
    fn with(&mut self, change: impl FnOnce(&mut Diagnostic)) -> &mut Self {
        if let Some(diagnostic) = &mut self.diagnostic {
            change(diagnostic);
        }
        self
    }

    /// Tells apart the messages of a rule that has several: with the rule's name, the message's stable identity.
    pub fn variant(&mut self, variant: &'static str) -> &mut Self {
        self.with(|diagnostic| diagnostic.variant = variant)
    }

    /// Adds a sentence of advice.
    pub fn help(&mut self, text: impl Into<Text>) -> &mut Self {
        self.with(|diagnostic| _ = diagnostic.help(text))
    }

    /// Points at a second place.
    pub fn label(&mut self, span: Span, message: impl Into<Text>) -> &mut Self {
        self.with(|diagnostic| _ = diagnostic.label(span, message))
    }

    /// Points at a second place, if it is in the file that is checked.
    pub fn label_at(&mut self, place: impl Into<Place>, message: impl Into<Text>) -> &mut Self {
        let place = place.into();
        if place.is_here() { self.label(place.span, message) } else { self }
    }

    /// Offers a fix that is at hand.
    pub fn fix(&mut self, fix: impl Into<Option<Fix>>) -> &mut Self {
        self.with(|diagnostic| _ = diagnostic.fix(fix))
    }

    /// Offers a fix that takes work to plan: `plan` is called only if the fix is applied or shown, with the model and
    /// `at`, the index of the stage or whatever else tells it where. `safety` is the best it can be.
    pub fn fix_with(&mut self, safety: Safety, at: usize, plan: PlanFix) -> &mut Self {
        self.with(|diagnostic| diagnostic.plan = Some(Plan { safety, at: at as u32, plan }))
    }

    /// Lowers the level of this one finding, for when the rule is less sure than usual. Never raises it.
    pub fn at_most(&mut self, level: Level) -> &mut Self {
        self.with(|diagnostic| _ = diagnostic.at_most(level))
    }
}

impl Drop for Report<'_> {
    fn drop(&mut self) {
        if let Some(mut diagnostic) = self.diagnostic.take() {
            diagnostic.report_more_labels();
            self.out.push(diagnostic);
        }
    }
}

/// `` in `start.sh` `` for a command of a script in the build context, and nothing for one of the Dockerfile.
pub fn in_script(start: &StartCommand<'_>) -> String {
    start.file.map(|file| format!(" in `{file}`")).unwrap_or_default()
}
