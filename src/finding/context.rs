//! What a rule is given, and how it reports.

use std::any::Any;

use super::{Diagnostic, Level, Meta, Target};
use crate::model::Model;
use crate::syntax::{Dockerfile, SyntaxErrorKind};
use crate::text::{Source, Span};

/// What a rule is given.
pub struct Cx<'a> {
    pub source: &'a Source,
    pub file: &'a Dockerfile,
    pub model: &'a Model<'a>,
    options: Option<&'a (dyn Any + Send + Sync)>,
    targets: &'a [Target],
    meta: &'static Meta,
    level: Level,
    found: Vec<Diagnostic>,
}

impl<'a> Cx<'a> {
    /// What the rule called `meta` is given for one file. No `targets` means Docker alone.
    pub fn new(
        model: &'a Model<'a>,
        meta: &'static Meta,
        level: Level,
        options: Option<&'a (dyn Any + Send + Sync)>,
        targets: &'a [Target],
    ) -> Self {
        Self { source: model.source, file: model.file, model, options, targets, meta, level, found: Vec::new() }
    }

    /// What the rule reported.
    pub fn into_found(self) -> Vec<Diagnostic> {
        self.found
    }

    /// Says that something is wrong at `span`.
    pub fn report(&mut self, span: Span, message: impl Into<String>) -> &mut Diagnostic {
        self.found.push(Diagnostic::new(self.meta, self.level, span, message));
        self.found.last_mut().expect("just pushed")
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

    /// More lines than any real file has: rules that look over the whole file at each step stay out of it, since they
    /// would take time by its square.
    pub fn is_huge(&self) -> bool {
        self.file.items.len() > 2000
    }

    /// Says what the parser found of that kind. Of a template only the very first, as a note: the rest follows from it.
    /// Nothing where another frontend than BuildKit's own reads the file.
    pub fn report_syntax(&mut self, kind: SyntaxErrorKind) {
        if self.file.errors.iter().all(|error| error.kind != kind) || self.file.has_foreign_frontend() {
            return;
        }
        let template = self.file.is_template(self.source.text());
        let most = if template { 1 } else { usize::MAX };
        for error in self.file.errors.iter().take(most).filter(|error| error.kind == kind) {
            let found = self.report(error.span, error.message.as_str());
            if template {
                found.at_most(Level::Note);
                found.help("this looks like a template: check the Dockerfile that is made from it");
            } else if let Some(help) = &error.help {
                found.help(help.as_str());
            }
        }
    }

    pub fn text(&self, span: Span) -> &'a str {
        self.source.slice(span)
    }
}
