//! Which ignore comments cover a finding, found without looking at each comment for each finding.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use super::ignore_comment::{Dialect, IgnoreComment, matches, means};
use super::registry;
use crate::finding::Diagnostic;
use crate::text::{Span, steps};

/// Every name that a rule answers to, in lower case.
static KNOWN: LazyLock<HashSet<String>> = LazyLock::new(|| {
    let names = registry::all().iter().flat_map(|entry| {
        let meta = &entry.meta;
        [meta.name, meta.practice].into_iter().chain(meta.aka.iter().copied())
    });
    names.chain(["all"]).map(str::to_lowercase).collect()
});

/// The comments by what they cover.
pub(super) struct Covers<'c> {
    comments: &'c [IgnoreComment],
    scopes: Vec<Scope<'c>>,
    /// Indices of scopes: those of one layer are in file order and do not overlap. There are few layers, because scopes
    /// are the file, stages and instructions.
    layers: Vec<Vec<usize>>,
}

/// A stretch of the file that comments cover.
struct Scope<'c> {
    span: Span,
    /// The names of those comments, each once.
    names: Vec<Name<'c>>,
    index: HashMap<(Dialect, &'c str), usize>,
    /// By rule: which of the names match it.
    by_rule: HashMap<&'static str, Vec<usize>>,
}

struct Name<'c> {
    text: &'c str,
    dialect: Dialect,
    used: bool,
}

impl<'c> Covers<'c> {
    pub(super) fn new(comments: &'c [IgnoreComment]) -> Self {
        let mut scopes: Vec<Scope<'c>> = Vec::new();
        let mut by_span: HashMap<Span, usize> = HashMap::new();
        for (span, comment) in comments.iter().filter_map(|comment| Some((comment.scope?, comment))) {
            let at = *by_span.entry(span).or_insert_with(|| {
                scopes.push(Scope { span, names: Vec::new(), index: HashMap::new(), by_rule: HashMap::new() });
                scopes.len() - 1
            });
            comment.names.iter().for_each(|name| scopes[at].add(&name.text, comment.dialect));
        }
        scopes.sort_unstable_by_key(|scope| (scope.span.start, Reverse(scope.span.end)));
        let mut layers: Vec<Vec<usize>> = Vec::new();
        for (at, scope) in scopes.iter().enumerate() {
            let free = |layer: &&mut Vec<usize>| {
                steps::count(1);
                layer.last().is_none_or(|last| scopes[*last].span.end < scope.span.start)
            };
            match layers.iter_mut().find(free) {
                Some(layer) => layer.push(at),
                None => layers.push(vec![at]),
            }
        }
        Self { comments, scopes, layers }
    }

    /// Whether a comment covers the finding. Remembers which.
    pub(super) fn take(&mut self, found: &Diagnostic) -> bool {
        let mut covered = false;
        for layer in &self.layers {
            let begun = layer.partition_point(|at| self.scopes[*at].span.start <= found.span.start);
            let Some(at) = begun.checked_sub(1).map(|last| layer[last]) else { continue };
            let scope = &mut self.scopes[at];
            if found.span.start <= scope.span.end {
                covered |= scope.take(found);
            }
        }
        covered
    }

    /// For each comment, for which of its names something was found.
    pub(super) fn used(self) -> Vec<Vec<bool>> {
        let by_span: HashMap<Span, &Scope<'c>> = self.scopes.iter().map(|scope| (scope.span, scope)).collect();
        let used = self.comments.iter().map(|comment| {
            let scope = comment.scope.and_then(|span| by_span.get(&span));
            comment
                .names
                .iter()
                .map(|name| scope.is_some_and(|scope| scope.is_used(&name.text, comment.dialect)))
                .collect()
        });
        used.collect()
    }
}

impl<'c> Scope<'c> {
    fn add(&mut self, text: &'c str, dialect: Dialect) {
        let bare = text.split_once('/').map_or(text, |(_, bare)| bare);
        if KNOWN.contains(&bare.to_lowercase()) || KNOWN.contains(&text.to_lowercase()) {
            self.index.entry((dialect, text)).or_insert_with(|| {
                self.names.push(Name { text, dialect, used: false });
                self.names.len() - 1
            });
        }
    }

    fn is_used(&self, text: &str, dialect: Dialect) -> bool {
        self.index.get(&(dialect, text)).is_some_and(|at| self.names[*at].used)
    }

    fn take(&mut self, found: &Diagnostic) -> bool {
        let names = &mut self.names;
        let matching = self.by_rule.entry(found.rule.name).or_insert_with(|| {
            let named = names.iter().enumerate().inspect(|_| steps::count(1));
            named.filter(|(_, name)| matches(name.text, name.dialect, found.rule)).map(|(at, _)| at).collect()
        });
        let mut covered = false;
        for at in matching.iter() {
            let name = &mut names[*at];
            steps::count(1);
            if means(name.text, found) {
                name.used = true;
                covered = true;
            }
        }
        covered
    }
}
