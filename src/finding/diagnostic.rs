//! What a rule says about a file.

use super::{Fix, Level, Meta};
use crate::text::Span;

/// A second place that explains the first.
#[derive(Clone, Debug, PartialEq)]
pub struct Label {
    pub span: Span,
    pub message: String,
}

/// One finding.
#[derive(Clone, Debug)]
pub struct Diagnostic {
    pub rule: &'static Meta,
    pub level: Level,
    /// The place to look at; inside the file, on character boundaries.
    pub span: Span,
    /// What is wrong. Starts lower case, no full stop, code in backticks.
    pub message: String,
    /// Other places that belong to it.
    pub labels: Vec<Label>,
    /// What to do, or what else there is to know: one sentence each, same conventions.
    pub help: Vec<String>,
    pub fix: Option<Fix>,
}

impl Diagnostic {
    /// A bare finding.
    pub fn new(rule: &'static Meta, level: Level, span: Span, message: impl Into<String>) -> Self {
        Self { rule, level, span, message: message.into(), labels: Vec::new(), help: Vec::new(), fix: None }
    }

    /// Adds a sentence of advice.
    pub fn help(&mut self, text: impl Into<String>) -> &mut Self {
        self.help.push(text.into());
        self
    }

    /// Points at a second place.
    pub fn label(&mut self, span: Span, message: impl Into<String>) -> &mut Self {
        self.labels.push(Label { span, message: message.into() });
        self
    }

    /// Offers a repair.
    pub fn fix(&mut self, fix: impl Into<Option<Fix>>) -> &mut Self {
        self.fix = fix.into();
        self
    }

    /// Lowers the level of this one finding, for when the rule is less sure than usual. Never raises it.
    pub fn at_most(&mut self, level: Level) -> &mut Self {
        self.level = self.level.min(level);
        self
    }
}
