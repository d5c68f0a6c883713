//! What a proof found: for a terminal, a program, or a pull request's comment.

use std::fmt::Write;

use serde_json::{Value, json};

use crate::finding::Safety;
use crate::text::escape::{markdown as escape, visible};
use crate::verify::{Change, Comparison, Fate, Side, Unit};

/// All about one file.
pub struct Evidence {
    pub path: String,
    /// What built and ran it, with versions.
    pub engine: String,
    /// About the build context.
    pub notes: Vec<String>,
    pub before: Side,
    pub after: Side,
    pub comparison: Comparison,
    pub fixes: Vec<(Unit, Fate)>,
    /// How many different files were tried.
    pub trials: usize,
}

impl Evidence {
    /// Whether all fixes hold, and the image does what is expected.
    pub fn holds(&self) -> bool {
        self.comparison.holds() && self.rejected().next().is_none()
    }

    fn rejected(&self) -> impl Iterator<Item = (&Unit, &str)> {
        self.fixes.iter().filter_map(|(unit, fate)| match fate {
            Fate::Rejected(why) => Some((unit, why.as_str())),
            Fate::Kept => None,
        })
    }

    fn kept(&self) -> impl Iterator<Item = &Unit> {
        self.fixes.iter().filter(|(_, fate)| *fate == Fate::Kept).map(|(unit, _)| unit)
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
            (0, 0) => "nothing to repair".to_owned(),
            (_, 0) if !self.before.built => format!("{} make it build", fixes(kept)),
            (_, 0) => format!("{} proved: the image builds and does the same", fixes(kept)),
            (0, _) => format!("{} rejected: none can be kept", fixes(rejected)),
            _ => format!("{} proved, {rejected} rejected", fixes(kept)),
        }
    }
}

fn mark(change: Change) -> &'static str {
    match change {
        Change::Same => " ",
        Change::Better => "+",
        Change::Changed => "~",
        Change::Worse => "-",
        Change::Broken => "!",
    }
}

fn safety(unit: &Unit) -> &'static str {
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

/// Rows that are shown even if nothing has changed.
const ALWAYS: [&str; 7] = ["build", "size", "layers", "user", "end", "output", "runs as"];

pub fn text(all: &[Evidence]) -> String {
    let mut out = String::new();
    for (index, evidence) in all.iter().enumerate() {
        if index > 0 {
            out.push('\n');
        }
        one_text(evidence, &mut out);
    }
    out
}

fn one_text(evidence: &Evidence, out: &mut String) {
    let _ = writeln!(out, "{} ({})", visible(&evidence.path), evidence.engine);
    for note in &evidence.notes {
        let _ = writeln!(out, "  note: {}", visible(note));
    }
    let _ = writeln!(out, "    {:<15} {:<36} as repaired", "", "as it is");
    for row in &evidence.comparison.rows {
        if row.change == Change::Same && !ALWAYS.contains(&row.what) {
            continue;
        }
        let after = if row.change == Change::Same && row.before == row.after {
            "the same".to_owned()
        } else {
            short(&row.after, 60)
        };
        let _ = writeln!(out, "  {} {:<15} {:<36} {after}", mark(row.change), row.what, short(&row.before, 36));
    }
    let built = &evidence.after;
    if let (false, Some(error)) = (built.built, &built.build_error) {
        let _ = writeln!(out, "  the engine says:");
        for line in error.lines() {
            let _ = writeln!(out, "    {}", visible(line));
        }
    }
    for unmet in &evidence.comparison.unmet {
        let _ = writeln!(out, "  ! {}", visible(unmet));
    }
    fates(evidence, out);
    let _ = writeln!(out, "  {}", visible(&evidence.verdict()));
}

fn fates(evidence: &Evidence, out: &mut String) {
    for unit in evidence.kept() {
        let _ = writeln!(out, "  kept      {}:{}: {}{}", unit.rule, unit.line, visible(&unit.title), safety(unit));
    }
    for (unit, why) in evidence.rejected() {
        let _ = writeln!(out, "  rejected  {}:{}: {}{}", unit.rule, unit.line, visible(&unit.title), safety(unit));
        let _ = writeln!(out, "            {}", short(why, 240));
    }
}

/// What `check --fix --verify` tells of a file.
pub fn summary(evidence: &Evidence, rejected: usize) -> String {
    let mut out = format!("{}: {}", visible(&evidence.path), visible(&evidence.verdict()));
    let trials = evidence.trials;
    let _ = writeln!(out, " ({trials} trial{} on {})", if trials == 1 { "" } else { "s" }, evidence.engine);
    for row in evidence.comparison.rows.iter().filter(|row| row.change == Change::Better || row.change == Change::Worse)
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
    if rejected > 0 || evidence.kept().any(|unit| unit.safety != Safety::Safe) {
        fates(evidence, &mut out);
    }
    out
}

pub fn json(all: &[Evidence]) -> String {
    let files: Vec<Value> = all
        .iter()
        .map(|evidence| {
            let fixes: Vec<Value> = evidence
                .fixes
                .iter()
                .map(|(unit, fate)| {
                    let why = match fate {
                        Fate::Kept => None,
                        Fate::Rejected(why) => Some(why),
                    };
                    json!({
                        "rule": unit.rule, "title": unit.title, "safety": unit.safety, "line": unit.line,
                        "kept": why.is_none(), "why": why,
                    })
                })
                .collect();
            json!({
                "path": evidence.path,
                "engine": evidence.engine,
                "notes": evidence.notes,
                "holds": evidence.holds(),
                "verdict": evidence.verdict(),
                "before": evidence.before,
                "after": evidence.after,
                "rows": evidence.comparison.rows,
                "unmet": evidence.comparison.unmet,
                "fixes": fixes,
                "trials": evidence.trials,
            })
        })
        .collect();
    format!("{:#}\n", json!({ "version": 1, "files": files }))
}

pub fn markdown(all: &[Evidence]) -> String {
    let mut out = String::from("### Plimsoll: proof\n");
    for evidence in all {
        let _ = writeln!(
            out,
            "\n**{}**: {} ({})\n",
            escape(&evidence.path),
            escape(&evidence.verdict()),
            escape(&evidence.engine)
        );
        let _ = writeln!(out, "| | as it is | as repaired | |\n| :-- | :-- | :-- | :-- |");
        for row in
            evidence.comparison.rows.iter().filter(|row| row.change != Change::Same || ALWAYS.contains(&row.what))
        {
            let sign = match row.change {
                Change::Same => "",
                Change::Better => "better",
                Change::Changed => "changed",
                Change::Worse => "worse",
                Change::Broken => "**broken**",
            };
            let _ = writeln!(
                out,
                "| {} | {} | {} | {sign} |",
                row.what,
                escape(&short(&row.before, 120)),
                escape(&short(&row.after, 120))
            );
        }
        for unmet in &evidence.comparison.unmet {
            let _ = writeln!(out, "\n- **not as expected**: {}", escape(unmet));
        }
        if !evidence.fixes.is_empty() {
            let _ = writeln!(out, "\n| Fix | Rule | |\n| :-- | :-- | :-- |");
            for (unit, fate) in &evidence.fixes {
                let fate = match fate {
                    Fate::Kept => "kept".to_owned(),
                    Fate::Rejected(why) => format!("rejected: {}", escape(&short(why, 240))),
                };
                let _ = writeln!(out, "| {}{} | `{}` | {fate} |", escape(&unit.title), safety(unit), unit.rule);
            }
        }
    }
    out
}
