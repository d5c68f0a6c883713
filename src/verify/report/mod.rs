//! The result of a verification: for a terminal, for programs, as a comment on a pull request, or as a page.

mod html;
mod markdown;
mod text;

use serde_json::{Value, json};

use crate::finding::Safety;
use crate::text::escape::{json as json_text, visible};
use crate::verify::{Behaviour, Comparison, Effect, FixGroup, FixOutcome, ImageReport, ProjectVerification, compose_report};

pub use html::html;
pub use markdown::markdown;
pub use text::{summary, text};

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
    /// How the images were run, where that differs from the usual way.
    pub profile: Vec<String>,
    /// Whether something was expected of the run.
    pub expects: bool,
    /// All fixes that were kept, as a unified diff.
    pub diff: String,
    /// The Dockerfile before and after.
    pub texts: (String, String),
}

impl Verification {
    /// Whether the image does its job before and after, as expected, and no safe fix was rejected.
    pub fn holds(&self) -> bool {
        let is_seen = match &self.comparison.behaviour {
            Behaviour::Verified { .. } | Behaviour::NotRun => true,
            Behaviour::Repaired { .. } => self.expects,
            Behaviour::Unverified { .. } => false,
        };
        let failed = |(unit, outcome): &(FixGroup, FixOutcome)| {
            let is_time = matches!(outcome, FixOutcome::NotTried(_));
            unit.safety == Safety::Safe && (is_time || matches!(outcome, FixOutcome::Rejected(_)))
        };
        is_seen && self.comparison.holds() && !self.fixes.iter().any(failed)
    }

    fn count(&self, is: impl Fn(&FixOutcome) -> bool) -> usize {
        self.fixes.iter().filter(|(_, outcome)| is(outcome)).count()
    }

    /// The outcome in one sentence.
    pub fn verdict(&self) -> String {
        let kept = self.count(|outcome| *outcome == FixOutcome::Kept);
        let rejected = self.count(|outcome| matches!(outcome, FixOutcome::Rejected(_)));
        if !self.after.built {
            return "the image does not build".to_owned();
        }
        if let Some(unmet) = self.comparison.unmet.first() {
            return format!("not as expected: {unmet}");
        }
        let fixes = |count: usize| if count == 1 { "1 fix".to_owned() } else { format!("{count} fixes") };
        let but = if rejected == 0 { String::new() } else { format!(", {rejected} rejected") };
        if kept == 0 {
            let none = match (rejected, self.fixes.len()) {
                (0, 0) => "nothing to fix".to_owned(),
                (0, _) => "no fix applied".to_owned(),
                _ => format!("{} rejected, none applied", fixes(rejected)),
            };
            return match &self.comparison.behaviour {
                Behaviour::Verified { seen } => format!("{none}; the image does its job ({seen})"),
                Behaviour::NotRun => format!("{none}; the image builds and was not run"),
                Behaviour::Repaired { why } | Behaviour::Unverified { why, .. } => {
                    format!("{none}; behavior not verified: {why}")
                }
            };
        }
        let kept = fixes(kept);
        match &self.comparison.behaviour {
            Behaviour::Verified { seen } if rejected == 0 => {
                format!("{kept} verified: image builds and behaves identically ({seen})")
            }
            Behaviour::Verified { seen } => {
                format!("{kept} verified{but}: image builds and behaves identically ({seen})")
            }
            Behaviour::NotRun => format!("{kept} applied{but}: builds; not run"),
            Behaviour::Repaired { why } if !self.before.built => {
                format!("{kept} applied{but}: it builds now, and {why}")
                    .replace("it did not build", "did not before; behavior not compared")
            }
            Behaviour::Repaired { why } => {
                format!("{kept} applied{but}: the image does its job now, and did not before: {why}")
            }
            Behaviour::Unverified { why, .. } => format!("{kept} applied{but}: builds; behavior not verified: {why}"),
        }
    }
}

/// What a mark means, in words.
fn meaning(change: Effect) -> &'static str {
    match change {
        Effect::Same => "same",
        Effect::Better => "better",
        Effect::Changed => "changed",
        Effect::Worse => "worse",
        Effect::Broken => "broken",
    }
}

/// The outcome of a fix, in words.
fn outcome_name(outcome: &FixOutcome) -> &'static str {
    match outcome {
        FixOutcome::Kept => "applied",
        FixOutcome::Rejected(_) => "rejected",
        FixOutcome::NotTried(_) => "not tried",
    }
}

fn safety(unit: &FixGroup) -> &'static str {
    match unit.safety {
        Safety::Safe => "",
        _ => " (unsafe)",
    }
}

/// The last line, of at most so many characters.
fn short(text: &str, most: usize) -> String {
    let text = visible(text.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or_default().trim());
    match text.chars().count() {
        count if count <= most => text.into_owned(),
        _ => text.chars().take(most - 1).chain(['…']).collect(),
    }
}

/// Rows that are shown even if nothing changed.
const ALWAYS: [&str; 8] = ["build", "size", "layers", "user", "exit", "output", "port", "runs as"];

/// What the container printed last, and what to try, if its behaviour was not verified.
fn unverified(verification: &Verification) -> Option<(&str, &[String])> {
    match &verification.comparison.behaviour {
        Behaviour::Unverified { said, advice, .. } => Some((said, advice)),
        _ => None,
    }
}

pub fn json(all: &[Verification], projects: &[ProjectVerification]) -> String {
    let mut files: Vec<Value> = all
        .iter()
        .map(|verification| {
            let fixes: Vec<Value> = verification
                .fixes
                .iter()
                .map(|(unit, outcome)| {
                    let why = outcome.why();
                    json!({
                        "rule": unit.rule, "title": unit.title, "safety": unit.safety, "line": unit.line,
                        "kept": why.is_none(), "outcome": outcome_name(outcome), "why": why, "diff": unit.diff,
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
                "behaviour": verification.comparison.behaviour,
                "profile": verification.profile,
                "diff": verification.diff,
                "rows": verification.comparison.rows,
                "unmet": verification.comparison.unmet,
                "fixes": fixes,
                "trials": verification.trials,
            })
        })
        .collect();
    files.extend(projects.iter().map(compose_report::json));
    json_text(&format!("{:#}\n", json!({ "version": 1, "files": files }))).into_owned()
}
