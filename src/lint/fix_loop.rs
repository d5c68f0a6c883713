//! The fix loop: lint, apply, parse again until nothing applies.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::finding::{Diagnostic, Fix, NewFile, Order, Safety, Taken};
use crate::text::{Edit, Source, Span};

/// How often the loop lints again before it gives up.
const MOST_ROUNDS: usize = 50;

/// How many kinds of fixes may be left out of one file before it is left as it is.
const MOST_LEFT_OUT: usize = 20;

/// A file after its fixes.
#[derive(Debug)]
pub struct Fixed {
    pub source: Source,
    /// How many findings of each rule were fixed.
    pub applied: BTreeMap<&'static str, usize>,
    /// What is to be written beside it.
    pub new_files: Vec<NewFile>,
    /// What is found in `source`.
    pub left: Vec<Diagnostic>,
    /// The rules of fixes that were not applied, because they would have broken the file or never come to rest.
    pub left_out: BTreeSet<&'static str>,
}

/// Why a file was left as it was.
#[derive(Debug, PartialEq, Eq)]
pub enum FixError {
    /// The text parsed before the fixes of these rules, and not after.
    BrokeSyntax { rules: Vec<&'static str> },
    /// The fixes of these rules never came to rest.
    NoFixpoint { rules: Vec<&'static str> },
}

impl fmt::Display for FixError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (what, rules) = match self {
            FixError::BrokeSyntax { rules } => ("would have broken the file", rules),
            FixError::NoFixpoint { rules } => ("never came to rest", rules),
        };
        write!(f, "the fixes of {} {what}, so nothing was changed", rules.join(", "))
    }
}

impl std::error::Error for FixError {}

/// Whether a fix of any of these findings would be applied.
pub fn applies(found: &[Diagnostic], allowed: Safety) -> bool {
    found.iter().any(|diagnostic| diagnostic.fix.as_ref().is_some_and(|fix| fix.is_allowed(allowed)))
}

/// Lints, applies what is allowed and does not overlap or touch, and lints again, until nothing
/// applies. `lint` gives the findings and how many syntax errors there are. Files are not written: see [`fix_with_files`].
///
/// # Errors
/// When the result would not parse although the original does, or does not settle.
pub fn fix(
    source: &Source,
    allowed: Safety,
    mut lint: impl FnMut(&Source) -> (Vec<Diagnostic>, usize),
) -> Result<Fixed, FixError> {
    fix_with_files(source, allowed, |source, _| {
        let (mut found, errors) = lint(source);
        for diagnostic in &mut found {
            diagnostic.fix.take_if(|fix| fix.new_file().is_some());
        }
        (found, errors)
    })
}

/// The same, with the files that fixes write: `lint` is told which ones there will be.
///
/// # Errors
/// As [`fix`].
pub fn fix_with_files(
    source: &Source,
    allowed: Safety,
    mut lint: impl FnMut(&Source, &[NewFile]) -> (Vec<Diagnostic>, usize),
) -> Result<Fixed, FixError> {
    let first = lint(source, &[]);
    fix_found(source, first, allowed, lint)
}

/// The same, for a file that has been linted already: `first` is what `lint` gave. A fix after which the file does not
/// parse any more, or which is offered again and again, is left out, and the others are applied.
///
/// # Errors
/// As [`fix`], if that holds for too many.
pub fn fix_found(
    source: &Source,
    first: (Vec<Diagnostic>, usize),
    allowed: Safety,
    mut lint: impl FnMut(&Source, &[NewFile]) -> (Vec<Diagnostic>, usize),
) -> Result<Fixed, FixError> {
    let mut fixed = without_faults(source, first, &[], allowed, &mut lint)?;
    // What breaks a file together with other fixes may be applied after them.
    for _ in 0..MOST_PASSES {
        if fixed.left_out.is_empty() {
            break;
        }
        let first = lint(&fixed.source, &fixed.new_files);
        let Ok(mut next) = without_faults(&fixed.source, first, &fixed.new_files, allowed, &mut lint) else { break };
        if next.source.bytes() == fixed.source.bytes() {
            break;
        }
        for (rule, count) in &fixed.applied {
            *next.applied.entry(rule).or_default() += count;
        }
        fixed = next;
    }
    Ok(fixed)
}

/// How often fixes that were left out are tried again.
const MOST_PASSES: usize = 5;

/// Applies fixes, from the first file and these new ones on, without those that break it or are offered again and again.
fn without_faults(
    source: &Source,
    first: (Vec<Diagnostic>, usize),
    new_files: &[NewFile],
    allowed: Safety,
    lint: &mut impl FnMut(&Source, &[NewFile]) -> (Vec<Diagnostic>, usize),
) -> Result<Fixed, FixError> {
    let mut left_out = LeftOut::default();
    loop {
        match settle(source, first.clone(), new_files, allowed, &left_out, lint) {
            Err(Fault::Broke(kind)) if left_out.kinds.len() < MOST_LEFT_OUT => _ = left_out.kinds.insert(kind),
            Err(Fault::Broke(kind)) => {
                let rules: BTreeSet<_> = left_out.rules().chain([kind.rule]).collect();
                return Err(FixError::BrokeSyntax { rules: rules.into_iter().collect() });
            }
            // Two rules that undo each other: without one of them there is rest.
            Err(Fault::Restless(rules)) if left_out.restless.len() < MOST_LEFT_OUT => {
                let last = rules.iter().next_back().copied();
                left_out.restless.extend(last);
            }
            Err(Fault::Restless(rules)) => return Err(FixError::NoFixpoint { rules: rules.into_iter().collect() }),
            Ok(fixed) => return Ok(Fixed { left_out: left_out.rules().collect(), ..fixed }),
        }
    }
}

/// Fixes of one rule that replace the same texts by the same texts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct FixKind {
    rule: &'static str,
    /// What is replaced, and by what.
    edits: Vec<(String, String)>,
}

impl FixKind {
    fn of(fix: &Fix, rule: &'static str, source: &Source) -> Self {
        let edits = fix.edits().iter().map(|edit| (source.slice(edit.span).to_owned(), edit.text.clone()));
        Self { rule, edits: edits.collect() }
    }
}

/// What is not applied to a file.
#[derive(Default)]
struct LeftOut {
    kinds: BTreeSet<FixKind>,
    /// Rules.
    restless: BTreeSet<&'static str>,
}

impl LeftOut {
    fn has(&self, fix: &Fix, rule: &'static str, source: &Source) -> bool {
        self.restless.contains(rule) || !self.kinds.is_empty() && self.kinds.contains(&FixKind::of(fix, rule, source))
    }

    fn rules(&self) -> impl Iterator<Item = &'static str> {
        self.kinds.iter().map(|kind| kind.rule).chain(self.restless.iter().copied())
    }
}

/// Why the loop did not end well.
enum Fault {
    /// The file does not parse after this fix.
    Broke(FixKind),
    /// The fixes of these rules are offered again and again.
    Restless(BTreeSet<&'static str>),
}

/// The loop itself, without the fixes that are left out.
fn settle(
    source: &Source,
    (mut found, errors_before): (Vec<Diagnostic>, usize),
    new_files: &[NewFile],
    allowed: Safety,
    left_out: &LeftOut,
    lint: &mut impl FnMut(&Source, &[NewFile]) -> (Vec<Diagnostic>, usize),
) -> Result<Fixed, Fault> {
    let mut new_files = new_files.to_vec();
    let mut current = source.renamed(source.name());
    let mut applied = BTreeMap::new();
    let mut last = BTreeSet::new();
    for _ in 0..MOST_ROUNDS {
        if let Some((file, rule)) = to_be_written(&found, allowed, &new_files) {
            new_files.push(file);
            *applied.entry(rule).or_default() += 1;
            found = lint(&current, &new_files).0;
            continue;
        }
        let fixes: Vec<_> = offered(&found, allowed).filter(|(fix, rule)| !left_out.has(fix, rule, &current)).collect();
        let Some((bytes, fixes)) = apply(&current, fixes) else {
            let left_out = BTreeSet::new();
            return Ok(Fixed { source: current, applied, new_files, left: found, left_out });
        };
        let next = Source::new(source.name(), bytes);
        let (next_found, errors) = lint(&next, &new_files);
        if errors > errors_before {
            let breaks = |fixes: &[Applied<'_>]| {
                let tried = apply(&current, fixes.to_vec());
                tried.is_some_and(|(bytes, _)| lint(&Source::new(source.name(), bytes), &new_files).1 > errors_before)
            };
            return Err(Fault::Broke(culprit(&fixes, breaks, &current)));
        }
        last = fixes.iter().map(|(_, rule)| *rule).collect();
        for (_, rule) in fixes {
            *applied.entry(rule).or_default() += 1;
        }
        (current, found) = (next, next_found);
    }
    Err(Fault::Restless(last))
}

/// The fix at which a file breaks when they are applied one after the other, found by halving.
fn culprit(fixes: &[Applied<'_>], mut breaks: impl FnMut(&[Applied<'_>]) -> bool, source: &Source) -> FixKind {
    // So many hold, and so many do not.
    let (mut good, mut bad) = (0, fixes.len());
    while good + 1 < bad {
        let middle = good.midpoint(bad);
        if breaks(&fixes[..middle]) { bad = middle } else { good = middle }
    }
    let (fix, rule) = fixes[bad - 1];
    FixKind::of(fix, rule, source)
}

/// A fix and its rule.
pub type Applied<'a> = (&'a Fix, &'static str);

/// The first file that a fix writes and that is not among those already.
fn to_be_written(found: &[Diagnostic], allowed: Safety, known: &[NewFile]) -> Option<(NewFile, &'static str)> {
    let mut fixes = found.iter().filter_map(|diagnostic| Some((diagnostic.fix.as_ref()?, diagnostic.rule.name)));
    fixes.find_map(|(fix, rule)| {
        let file = fix.new_file().filter(|_| fix.is_allowed(allowed))?;
        known.iter().all(|other| other.name != file.name).then(|| (file.clone(), rule))
    })
}

/// One round: the new bytes and the fixes that are in them; `None` when nothing applies.
pub fn round<'a>(source: &Source, found: &'a [Diagnostic], allowed: Safety) -> Option<(Vec<u8>, Vec<Applied<'a>>)> {
    apply(source, offered(found, allowed).collect())
}

/// The fixes of the text itself.
fn offered(found: &[Diagnostic], allowed: Safety) -> impl Iterator<Item = Applied<'_>> {
    found
        .iter()
        .filter_map(|diagnostic| Some((diagnostic.fix.as_deref()?, diagnostic.rule.name)))
        .filter(move |(fix, _)| fix.is_allowed(allowed) && fix.new_file().is_none())
}

/// The new bytes, and those of the fixes that are in them: without those that wait for others.
fn apply<'a>(source: &Source, mut fixes: Vec<Applied<'a>>) -> Option<(Vec<u8>, Vec<Applied<'a>>)> {
    let offered: Vec<Order> = fixes.iter().filter_map(|(fix, _)| fix.order).collect();
    fixes.retain(|(fix, _)| fix.order.is_none_or(|order| !offered.iter().any(|other| order.waits_for(*other))));
    fixes.sort_by(|a, b| (a.0.edits()[0].span, a.1).cmp(&(b.0.edits()[0].span, b.1)));
    let mut taken = Taken::default();
    fixes.retain(|(fix, _)| taken.has(fix) || taken.add(fix));
    let bytes = source.bytes();
    let out = Edit::apply_bytes(taken.edits(), bytes, Span::new(0, bytes.len()))?;
    (!fixes.is_empty() && out != bytes).then_some((out, fixes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Level;
    use crate::rules;

    /// Every `a` becomes `b`, and every pair of line breaks one.
    fn lint(source: &Source) -> (Vec<Diagnostic>, usize) {
        let found = |span: Span, text: &str| {
            let mut found = Diagnostic::new(&rules::ALL[0].meta, Level::Warn, span, "x");
            found.fix(Fix::new(Safety::Safe, "x", [Edit::replace(span, text)]));
            found
        };
        let places = |what: &'static str| source.text().match_indices(what).map(|(at, _)| at);
        let letters = places("a").map(|at| found(Span::new(at, at + 1), "b"));
        let breaks = places("\n\n").map(|at| found(Span::new(at, at + 2), "\n"));
        (letters.chain(breaks).collect(), 0)
    }

    #[test]
    fn what_touches_waits_for_the_next_round() {
        let fixed = fix(&Source::new("x", "aaa\n\n\n\nac"), Safety::Safe, lint).expect("it settles");
        assert_eq!(fixed.source.text(), "bbb\nbc");
        assert!(fixed.left.is_empty());
    }

    #[test]
    fn many_fixes_take_no_time() {
        let start = std::time::Instant::now();
        let source = Source::new("x", "ax\n".repeat(100_000));
        let fixed = fix(&source, Safety::Safe, lint).expect("it settles");
        assert_eq!(fixed.applied.values().sum::<usize>(), 100_000);
        assert!(start.elapsed().as_secs() < 10, "{:?}", start.elapsed());
    }

    #[test]
    fn a_fix_that_never_rests_is_left_out() {
        let source = Source::new("x", "a");
        let grows = |_: &Source| {
            let mut found = Diagnostic::new(&rules::ALL[0].meta, Level::Warn, Span::at(0), "x");
            found.fix(Fix::new(Safety::Safe, "x", [Edit::insert(0, "b")]));
            (vec![found], 0)
        };
        let fixed = fix(&source, Safety::Safe, grows).expect("it is left out");
        assert_eq!((fixed.source.text(), fixed.left_out.len()), ("a", 1));
    }

    #[test]
    fn only_the_fix_that_breaks_the_file_is_left_out() {
        // A `b` in the first place is an error.
        let breaks = |source: &Source| (lint(source).0, usize::from(source.text().starts_with('b')));
        let fixed = fix(&Source::new("x", "axa\n\ny"), Safety::Safe, breaks).expect("the others are applied");
        assert_eq!((fixed.source.text(), fixed.left_out.len()), ("axa\ny", 1));
        let breaks = |source: &Source| {
            (lint(source).0, usize::from(source.text().contains("\n\n") == source.text().contains('a')))
        };
        let fixed = fix(&Source::new("x", "\n\n"), Safety::Safe, breaks).expect("nothing is applied");
        assert_eq!(fixed.source.text(), "\n\n");
    }
}
