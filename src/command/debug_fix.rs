//! `plimsoll debug-fix`: which fixes are applied in which round, for `tests/oracle/fixes.py`.

use serde_json::{Value, json};

use crate::command::inputs::{Input, inputs};
use crate::command::linter::Linter;
use crate::command::options::{CheckOptions, GlobalOptions};
use crate::command::overrides::configs;
use crate::command::read;
use crate::command::{Exit, Stop, print};
use crate::context::Contexts;
use crate::finding::Diagnostic;
use crate::finding::{Fix, Safety};
use crate::lint::fix_loop::round;
use crate::text::Source;
use crate::text::parallel::on_threads;

/// More than a run of `--fix` makes.
const MAX_ROUNDS: usize = 60;

/// Prints a line of JSON per file: findings before, the fixes of each round, findings left.
pub(in crate::command) fn run(options: &CheckOptions, global: &GlobalOptions) -> Result<Exit, Stop> {
    let mut configs = configs(&options.lint, global, &mut Vec::new());
    let inputs = inputs(&options.files, &mut configs);
    let contexts = Contexts::new();
    let allowed = options.fix.safety;
    let lines = on_threads(inputs.files.iter().collect(), 0, |input: &Input| {
        trace(input, &Linter { input, options: &options.lint, contexts: &contexts }, allowed)
            .unwrap_or_else(|error| json!({ "path": input.name, "error": error }))
    });
    print(lines.into_iter().map(|line| format!("{line}\n")).collect::<String>().as_bytes())
}

fn trace(input: &Input, linter: &Linter<'_>, allowed: Safety) -> Result<Value, String> {
    let path = input.path.as_ref().ok_or("standard input has no path")?;
    let mut source = read::file(path)?;
    let (mut found, _) = linter.lint(&source)?;
    let before: Vec<_> = found.iter().map(finding).collect();
    let mut rounds = Vec::new();
    // As `check --fix` does.
    let is_text = std::str::from_utf8(source.bytes()).is_ok();
    while let Some((bytes, applied)) = round(&source, &found, allowed).filter(|_| is_text && rounds.len() < MAX_ROUNDS)
    {
        rounds.push(applied.into_iter().map(|(fix, rule)| fix_data(fix, rule)).collect::<Vec<_>>());
        source = Source::new(source.name(), bytes).into();
        found = linter.lint(&source)?.0;
    }
    let left: Vec<_> = found.iter().map(finding).collect();
    Ok(json!({ "path": input.name, "before": before, "rounds": rounds, "left": left }))
}

fn finding(found: &Diagnostic) -> Value {
    json!({
        "rule": found.rule.name,
        "level": found.level,
        "message": found.message,
        "span": [found.span.start(), found.span.end()],
        "fix": found.fix.as_ref().map(|fix| fix_data(fix, found.rule.name)),
    })
}

fn fix_data(fix: &Fix, rule: &str) -> Value {
    let edits = fix.edits().iter().map(|edit| json!([edit.span.start(), edit.span.end(), edit.text]));
    json!({ "rule": rule, "title": fix.title, "safety": fix.safety, "edits": edits.collect::<Vec<_>>() })
}
