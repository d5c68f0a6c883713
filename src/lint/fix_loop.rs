//! The fix loop: lint, apply, parse again until nothing applies.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::finding::{Diagnostic, Fix, NewFile, Order, Safety};
use crate::text::{Source, Span};

/// How often the loop lints again before it gives up.
const MOST_ROUNDS: usize = 50;

/// A file after its repairs.
#[derive(Debug)]
pub struct Fixed {
    pub source: Source,
    /// How many findings of which rule were repaired.
    pub applied: BTreeMap<&'static str, usize>,
    /// What is to be written beside it.
    pub new_files: Vec<NewFile>,
    /// What is found in `source`.
    pub left: Vec<Diagnostic>,
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

/// The same, for a file that has been linted already: `first` is what `lint` gave.
///
/// # Errors
/// As [`fix`].
pub fn fix_found(
    source: &Source,
    first: (Vec<Diagnostic>, usize),
    allowed: Safety,
    mut lint: impl FnMut(&Source, &[NewFile]) -> (Vec<Diagnostic>, usize),
) -> Result<Fixed, FixError> {
    let mut new_files = Vec::new();
    let mut current = Source::new(source.name(), source.bytes());
    let mut applied = BTreeMap::new();
    let (mut found, errors_before) = first;
    for _ in 0..MOST_ROUNDS {
        if let Some((file, rule)) = to_be_written(&found, allowed, &new_files) {
            new_files.push(file);
            *applied.entry(rule).or_default() += 1;
            found = lint(&current, &new_files).0;
            continue;
        }
        let Some((bytes, fixes)) = round(&current, &found, allowed) else {
            return Ok(Fixed { source: current, applied, new_files, left: found });
        };
        let rules: Vec<_> = fixes.into_iter().map(|(_, rule)| rule).collect();
        let next = Source::new(source.name(), bytes);
        let (next_found, errors) = lint(&next, &new_files);
        if errors > errors_before {
            return Err(FixError::BrokeSyntax {
                rules: rules.into_iter().collect::<BTreeSet<_>>().into_iter().collect(),
            });
        }
        for rule in rules {
            *applied.entry(rule).or_default() += 1;
        }
        (current, found) = (next, next_found);
    }
    Err(FixError::NoFixpoint { rules: applied.into_keys().collect() })
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
    let mut fixes: Vec<Applied<'a>> = found
        .iter()
        .filter_map(|diagnostic| Some((diagnostic.fix.as_ref()?, diagnostic.rule.name)))
        .filter(|(fix, _)| fix.is_allowed(allowed) && fix.new_file().is_none())
        .collect();
    let offered: Vec<Order> = fixes.iter().filter_map(|(fix, _)| fix.order).collect();
    fixes.retain(|(fix, _)| fix.order.is_none_or(|order| !offered.iter().any(|other| order.waits_for(*other))));
    fixes.sort_by(|a, b| (a.0.edits()[0].span, a.1).cmp(&(b.0.edits()[0].span, b.1)));
    let mut taken = BTreeMap::new();
    let mut applied = Vec::new();
    for (fix, rule) in fixes {
        if fix.edits().iter().all(|edit| taken.get(&edit.span) == Some(&edit.text.as_str())) {
            applied.push((fix, rule));
        } else if !fix.edits().iter().any(|edit| touches(&taken, edit.span)) {
            taken.extend(fix.edits().iter().map(|edit| (edit.span, edit.text.as_str())));
            applied.push((fix, rule));
        }
    }
    let bytes = source.bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    for (span, text) in taken {
        out.extend_from_slice(&bytes[at..span.start()]);
        out.extend_from_slice(text.as_bytes());
        at = span.end();
    }
    out.extend_from_slice(&bytes[at..]);
    (!applied.is_empty() && out != bytes).then_some((out, applied))
}

/// Whether one of the edits that are taken lies at `span`, or side by side with it. They are disjoint, so of those that
/// begin before its end the last is the one that ends last.
fn touches(taken: &BTreeMap<Span, &str>, span: Span) -> bool {
    let before = taken.range(..=Span { start: span.end, end: u32::MAX }).next_back();
    before.is_some_and(|(other, _)| other.end >= span.start)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Level;
    use crate::rules;
    use crate::text::Edit;

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
    fn no_rest_and_no_syntax() {
        let source = Source::new("x", "a");
        let grows = |_: &Source| {
            let mut found = Diagnostic::new(&rules::ALL[0].meta, Level::Warn, Span::at(0), "x");
            found.fix(Fix::new(Safety::Safe, "x", [Edit::insert(0, "b")]));
            (vec![found], 0)
        };
        assert!(matches!(fix(&source, Safety::Safe, grows), Err(FixError::NoFixpoint { .. })));
        let breaks = |source: &Source| (lint(source).0, usize::from(source.text() != "a"));
        assert!(matches!(fix(&source, Safety::Safe, breaks), Err(FixError::BrokeSyntax { .. })));
    }
}
