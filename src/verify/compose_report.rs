//! The result of verifying Compose projects: a section for each, in the form of the other results.

use std::fmt::Write;

use serde_json::{Value, json};

use super::compose::{ProjectReport, ProjectVerification, ServiceReport};
use super::FixOutcome;
use crate::finding::Safety;
use crate::text::escape::{markdown as escape, visible};

/// What a service does, in a few words.
fn state(service: Option<&ServiceReport>) -> String {
    let Some(service) = service else { return "missing".to_owned() };
    let mut words = vec![match service.exit {
        None => "runs".to_owned(),
        Some(code) => format!("exited with {code}"),
    }];
    match service.healthy {
        Some(true) => words.push("healthy".to_owned()),
        Some(false) => words.push("not healthy".to_owned()),
        None => {}
    }
    words.extend(service.ports.iter().map(|(port, state)| format!(":{port} {}", state.text())));
    words.join(", ")
}

/// Name, before and after of each row.
fn rows(verification: &ProjectVerification) -> Vec<(String, String, String)> {
    let start = |report: &ProjectReport| match &report.fault {
        None => "yes".to_owned(),
        Some(why) => format!("no: {}", why.lines().next().unwrap_or_default()),
    };
    let (before, after) = (&verification.before, &verification.after);
    let mut rows = vec![("starts".to_owned(), start(before), start(after))];
    rows.extend(before.services.iter().map(|(name, service)| {
        (name.clone(), state(Some(service)), state(after.services.get(name)))
    }));
    rows
}

/// For a terminal.
pub fn text(all: &[ProjectVerification]) -> String {
    let mut out = String::new();
    for verification in all {
        let _ = writeln!(out, "{} ({})", visible(&verification.path), verification.engine);
        let _ = writeln!(out, "    {:<15} {:<36} after", "", "before");
        for (name, before, after) in rows(verification) {
            let sign = if before == after { " " } else { "~" };
            let after = if before == after { "same".to_owned() } else { after };
            let _ = writeln!(out, "  {sign} {:<15} {:<36} {}", visible(&name), visible(&before), visible(&after));
        }
        for (unit, outcome) in &verification.fixes {
            let verb = match outcome {
                FixOutcome::Kept => "applied  ",
                FixOutcome::Rejected(_) => "rejected ",
                FixOutcome::NotTried(_) => "not tried",
            };
            let safety = if unit.safety == Safety::Safe { "" } else { " (unsafe)" };
            let _ = writeln!(out, "  {verb} {}:{}: {}{safety}", unit.rule, unit.line, visible(&unit.title));
            if let Some(why) = outcome.why() {
                let _ = writeln!(out, "            {}", visible(why.lines().next().unwrap_or_default()));
            }
        }
        let _ = writeln!(out, "  {}", verification.verdict());
    }
    out
}

/// What `check --fix --verify` prints about a project.
pub fn summary(verification: &ProjectVerification) -> String {
    let trials = verification.trials;
    let many = if trials == 1 { "" } else { "s" };
    let (path, engine) = (visible(&verification.path), &verification.engine);
    format!("{path}: {} ({trials} candidate{many} tried on {engine})\n", verification.verdict())
}

/// For programs.
pub fn json(verification: &ProjectVerification) -> Value {
    let fixes: Vec<Value> = verification
        .fixes
        .iter()
        .map(|(unit, outcome)| {
            let why = outcome.why();
            json!({
                "rule": unit.rule, "title": unit.title, "safety": unit.safety, "line": unit.line,
                "kept": why.is_none(), "why": why,
            })
        })
        .collect();
    json!({
        "path": verification.path,
        "engine": verification.engine,
        "holds": verification.holds(),
        "verdict": verification.verdict(),
        "before": verification.before,
        "after": verification.after,
        "fixes": fixes,
        "trials": verification.trials,
    })
}

/// For a comment on a pull request.
pub fn markdown(all: &[ProjectVerification]) -> String {
    let mut out = String::new();
    for verification in all {
        let (path, verdict) = (escape(&verification.path), escape(&verification.verdict()).into_owned());
        let _ = writeln!(out, "\n**{path}**: {verdict} ({})\n", escape(&verification.engine));
        let _ = writeln!(out, "| | before | after |\n| :-- | :-- | :-- |");
        for (name, before, after) in rows(verification) {
            let _ = writeln!(out, "| {} | {} | {} |", escape(&name), escape(&before), escape(&after));
        }
        if !verification.fixes.is_empty() {
            let _ = writeln!(out, "\n| Fix | Rule | |\n| :-- | :-- | :-- |");
        }
        for (unit, outcome) in &verification.fixes {
            let outcome = match outcome.why() {
                None => "applied".to_owned(),
                Some(why) => format!("not applied: {}", escape(why.lines().next().unwrap_or_default())),
            };
            let _ = writeln!(out, "| {} | `{}` | {outcome} |", escape(&unit.title), unit.rule);
        }
    }
    out
}
