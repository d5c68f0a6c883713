//! What a rule says about a file.

use crate::fix::Fix;
use crate::rule::Entry;
use crate::source::Span;

/// How loud a finding is. Ordered: `Off < Note < Warn < Error`.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Deserialize, serde::Serialize, clap::ValueEnum,
)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Not reported.
    Off,
    /// Worth knowing; never fails a run by default.
    Note,
    /// Should be changed.
    Warn,
    /// Will not build, or is dangerous.
    Error,
}

impl Level {
    pub fn as_str(self) -> &'static str {
        match self {
            Level::Off => "off",
            Level::Note => "note",
            Level::Warn => "warn",
            Level::Error => "error",
        }
    }
}

/// A second place that explains the first.
#[derive(Clone, Debug, PartialEq)]
pub struct Label {
    pub span: Span,
    pub message: String,
}

/// One finding.
#[derive(Clone, Debug)]
pub struct Diagnostic {
    pub rule: &'static Entry,
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
    pub fn new(rule: &'static Entry, level: Level, span: Span, message: impl Into<String>) -> Self {
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
