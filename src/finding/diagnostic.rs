//! What a rule says about a file.

use std::borrow::Cow;

use super::{Fix, Level, Meta, Safety};
use crate::model::Model;
use crate::text::Span;

/// A text of a finding. Most are the same for every finding of a rule, and a file may have a hundred thousand findings.
pub type Text = Cow<'static, str>;

/// A second place that explains the first.
#[derive(Clone, Debug, PartialEq)]
pub struct Label {
    pub span: Span,
    pub message: Text,
}

/// One finding.
#[derive(Clone, Debug)]
pub struct Diagnostic {
    pub rule: &'static Meta,
    /// Tells apart the messages of a rule that has several. Empty for a rule with one.
    pub variant: &'static str,
    pub level: Level,
    /// The place to look at; inside the file, on character boundaries.
    pub span: Span,
    /// What is wrong. Starts lower case, no full stop, code in backticks.
    pub message: Text,
    /// Other places that belong to it, at most [`Diagnostic::MAX_LABELS`].
    pub labels: Vec<Label>,
    /// How many more places belong to it.
    pub more_labels: usize,
    /// What to do, or what else there is to know: one sentence each, same conventions.
    pub help: Vec<Text>,
    pub fix: Option<Box<Fix>>,
    /// How to make the fix, as long as it has not been needed: see [`Diagnostic::plan_fix`].
    pub plan: Option<Plan>,
}

/// Makes a fix for a document, given its model.
pub type PlanFix = fn(&Model<'_>, usize) -> Option<Fix>;

/// A fix that has not been made yet.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// The best it can be.
    pub safety: Safety,
    /// What [`Plan::plan`] is told: the index of the stage, say.
    pub at: usize,
    pub plan: PlanFix,
}

impl Diagnostic {
    /// A bare finding.
    pub fn new(rule: &'static Meta, level: Level, span: Span, message: impl Into<Text>) -> Self {
        let (labels, help) = (Vec::new(), Vec::new());
        Self { rule, variant: "", level, span, message: message.into(), labels, more_labels: 0, help, fix: None, plan: None }
    }

    /// Adds a sentence of advice.
    pub fn help(&mut self, text: impl Into<Text>) -> &mut Self {
        // Hardly any has more than one.
        self.help.reserve_exact(1);
        self.help.push(text.into());
        self
    }

    /// How many labels one finding keeps: nobody reads more, and a file can have a hundred thousand of a thing.
    pub const MAX_LABELS: usize = 100;

    /// Points at a second place.
    pub fn label(&mut self, span: Span, message: impl Into<Text>) -> &mut Self {
        match self.labels.len() < Self::MAX_LABELS {
            true => {
                if self.labels.is_empty() {
                    self.labels.reserve_exact(1);
                }
                self.labels.push(Label { span, message: message.into() });
            }
            false => self.more_labels += 1,
        }
        self
    }

    /// Says how many labels were left out, if any were.
    pub fn report_more_labels(&mut self) {
        match std::mem::take(&mut self.more_labels) {
            0 => {}
            1 => self.help.push("one more place is not listed".into()),
            more => self.help.push(format!("{more} more places are not listed").into()),
        }
    }

    /// Makes the fix if it was only planned.
    pub fn plan_fix(&mut self, model: &Model<'_>) {
        if let Some(Plan { at, plan, .. }) = self.plan.take() {
            self.fix = plan(model, at).map(Box::new);
        }
    }

    /// ShellCheck's code for it, if it has one: its variant, or the rule's only alias of that kind.
    pub fn code(&self) -> Option<&'static str> {
        let is_code = |name: &&'static str| is_shellcheck_code(name);
        let mut own = self.rule.aka.iter().copied().filter(is_code);
        Some(self.variant).filter(is_code).or_else(|| own.next().filter(|_| own.next().is_none()))
    }

    /// The variant of a finding that no other tool has, although they have others of its rule.
    pub const NO_ALIAS: &str = "no alias";

    /// The other tools' names for it: those of its rule, and where the rule has several codes of one tool and the finding
    /// is one of them, only that one.
    pub fn aliases(&self) -> Vec<&'static str> {
        let family = |name: &str| name.find(|char: char| char.is_ascii_digit()).map(|at| name[..at].to_owned());
        let all = self.rule.aka.iter().copied();
        match self.rule.aka.contains(&self.variant) {
            true => all.filter(|name| *name == self.variant || family(name) != family(self.variant)).collect(),
            false if self.variant == Self::NO_ALIAS => Vec::new(),
            false => all.collect(),
        }
    }

    /// How safe its fix is, or at best will be if it has not been made yet. `None` without a fix.
    pub fn fix_safety(&self) -> Option<Safety> {
        self.fix.as_ref().map(|fix| fix.safety).or(self.plan.map(|plan| plan.safety))
    }

    /// Offers a fix.
    pub fn fix(&mut self, fix: impl Into<Option<Fix>>) -> &mut Self {
        self.fix = fix.into().map(Box::new);
        self
    }

    /// Lowers the level of this one finding, for when the rule is less sure than usual. Never raises it.
    pub fn at_most(&mut self, level: Level) -> &mut Self {
        self.level = self.level.min(level);
        self
    }
}

/// `SC2086`: a code of ShellCheck's.
pub fn is_shellcheck_code(name: &str) -> bool {
    name.strip_prefix("SC").is_some_and(|digits| digits.len() == 4 && digits.bytes().all(|byte| byte.is_ascii_digit()))
}
