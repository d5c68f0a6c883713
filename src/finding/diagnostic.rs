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
    pub more_labels: u32,
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
    pub at: u32,
    pub plan: PlanFix,
}

impl Diagnostic {
    /// A bare finding.
    pub fn new(rule: &'static Meta, level: Level, span: Span, message: impl Into<Text>) -> Self {
        let (labels, help) = (Vec::new(), Vec::new());
        Self { rule, variant: "", level, span, message: exact(message.into()), labels, more_labels: 0, help, fix: None, plan: None }
    }

    /// Adds a sentence of advice.
    pub fn help(&mut self, text: impl Into<Text>) -> &mut Self {
        // Hardly any has more than one.
        self.help.reserve_exact(1);
        self.help.push(exact(text.into()));
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
                self.labels.push(Label { span, message: exact(message.into()) });
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
            self.fix = plan(model, at as usize).map(Box::new);
        }
    }

    /// Keeps only how safe its fix is. A fix that is more than its edits stays.
    pub(super) fn mark_fix(&mut self) {
        if let Some(fix) = self.fix.take_if(|fix| fix.is_plain()) {
            self.plan = Some(Plan { safety: fix.safety, at: 0, plan: |_, _| None });
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

/// The same text in no more memory than it needs: what `format!` makes takes up to twice as much.
fn exact(text: Text) -> Text {
    match text {
        Cow::Owned(text) if text.capacity() > text.len() => Cow::Owned(text.as_str().to_owned()),
        text => text,
    }
}

/// Puts findings in file order. Needs hardly any memory of its own.
pub fn sort(found: &mut [Diagnostic]) {
    let key = |one: &Diagnostic| (one.span, one.rule.name);
    let mut order: Vec<usize> = (0..found.len()).collect();
    order.sort_by(|a, b| {
        let (a, b) = (&found[*a], &found[*b]);
        key(a).cmp(&key(b)).then_with(|| a.message.cmp(&b.message))
    });
    for to in 0..order.len() {
        // Where those that have been moved are now.
        let mut from = order[to];
        while from < to {
            from = order[from];
        }
        order[to] = from;
        found.swap(to, from);
    }
}

/// `SC2086`: a code of ShellCheck's.
pub fn is_shellcheck_code(name: &str) -> bool {
    name.strip_prefix("SC").is_some_and(|digits| digits.len() == 4 && digits.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::{Entry, Rule};

    #[test]
    fn file_order_is_stable() {
        let entry = Entry::new("shell", "a-rule", "# a-rule\n\nA rule.\n", Rule::new(Level::Warn, "0.1.0", &[]));
        let rule = &Box::leak(Box::new(entry)).meta;
        let one = |start: usize, message: &'static str, variant: &'static str| Diagnostic {
            variant,
            ..Diagnostic::new(rule, Level::Warn, Span::new(start, start + 1), message)
        };
        let mut found =
            vec![one(4, "b", "1"), one(2, "x", "2"), one(4, "a", "3"), one(0, "y", "4"), one(4, "b", "5"), one(2, "x", "6")];
        sort(&mut found);
        let order: Vec<&str> = found.iter().map(|one| one.variant).collect();
        assert_eq!(order, ["4", "2", "6", "3", "1", "5"]);
    }

    #[test]
    fn texts_take_no_more_memory_than_they_need() {
        let mut text = String::with_capacity(100);
        text.push_str("short");
        let Text::Owned(kept) = exact(text.into()) else { panic!("it was not static") };
        assert_eq!((kept.as_str(), kept.capacity()), ("short", 5));
    }
}
