//! The result of a verification: for a terminal, for programs, or as a comment on a pull request.

use std::fmt::Write;

use serde_json::{Value, json};

use crate::finding::Safety;
use crate::text::escape::{markdown as escape, visible};
use crate::verify::{Comparison, Effect, FixGroup, FixOutcome, ImageReport};

/// One file before and after its fixes.
pub struct Verification {
    pub path: String,
    /// The engines that built and ran it, with versions.
    pub engine: String,
    /// Notes on the build context.
    pub notes: Vec<String>,
    pub before: ImageReport,
    pub after: ImageReport,
    pub comparison: Comparison,
    pub fixes: Vec<(FixGroup, FixOutcome)>,
    /// How many candidates were tried: different sets of fixes.
    pub trials: usize,
}

impl Verification {
    /// Whether no fix was rejected, and the image does what is expected.
    pub fn holds(&self) -> bool {
        self.comparison.holds() && self.rejected().next().is_none()
    }

    fn rejected(&self) -> impl Iterator<Item = (&FixGroup, &str)> {
        self.fixes.iter().filter_map(|(unit, outcome)| match outcome {
            FixOutcome::Rejected(why) => Some((unit, why.as_str())),
            FixOutcome::Kept => None,
        })
    }

    fn kept(&self) -> impl Iterator<Item = &FixGroup> {
        self.fixes.iter().filter(|(_, outcome)| *outcome == FixOutcome::Kept).map(|(unit, _)| unit)
    }

    /// The outcome in one sentence.
    fn verdict(&self) -> String {
        let (kept, rejected) = (self.kept().count(), self.rejected().count());
        let fixes = |count: usize| if count == 1 { "1 fix".to_owned() } else { format!("{count} fixes") };
        if !self.after.built {
            return "the image does not build".to_owned();
        }
        if let Some(unmet) = self.comparison.unmet.first() {
            return format!("not as expected: {unmet}");
        }
        match (kept, rejected) {
            (0, 0) => "nothing to fix".to_owned(),
            (_, 0) if !self.before.built => format!("{} verified: the image builds now", fixes(kept)),
            (_, 0) => format!("{} verified: image builds and behaves identically", fixes(kept)),
            (0, _) => format!("{} rejected, none applied", fixes(rejected)),
            _ => format!("{} verified, {rejected} rejected", fixes(kept)),
        }
    }
}

fn mark(change: Effect) -> &'static str {
    match change {
        Effect::Same => " ",
        Effect::Better => "+",
        Effect::Changed => "~",
        Effect::Worse => "-",
        Effect::Broken => "!",
    }
}

fn safety(unit: &FixGroup) -> &'static str {
    match unit.safety {
        Safety::Safe => "",
        _ => " (unsafe)",
    }
}

/// At most so many characters, on one line.
fn short(text: &str, most: usize) -> String {
    let text = visible(text.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or_default().trim());
    match text.chars().count() {
        count if count <= most => text.into_owned(),
        _ => text.chars().take(most - 1).chain(['…']).collect(),
    }
}

/// Rows that are shown even if nothing changed.
const ALWAYS: [&str; 7] = ["build", "size", "layers", "user", "exit", "output", "runs as"];

pub fn text(all: &[Verification]) -> String {
    let mut out = String::new();
    for (index, verification) in all.iter().enumerate() {
        if index > 0 {
            out.push('\n');
        }
        one_text(verification, &mut out);
    }
    out
}

fn one_text(verification: &Verification, out: &mut String) {
    let _ = writeln!(out, "{} ({})", visible(&verification.path), verification.engine);
    for note in &verification.notes {
        let _ = writeln!(out, "  note: {}", visible(note));
    }
    let _ = writeln!(out, "    {:<15} {:<36} after", "", "before");
    for row in &verification.comparison.rows {
        if row.change == Effect::Same && !ALWAYS.contains(&row.what) {
            continue;
        }
        let after = if row.change == Effect::Same && row.before == row.after {
            "same".to_owned()
        } else {
            short(&row.after, 60)
        };
        let _ = writeln!(out, "  {} {:<15} {:<36} {after}", mark(row.change), row.what, short(&row.before, 36));
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
    outcomes(verification, out);
    let _ = writeln!(out, "  {}", visible(&verification.verdict()));
}

fn outcomes(verification: &Verification, out: &mut String) {
    for unit in verification.kept() {
        let _ = writeln!(out, "  applied   {}:{}: {}{}", unit.rule, unit.line, visible(&unit.title), safety(unit));
    }
    for (unit, why) in verification.rejected() {
        let _ = writeln!(out, "  rejected  {}:{}: {}{}", unit.rule, unit.line, visible(&unit.title), safety(unit));
        let _ = writeln!(out, "            {}", short(why, 240));
    }
}

/// What `check --fix --verify` prints about a file.
pub fn summary(verification: &Verification) -> String {
    let mut out = format!("{}: {}", visible(&verification.path), visible(&verification.verdict()));
    let trials = verification.trials;
    let _ =
        writeln!(out, " ({trials} candidate{} tried on {})", if trials == 1 { "" } else { "s" }, verification.engine);
    for row in
        verification.comparison.rows.iter().filter(|row| row.change == Effect::Better || row.change == Effect::Worse)
    {
        let _ = writeln!(
            out,
            "  {} {}: {} → {}",
            mark(row.change),
            row.what,
            short(&row.before, 60),
            short(&row.after, 60)
        );
    }
    if verification.rejected().next().is_some() || verification.kept().any(|unit| unit.safety != Safety::Safe) {
        outcomes(verification, &mut out);
    }
    out
}

pub fn json(all: &[Verification]) -> String {
    let files: Vec<Value> = all
        .iter()
        .map(|verification| {
            let fixes: Vec<Value> = verification
                .fixes
                .iter()
                .map(|(unit, outcome)| {
                    let why = match outcome {
                        FixOutcome::Kept => None,
                        FixOutcome::Rejected(why) => Some(why),
                    };
                    json!({
                        "rule": unit.rule, "title": unit.title, "safety": unit.safety, "line": unit.line,
                        "kept": why.is_none(), "why": why,
                    })
                })
                .collect();
            json!({
                "path": verification.path,
                "engine": verification.engine,
                "notes": verification.notes,
                "holds": verification.holds(),
                "verdict": verification.verdict(),
                "before": verification.before,
                "after": verification.after,
                "rows": verification.comparison.rows,
                "unmet": verification.comparison.unmet,
                "fixes": fixes,
                "trials": verification.trials,
            })
        })
        .collect();
    format!("{:#}\n", json!({ "version": 1, "files": files }))
}

pub fn markdown(all: &[Verification]) -> String {
    let mut out = String::from("### Plimsoll: verification\n");
    for verification in all {
        let _ = writeln!(
            out,
            "\n**{}**: {} ({})\n",
            escape(&verification.path),
            escape(&verification.verdict()),
            escape(&verification.engine)
        );
        let _ = writeln!(out, "| | before | after | |\n| :-- | :-- | :-- | :-- |");
        for row in
            verification.comparison.rows.iter().filter(|row| row.change != Effect::Same || ALWAYS.contains(&row.what))
        {
            let sign = match row.change {
                Effect::Same => "",
                Effect::Better => "better",
                Effect::Changed => "changed",
                Effect::Worse => "worse",
                Effect::Broken => "**broken**",
            };
            let _ = writeln!(
                out,
                "| {} | {} | {} | {sign} |",
                row.what,
                escape(&short(&row.before, 120)),
                escape(&short(&row.after, 120))
            );
        }
        for unmet in &verification.comparison.unmet {
            let _ = writeln!(out, "\n- **not as expected**: {}", escape(unmet));
        }
        if !verification.fixes.is_empty() {
            let _ = writeln!(out, "\n| Fix | Rule | |\n| :-- | :-- | :-- |");
            for (unit, outcome) in &verification.fixes {
                let outcome = match outcome {
                    FixOutcome::Kept => "applied".to_owned(),
                    FixOutcome::Rejected(why) => format!("rejected: {}", escape(&short(why, 240))),
                };
                let _ = writeln!(out, "| {}{} | `{}` | {outcome} |", escape(&unit.title), safety(unit), unit.rule);
            }
        }
    }
    out
}
