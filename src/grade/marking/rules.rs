//! Turns findings into a mark.

use std::collections::{BTreeMap, HashSet};

use serde::{Deserialize, Serialize};

use super::checks::{mark_with, set_status};
use super::dockerfile::SubmittedDockerfile;
use super::rule_page;
use crate::finding::Safety;
use crate::finding::{Diagnostic, Level};
use crate::grade::Points;
use crate::grade::rubric::Criterion;
use crate::grade::rubric::static_checks::RuleDeductions;
use crate::grade::sheet::{Location, Loss, Mark, MarkStatus};
use crate::lint::fix_loop::round;
use crate::report::{Change, mask, write_diff};
use crate::text::{Source, Span};

/// The largest file for which fixes are shown, in bytes: each diff compares the whole file.
const MAX_DIFFED: usize = 64 << 10;

/// A finding as evidence: what it says, without points.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct FoundRule {
    pub(super) rule: String,
    pub(super) level: Level,
    pub(super) loss: Loss,
}

/// The findings as evidence. Of all syntax errors only the first is kept, because the others may follow from it. The
/// first `repeats` findings of a rule have texts.
pub(super) fn found_rules(
    dockerfile: &SubmittedDockerfile,
    path: &str,
    found: Vec<Diagnostic>,
    repeats: usize,
) -> Vec<FoundRule> {
    let errors = dockerfile.file.errors.iter();
    let errors: HashSet<(Span, &str)> = errors.map(|error| (error.span, error.message.as_str())).collect();
    let mut seen = false;
    let mut counts: BTreeMap<(&str, Level), usize> = BTreeMap::new();
    let mut all = Vec::new();
    for found in &found {
        let is_syntax = errors.contains(&(found.span, &*found.message));
        if is_syntax && std::mem::replace(&mut seen, true) {
            continue;
        }
        let count = counts.entry((found.rule.name, found.level)).or_default();
        *count += 1;
        // The others are only counted.
        let loss = match *count <= repeats {
            true => loss(&dockerfile.source, path, found),
            false => Loss { rule: Some(found.rule.name.to_owned()), ..Loss::default() },
        };
        all.push(FoundRule { rule: found.rule.name.to_owned(), level: found.level, loss });
    }
    all
}

/// The mark of one criterion.
///
/// A finding that an earlier criterion has counted costs nothing more.
pub(super) fn mark(criterion: &Criterion, deductions: &RuleDeductions, findings: &[FoundRule], done: &[Mark]) -> Mark {
    let mut mark = mark_with(criterion, MarkStatus::Met);
    let each = deductions.each.unwrap_or(criterion.points);
    let mut left = deductions
        .cap
        .unwrap_or(Points::whole(1_000_000))
        .min(criterion.points - deductions.floor)
        .max(Points::ZERO);
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for found in findings {
        let Some((_, named)) = deductions.rules.iter().find(|(entry, _)| entry.meta.name == found.rule) else {
            continue;
        };
        let counts_level = match deductions.levels.is_empty() {
            true => *named || found.level >= Level::Warn,
            false => deductions.levels.contains(&found.level),
        };
        if !counts_level {
            continue;
        }
        let count = counts.entry(&found.rule).or_default();
        *count += 1;
        if *count > deductions.repeats {
            continue;
        }
        let mut loss = found.loss.clone();
        if let Some(hint) = &criterion.hint {
            loss.earn_back.clone_from(hint);
        }
        // Findings with the same fix are one mistake.
        let is_paid = |other: &Loss| other.points > Points::ZERO && other.diff.is_some() && other.diff == loss.diff;
        let is_same = |other: &&Loss| other.points > Points::ZERO && other.rule == loss.rule && other.place == loss.place;
        let is_known = |other: &&Mark| (criterion.hidden || !other.hidden) && other.losses.iter().any(|loss| is_same(&loss));
        let earlier = done.iter().find(is_known);
        if mark.losses.iter().any(is_paid) {
            loss.earn_back += "; already covered by a fix above, so it costs no extra points";
        } else if let Some(earlier) = earlier {
            let title = &earlier.title;
            loss.earn_back += &format!("; already counted under “{title}”, so it costs no extra points");
        } else {
            loss.points = each.min(left);
            left -= loss.points;
            mark.points -= loss.points;
        }
        mark.losses.push(loss);
    }
    for (rule, count) in counts.into_iter().filter(|(_, count)| *count > deductions.repeats) {
        let last = mark.losses.iter_mut().rfind(|loss| loss.rule.as_deref() == Some(rule));
        if let Some(last) = last {
            last.more = count - deductions.repeats;
        }
    }
    set_status(&mut mark);
    mark
}

fn loss(source: &Source, path: &str, found: &Diagnostic) -> Loss {
    let (line, column) = source.line_column(found.span.start());
    let help = match (&found.help[..], &found.fix) {
        ([], Some(fix)) => fix.title.clone().into_owned(),
        ([], None) => found.rule.summary(),
        (help, _) => help.join("; "),
    };
    Loss {
        points: Points::ZERO,
        place: Some(Location { file: path.to_owned(), line: Some(line), column: Some(column) }),
        what: mask(&found.message).into_owned(),
        why: rule_page::why(found.rule),
        earn_back: mask(&help).into_owned(),
        diff: diff(source, path, found),
        rule: Some(found.rule.name.to_owned()),
        ..Loss::default()
    }
}

/// The fix of one finding as a unified diff.
fn diff(source: &Source, path: &str, found: &Diagnostic) -> Option<String> {
    let fix = found.fix.as_ref().filter(|_| source.bytes().len() <= MAX_DIFFED)?;
    let mut out = Vec::new();
    let written = match fix.new_file() {
        Some(file) => {
            let change = Change { path: file.name.as_bytes(), old: b"", new: file.text.as_bytes(), is_new: true };
            write_diff(&change, &mut out, false, true)
        }
        None => {
            let (new, _) = round(source, std::slice::from_ref(found), Safety::Unsafe)?;
            let change = Change { path: path.as_bytes(), old: source.bytes(), new: &new, is_new: false };
            write_diff(&change, &mut out, false, true)
        }
    };
    written.ok()?;
    String::from_utf8(out).ok().filter(|text| text.len() < 16 << 10)
}
