//! Finds `ARG` and `ENV` variables that are meant to hold a secret.

use crate::finding::prelude::*;
use crate::knowledge::secrets::{Suspicion, Value, judge, suspicion};
use crate::model::UseStatus;
use crate::syntax::Pair;

pub const RULE: Rule =
    Rule::new(Level::Warn, "0.1.0", &[Check::OnFile(check)]).aka(&["DL3064", "SecretsUsedInArgOrEnv"]);

/// How many findings are searched for a use.
const MOST_USES: usize = 20;

fn check(cx: &Cx<'_>) {
    let (model, mut looked) = (cx.model, 0);
    for step in model.steps() {
        let instruction = step.onbuild().unwrap_or(step.instruction);
        let Args::Pairs(args) = &instruction.args else { continue };
        let keyword = instruction.keyword;
        for pair in args.pairs.iter().filter(|_| matches!(keyword, Keyword::Arg | Keyword::Env)) {
            let Some(suspicion) = suspicion(&pair.name.text) else { continue };
            let Some((variant, how, most)) = how(pair, keyword, step, cx) else { continue };
            let name = &pair.name.text;
            let used = (keyword == Keyword::Arg && looked < MOST_USES).then(|| use_of(name, step, model)).flatten();
            looked += 1;
            let in_final = model.stage(step.stage).is_some_and(|stage| stage.in_final);
            let mut found = cx.report(pair.span, format!("`{keyword} {name}` {how}", keyword = keyword.as_str()));
            found.variant(variant).at_most(most);
            // In a build stage, the cache and the provenance keep it, but not the image.
            if suspicion == Suspicion::Weak || !in_final {
                found.at_most(Level::Note);
            }
            if let Some(used) = used {
                found.label(used, "used here; mount it instead");
            }
            let id = name.to_ascii_lowercase();
            found.help(match keyword {
                Keyword::Arg => format!(
                    "mount it for the step that needs it: `RUN --mount=type=secret,id={id},env={name} …`, built with \
                     `docker build --secret id={id},env={name}`"
                ),
                _ => format!(
                    "pass it when the container starts, with `docker run --env {name}` or as a file; for a build step, \
                     `RUN --mount=type=secret,id={id},env={name} …`"
                ),
            });
        }
    }
}

/// How the secret leaks, what that is known by, and the highest level to report; `None` if it is not a secret.
fn how(pair: &Pair, keyword: Keyword, step: &Step<'_>, cx: &Cx<'_>) -> Option<(&'static str, &'static str, Level)> {
    let arg = keyword == Keyword::Arg;
    const PASSED: &str = "passes a secret as a build argument, which the image history records";
    const STORED: &str = "stores a build argument in the image, where `docker inspect` shows it";
    let leaks = |most: Level| if arg { ("passed", PASSED, most) } else { ("stored", STORED, most) };
    let Some(word) = pair.value.as_ref().filter(|word| !word.unquoted(cx.model.file.escape).is_empty()) else {
        return arg.then_some(("passed", PASSED, Level::Warn));
    };
    let judged = |value: &str| match judge(value) {
        Value::Harmless => None,
        Value::StandIn => Some(Level::Note),
        Value::Possible => Some(Level::Warn),
    };
    if !word.text.contains('$') {
        let level = judged(&word.unquoted(cx.model.file.escape))?;
        return Some(("literal", "sets a secret to a literal value", level));
    }
    let expansion = cx.model.expand(step, word);
    if expansion.uses.iter().any(|used| used.status == UseStatus::Unset) {
        return Some(leaks(Level::Warn));
    }
    match &expansion.value {
        // An unset default is empty.
        Some(value) if value.is_empty() => None,
        Some(value) => Some(("from-file", "sets a secret to a value from the Dockerfile", judged(value)?)),
        // A variable that the file never sets is empty, unless the base image sets it.
        None => Some(leaks(Level::Note)),
    }
}

/// The first use in a later `RUN` of the same stage.
fn use_of(name: &str, step: &Step<'_>, model: &Model<'_>) -> Option<Span> {
    let steps = &model.stage(step.stage)?.steps[step.index..];
    steps.iter().filter(|step| step.keyword() == Keyword::Run).find_map(|run| {
        let start = run.instruction.span.start();
        let text = model.source.slice(run.instruction.span);
        text.match_indices('$').find_map(|(at, _)| {
            let rest = text[at + 1..].trim_start_matches('{');
            let behind = rest.strip_prefix(name)?.chars().next();
            let end = text.len() - rest.len() + name.len();
            (!behind.is_some_and(|char| char.is_ascii_alphanumeric() || char == '_'))
                .then(|| Span::new(start + at, start + end))
        })
    })
}
