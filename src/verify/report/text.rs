//! For a terminal.

use std::fmt::Write;

use super::{ALWAYS, Verification, meaning, outcome_name, safety, short, unverified};
use crate::finding::Safety;
use crate::text::escape::visible;
use crate::verify::{Effect, FixOutcome};

/// The most changed lines that are shown of one fix.
const MAX_LINES: usize = 14;

/// What is shown before a row.
fn mark(change: Effect) -> &'static str {
    match change {
        Effect::Same => " ",
        Effect::Better => "+",
        Effect::Changed => "~",
        Effect::Worse => "-",
        Effect::Broken => "!",
    }
}

pub fn text(all: &[Verification]) -> String {
    let mut out = String::new();
    for (index, verification) in all.iter().enumerate() {
        if index > 0 {
            out.push('\n');
        }
        one(verification, &mut out);
    }
    out
}

fn one(verification: &Verification, out: &mut String) {
    let _ = writeln!(out, "{} ({})", visible(&verification.path), verification.engine);
    for note in &verification.notes {
        let _ = writeln!(out, "  note: {}", visible(note));
    }
    rows(verification, out);
    for profile in &verification.profile {
        let _ = writeln!(out, "  run with {}", visible(profile));
    }
    let built = &verification.after;
    if let (false, Some(error)) = (built.built, &built.build_error) {
        let _ = writeln!(out, "  the engine reported:");
        for line in error.lines() {
            let _ = writeln!(out, "    {}", visible(line));
        }
    }
    for unmet in &verification.comparison.unmet {
        let _ = writeln!(out, "  ! {}", visible(unmet));
    }
    outcomes(verification, true, out);
    last_words(verification, out);
    let _ = writeln!(out, "  {}", visible(&verification.verdict()));
}

fn rows(verification: &Verification, out: &mut String) {
    let _ = writeln!(out, "    {:<15} {:<36} after", "", "before");
    let mut marks: Vec<Effect> = Vec::new();
    for row in &verification.comparison.rows {
        if row.change == Effect::Same && !ALWAYS.contains(&row.what) {
            continue;
        }
        let after = match row.change == Effect::Same && row.before == row.after {
            true => "same".to_owned(),
            false => short(&row.after, 60),
        };
        let _ = writeln!(out, "  {} {:<15} {:<36} {after}", mark(row.change), row.what, short(&row.before, 36));
        if row.change != Effect::Same && !marks.contains(&row.change) {
            marks.push(row.change);
        }
    }
    marks.sort_unstable();
    let legend: Vec<_> = marks.iter().map(|change| format!("{} {}", mark(*change), meaning(*change))).collect();
    if !legend.is_empty() {
        let _ = writeln!(out, "    ({})", legend.join(", "));
    }
}

fn outcomes(verification: &Verification, with_diffs: bool, out: &mut String) {
    for (unit, outcome) in &verification.fixes {
        let (name, title) = (outcome_name(outcome), visible(&unit.title));
        let _ = writeln!(out, "  {name:<9} {}:{}: {title}{}", unit.rule, unit.line, safety(unit));
        if let Some(why) = outcome.why() {
            let _ = writeln!(out, "            {}", short(why, 240));
        }
        if with_diffs && !matches!(outcome, FixOutcome::NotTried(_)) {
            changed_lines(&unit.diff, out);
        }
    }
}

/// The lines of a diff that are removed or added.
fn changed_lines(diff: &str, out: &mut String) {
    let is_name = |line: &str| line.starts_with("--- ") || line.starts_with("+++ ");
    let lines: Vec<&str> = diff.lines().filter(|line| line.starts_with(['-', '+']) && !is_name(line)).collect();
    for line in lines.iter().take(MAX_LINES) {
        let _ = writeln!(out, "            {}", visible(line));
    }
    if lines.len() > MAX_LINES {
        let _ = writeln!(out, "            … {} more lines", lines.len() - MAX_LINES);
    }
}

/// What the container printed last, and what to try.
fn last_words(verification: &Verification, out: &mut String) {
    let Some((said, advice)) = unverified(verification) else { return };
    if !said.is_empty() {
        let _ = writeln!(out, "  the container's last lines:");
        for line in said.lines() {
            let _ = writeln!(out, "    {}", visible(line));
        }
    }
    for advice in advice {
        let _ = writeln!(out, "  try {}", visible(advice));
    }
}

/// What `check --fix --verify` prints about a file.
pub fn summary(verification: &Verification) -> String {
    let mut out = format!("{}: {}", visible(&verification.path), visible(&verification.verdict()));
    let trials = verification.trials;
    let _ =
        writeln!(out, " ({trials} candidate{} tried on {})", if trials == 1 { "" } else { "s" }, verification.engine);
    for row in verification.comparison.rows.iter().filter(|row| matches!(row.change, Effect::Better | Effect::Worse)) {
        let (before, after) = (short(&row.before, 60), short(&row.after, 60));
        let _ = writeln!(out, "  {} {}: {before} → {after}", mark(row.change), row.what);
    }
    for profile in &verification.profile {
        let _ = writeln!(out, "  run with {}", visible(profile));
    }
    let is_told = |(unit, outcome): &(crate::verify::FixGroup, FixOutcome)| {
        *outcome != FixOutcome::Kept || unit.safety != Safety::Safe
    };
    if verification.fixes.iter().any(is_told) {
        outcomes(verification, false, &mut out);
    }
    last_words(verification, &mut out);
    out
}
