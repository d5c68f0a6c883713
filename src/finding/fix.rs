//! Fixes: edits that apply whole or not at all.

use std::collections::BTreeMap;

use super::Text;
use crate::text::{Edit, Span};

/// How sure it is that a fix does no harm. Ordered: what is allowed is `fix.safety <= allowed`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Safety {
    /// The image behaves the same, by argument.
    Safe,
    /// Likely wanted, but it may change what the image does.
    Unsafe,
    /// Shown, never applied.
    Display,
}

/// In which order fixes of many edits are applied: see [`Order::waits_for`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Order {
    /// The base image gets a version.
    Pin,
    /// The base image becomes a newer one.
    Base,
    /// The stage gets a working directory.
    Workdir,
    /// The stage is split in two.
    Split,
    /// Steps change their places for the sake of the cache.
    Reorder,
    /// The stage is left to an unprivileged user.
    User,
}

impl Order {
    /// Whether this fix is left for a later round of the fix loop because that one is offered, too. What is split has a
    /// version and a working directory, and the unprivileged user is given directories of the last stage. The first three do
    /// not depend on each other.
    pub fn waits_for(self, other: Order) -> bool {
        self >= Order::Split && self > other
    }
}

/// A file to be written beside others, where there is none of that name.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct NewFile {
    /// In the build context's directory: `.dockerignore`.
    pub name: &'static str,
    pub text: String,
}

/// A fix. Its edits are sorted and disjoint by construction.
#[derive(Clone, Debug, PartialEq)]
pub struct Fix {
    /// What it does, in the imperative: ``pin `python` to `3.13-slim-bookworm` ``.
    pub title: Text,
    pub safety: Safety,
    /// Its turn, if it has to wait for others.
    pub order: Option<Order>,
    /// Shown, and applied as an unsafe one only where the image is seen to do its job before and after.
    pub when_verified: bool,
    edits: Vec<Edit>,
    /// Then there are no edits.
    new_file: Option<Box<NewFile>>,
}

impl Fix {
    /// Writes a file that is not there; the Dockerfile stays as it is.
    pub fn write(safety: Safety, title: impl Into<Text>, file: NewFile) -> Self {
        Self {
            title: title.into(),
            safety,
            order: None,
            when_verified: false,
            edits: Vec::new(),
            new_file: Some(Box::new(file)),
        }
    }

    pub fn new_file(&self) -> Option<&NewFile> {
        self.new_file.as_deref()
    }

    /// `None` when two edits overlap, or when there is none: such a fix would not mean anything.
    pub fn new(safety: Safety, title: impl Into<Text>, edits: impl IntoIterator<Item = Edit>) -> Option<Self> {
        let mut edits: Vec<Edit> = edits.into_iter().collect();
        edits.sort_by_key(|edit| edit.span);
        let overlap =
            edits.windows(2).any(|pair| pair[1].span.start < pair[0].span.end || pair[0].span == pair[1].span);
        (!overlap && !edits.is_empty()).then(|| Self {
            title: title.into(),
            safety,
            order: None,
            when_verified: false,
            edits,
            new_file: None,
        })
    }

    /// The same fix, applied in its turn.
    pub fn in_order(self, order: Order) -> Self {
        Self { order: Some(order), ..self }
    }

    /// The same fix, for those alone who verify it.
    pub fn when_verified(self) -> Self {
        Self { when_verified: true, ..self }
    }

    /// Whether it is only edits, which need nothing else.
    pub(super) fn is_plain(&self) -> bool {
        self.order.is_none() && !self.when_verified && self.new_file.is_none()
    }

    pub fn edits(&self) -> &[Edit] {
        &self.edits
    }

    /// Whether it is applied when everything up to `allowed` is.
    pub fn is_allowed(&self, allowed: Safety) -> bool {
        self.safety <= allowed && self.safety != Safety::Display
    }
}

/// The edits of fixes that are applied at once: none lies in another one, or side by side with it.
#[derive(Debug, Default)]
pub struct Taken<'a>(BTreeMap<Span, &'a str>);

impl<'a> Taken<'a> {
    /// Whether all edits of the fix are among these already.
    pub fn has(&self, fix: &Fix) -> bool {
        fix.edits.iter().all(|edit| self.0.get(&edit.span) == Some(&edit.text.as_str()))
    }

    /// Adds the edits of a fix, and tells whether it could: all of them or none.
    pub fn add(&mut self, fix: &'a Fix) -> bool {
        let free = !fix.edits.iter().any(|edit| self.touches(edit.span));
        if free {
            self.0.extend(fix.edits.iter().map(|edit| (edit.span, edit.text.as_str())));
        }
        free
    }

    /// In the order of the text.
    pub fn edits(&self) -> impl Iterator<Item = (Span, &'a str)> {
        self.0.iter().map(|(span, text)| (*span, *text))
    }

    /// Whether an edit lies at `span`, or side by side with it. They are disjoint, so of those that begin before its end
    /// the last is the one that ends last.
    fn touches(&self, span: Span) -> bool {
        let before = self.0.range(..=Span { start: span.end, end: u32::MAX }).next_back();
        before.is_some_and(|(other, _)| other.end >= span.start)
    }
}

/// Which of the fixes of a file can be applied at once, as their edits are: safe ones first, then the others that do not
/// touch them, each in the order of the text.
pub fn disjoint(fixes: &[Option<&Fix>]) -> Vec<bool> {
    let mut order: Vec<(usize, &Fix)> = fixes.iter().enumerate().filter_map(|(at, fix)| Some((at, (*fix)?))).collect();
    order.retain(|(_, fix)| fix.safety != Safety::Display && !fix.edits.is_empty());
    order.sort_by_key(|(at, fix)| (fix.safety, fix.edits[0].span, *at));
    let mut taken = Taken::default();
    let mut together = vec![false; fixes.len()];
    order.into_iter().for_each(|(at, fix)| together[at] = taken.add(fix));
    together
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fixes_that_can_be_applied_at_once() {
        let fix = |safety, edits: &[(usize, usize)]| {
            Fix::new(safety, "x", edits.iter().map(|(start, end)| Edit::replace(Span::new(*start, *end), "y")))
        };
        let fixes = [
            fix(Safety::Unsafe, &[(0, 2), (8, 9)]),
            fix(Safety::Safe, &[(8, 9)]),
            fix(Safety::Unsafe, &[(4, 5)]),
            fix(Safety::Unsafe, &[(5, 6)]),
            fix(Safety::Display, &[(20, 21)]),
            None,
        ];
        let fixes: Vec<Option<&Fix>> = fixes.iter().map(Option::as_ref).collect();
        assert_eq!(disjoint(&fixes), [false, true, true, false, false, false]);
    }
}
