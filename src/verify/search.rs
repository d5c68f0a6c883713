//! Finds the fixes that can be kept: sets of them are tried, and halved if a set does not hold.
//!
//! All fixes are tried together first, which mostly holds. Otherwise groups of them are added to those kept so far; a group
//! that does not hold is halved, down to the single fix at fault. With k bad ones among n fixes this takes about k·log n
//! trials, most steps of which are in the build cache.

use std::collections::HashMap;

use crate::finding::Diagnostic;
use crate::finding::{NewFile, Safety};
use crate::lint::fix_loop;
use crate::lint::fix_loop::{FixError, Fixed};
use crate::report::{Change, write_diff};
use crate::text::Source;

/// What is kept or rejected as a whole: fixes of one rule with the same title.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
pub struct FixGroup {
    pub rule: &'static str,
    /// The title of the fix.
    pub title: String,
    pub safety: Safety,
    /// The first line in the original file, or in the file in which the fix came up.
    pub line: usize,
    /// What it changes when it is applied alone, as a unified diff; empty if it needs others.
    #[serde(skip)]
    pub diff: String,
}

/// Whether it was kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FixOutcome {
    Kept,
    /// The reason.
    Rejected(String),
    /// It was not tried; the reason.
    NotTried(String),
}

impl FixOutcome {
    /// Why it was not kept.
    pub fn why(&self) -> Option<&str> {
        match self {
            FixOutcome::Kept => None,
            FixOutcome::Rejected(why) | FixOutcome::NotTried(why) => Some(why),
        }
    }
}

/// The best file found.
pub struct SearchResult {
    pub fixed: Fixed,
    pub outcomes: Vec<(FixGroup, FixOutcome)>,
    /// How many candidates were tried.
    pub trials: usize,
}

type Key = (&'static str, String);

/// Findings, and how many syntax errors there are, in a file beside which these others are to be written.
pub type Lint<'a> = dyn FnMut(&Source, &[NewFile]) -> (Vec<Diagnostic>, usize) + 'a;

struct Search<'a, E> {
    source: &'a Source,
    allowed: Safety,
    lint: &'a mut Lint<'a>,
    holds: &'a mut dyn FnMut(&Fixed) -> Result<Option<String>, E>,
    /// Results by the content of the file and its new files.
    known: HashMap<Vec<u8>, Option<String>>,
    /// Fixes that came up in the last application.
    seen: Vec<Key>,
}

/// Why the search failed.
#[derive(Debug)]
pub enum SearchError<E> {
    Fix(FixError),
    /// Trying a candidate failed.
    Trial(E),
}

/// Finds the largest set of fixes that holds. `lint` returns findings and the number of syntax errors, `holds` why a file
/// does not hold.
///
/// # Errors
/// When the fixes themselves fail, or `holds` does.
pub fn search<E>(
    source: &Source,
    allowed: Safety,
    lint: &mut Lint<'_>,
    holds: &mut dyn FnMut(&Fixed) -> Result<Option<String>, E>,
) -> Result<SearchResult, SearchError<E>> {
    let mut search = Search { source, allowed, lint, holds, known: HashMap::new(), seen: Vec::new() };
    let mut units: Vec<FixGroup> = Vec::new();
    let mut outcomes: Vec<Option<FixOutcome>> = Vec::new();
    let mut kept: Vec<usize> = Vec::new();
    let mut from = Source::new(source.name(), source.bytes());
    // If one fix is omitted, another may come up in its place.
    for _ in 0..MAX_PASSES {
        let first = units.len();
        search.add_units(&from, &mut units)?;
        if units.len() == first {
            break;
        }
        outcomes.resize(units.len(), None);
        search.join(&units, first, &mut kept, &mut outcomes)?;
        from = search.apply(&units, &kept).map_err(SearchError::Fix)?.source;
    }
    let fixed = search.apply(&units, &kept).map_err(SearchError::Fix)?;
    let trials = search.known.len();
    let seen = std::mem::take(&mut search.seen);
    for index in 0..units.len().min(MAX_DIFFS) {
        units[index].diff = search.diff(&units, index);
    }
    let outcomes = units.into_iter().zip(outcomes).map(|(unit, outcome)| (unit, outcome.unwrap_or(FixOutcome::Kept)));
    // A kept fix that never came up changed nothing.
    let outcomes = outcomes
        .filter(|(unit, outcome)| *outcome != FixOutcome::Kept || seen.contains(&(unit.rule, unit.title.clone())))
        .collect();
    Ok(SearchResult { fixed, outcomes, trials })
}

/// The most fixes whose own diffs are made.
const MAX_DIFFS: usize = 100;

/// How often to look for fixes that come up in place of others.
const MAX_PASSES: usize = 4;

impl<E> Search<'_, E> {
    /// Every fix that comes up when all are applied: safe ones first, in the order of rounds and places.
    fn add_units(&mut self, from: &Source, units: &mut Vec<FixGroup>) -> Result<(), SearchError<E>> {
        let (allowed, lint) = (self.allowed, &mut *self.lint);
        let first = units.len();
        let collect = |source: &Source, new: &[NewFile]| {
            let (found, errors) = lint(source, new);
            for found in &found {
                let Some(fix) = found.fix.as_ref().filter(|fix| fix.safety <= allowed) else { continue };
                let rule = found.rule.name;
                if !units.iter().any(|unit| unit.rule == rule && unit.title == fix.title) {
                    let line = source.line_index(found.span.start()) + 1;
                    units.push(FixGroup {
                        rule,
                        title: fix.title.clone().into_owned(),
                        safety: fix.safety,
                        line,
                        diff: String::new(),
                    });
                }
            }
            (found, errors)
        };
        fix_loop::fix_with_files(from, allowed, collect).map_err(SearchError::Fix)?;
        units[first..].sort_by_key(|unit| unit.safety);
        Ok(())
    }

    /// Adds the fixes from `first` on to those kept, as far as they hold.
    fn join(
        &mut self,
        units: &[FixGroup],
        first: usize,
        kept: &mut Vec<usize>,
        outcomes: &mut [Option<FixOutcome>],
    ) -> Result<(), SearchError<E>> {
        // Groups still to be added, the next one last.
        let mut left = vec![(first..units.len()).collect::<Vec<_>>()];
        while let Some(group) = left.pop() {
            if group.is_empty() {
                continue;
            }
            let with: Vec<usize> = kept.iter().chain(&group).copied().collect();
            match self.trial(units, &with)? {
                None => {
                    group.iter().for_each(|index| outcomes[*index] = Some(FixOutcome::Kept));
                    *kept = with;
                }
                Some(why) if group.len() == 1 => outcomes[group[0]] = Some(FixOutcome::Rejected(why)),
                Some(_) => {
                    let (first, second) = group.split_at(group.len() / 2);
                    left.push(second.to_vec());
                    left.push(first.to_vec());
                }
            }
        }
        // One may need another that came after it.
        let rejected = (0..units.len()).filter(|index| matches!(outcomes[*index], Some(FixOutcome::Rejected(_))));
        for index in rejected.collect::<Vec<_>>() {
            if kept.is_empty() {
                break;
            }
            let with: Vec<usize> = kept.iter().copied().chain([index]).collect();
            if self.trial(units, &with)?.is_none() {
                outcomes[index] = Some(FixOutcome::Kept);
                *kept = with;
            }
        }
        Ok(())
    }

    fn apply(&mut self, units: &[FixGroup], chosen: &[usize]) -> Result<Fixed, FixError> {
        let keys: Vec<Key> = chosen.iter().map(|index| (units[*index].rule, units[*index].title.clone())).collect();
        let lint = &mut *self.lint;
        let mut seen: Vec<Key> = Vec::new();
        let only = |source: &Source, new: &[NewFile]| {
            let (mut found, errors) = lint(source, new);
            for found in &mut found {
                let Some(fix) = &found.fix else { continue };
                match keys.iter().find(|(rule, title)| *rule == found.rule.name && *title == fix.title) {
                    Some(key) if seen.contains(key) => {}
                    Some(key) => seen.push(key.clone()),
                    None => found.fix = None,
                }
            }
            (found, errors)
        };
        let mut fixed = fix_loop::fix_with_files(self.source, self.allowed, only)?;
        self.seen = seen;
        // Remaining findings are reported with their fixes.
        fixed.left = (self.lint)(&fixed.source, &fixed.new_files).0;
        Ok(fixed)
    }

    /// What one fix changes alone.
    fn diff(&mut self, units: &[FixGroup], index: usize) -> String {
        match self.apply(units, &[index]) {
            Ok(fixed) => diff(self.source, &fixed),
            Err(_) => String::new(),
        }
    }

    /// Why this set of fixes does not hold.
    fn trial(&mut self, units: &[FixGroup], chosen: &[usize]) -> Result<Option<String>, SearchError<E>> {
        let fixed = match self.apply(units, chosen) {
            Ok(fixed) => fixed,
            // Some of the fixes may break what all of them together do not.
            Err(error) => return Ok(Some(error.to_string())),
        };
        if fixed.source.bytes() == self.source.bytes() && fixed.new_files.is_empty() {
            return Ok(None);
        }
        let key = identity(&fixed);
        if let Some(known) = self.known.get(&key) {
            return Ok(known.clone());
        }
        let why = (self.holds)(&fixed).map_err(SearchError::Trial)?;
        self.known.insert(key, why.clone());
        Ok(why)
    }
}

/// A fixed file and its new files as unified diffs, for people to read.
pub fn diff(source: &Source, fixed: &Fixed) -> String {
    let mut out = Vec::new();
    for file in &fixed.new_files {
        let change = Change { path: file.name.as_bytes(), old: b"", new: file.text.as_bytes(), is_new: true };
        let _ = write_diff(&change, &mut out, false, true);
    }
    let path = source.name().rsplit(['/', '\\']).next().unwrap_or("Dockerfile");
    let change = Change { path: path.as_bytes(), old: source.bytes(), new: fixed.source.bytes(), is_new: false };
    let _ = write_diff(&change, &mut out, false, true);
    String::from_utf8_lossy(&out).into_owned()
}

/// Identifies a fixed file: its text, and those of its new files.
pub fn identity(fixed: &Fixed) -> Vec<u8> {
    let mut bytes = fixed.source.bytes().to_vec();
    for file in &fixed.new_files {
        bytes.push(0);
        bytes.extend_from_slice(file.name.as_bytes());
        bytes.push(0);
        bytes.extend_from_slice(file.text.as_bytes());
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Fix;
    use crate::finding::Level;
    use crate::rules;
    use crate::text::Edit;
    use crate::text::Span;

    /// Every small letter may become a capital one.
    fn lint(source: &Source, _: &[NewFile]) -> (Vec<Diagnostic>, usize) {
        let letters = source.text().char_indices().filter(|(_, ch)| ch.is_ascii_lowercase());
        let found = letters.map(|(at, ch)| {
            let span = Span::new(at, at + 1);
            let mut found = Diagnostic::new(&rules::ALL[0].meta, Level::Warn, span, "x");
            let title = format!("raise {ch}");
            found.fix(Fix::new(Safety::Safe, title, [Edit::replace(span, ch.to_ascii_uppercase().to_string())]));
            found
        });
        (found.collect(), 0)
    }

    fn best(text: &str, bad: impl Fn(&str) -> bool) -> (String, usize) {
        let mut holds = |fixed: &Fixed| Ok::<_, ()>(bad(fixed.source.text()).then(|| "bad".to_owned()));
        let found = search(&Source::new("x", text), Safety::Safe, &mut lint, &mut holds).expect("it ends");
        (found.fixed.source.text().to_owned(), found.trials)
    }

    #[test]
    fn finds_the_one_to_blame() {
        assert_eq!(best("a b c d", |_| false), ("A B C D".to_owned(), 1));
        let (text, trials) = best("a b c d e f g h", |text| text.contains('F'));
        assert_eq!(text, "A B C D E f G H");
        assert!(trials <= 9, "{trials}");
        assert_eq!(best("a b c d", |text| text.contains('A') || text.contains('D')).0, "a B C d");
        assert_eq!(best("a b", |_| true).0, "a b");
    }

    #[test]
    fn one_that_needs_another() {
        // `A` holds only beside `D`.
        assert_eq!(best("a b c d", |text| text.contains('A') && !text.contains('D')).0, "A B C D");
        // Together they do not hold, alone each does.
        assert_eq!(best("a b", |text| text == "A B").0, "A b");
    }
}
