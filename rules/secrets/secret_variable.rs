use crate::finding::prelude::*;
use crate::knowledge::secrets::{Suspicion, Value, judge, suspicion};
use crate::model::UseStatus;
use crate::syntax::Pair;

pub const RULE: Rule =
    Rule::new(Level::Warn, "0.1.0", &[Check::OnFile(check)]).aka(&["DL3064", "SecretsUsedInArgOrEnv"]);

/// For how many findings the place of use is looked for.
const MOST_USES: usize = 20;

fn check(cx: &mut Cx<'_>) {
    let (model, mut looked) = (cx.model, 0);
    for step in model.steps() {
        let instruction = step.onbuild().unwrap_or(step.instruction);
        let Args::Pairs(args) = &instruction.args else { continue };
        let keyword = instruction.keyword;
        for pair in args.pairs.iter().filter(|_| matches!(keyword, Keyword::Arg | Keyword::Env)) {
            let Some(suspicion) = suspicion(&pair.name.text) else { continue };
            let Some((how, most)) = how(pair, keyword, step, cx) else { continue };
            let name = &pair.name.text;
            let used = (keyword == Keyword::Arg && looked < MOST_USES).then(|| use_of(name, step, model)).flatten();
            looked += 1;
            let in_final = model.stage(step.stage).is_some_and(|stage| stage.in_final);
            let found = cx.report(pair.span, format!("`{keyword} {name}` {how}", keyword = keyword.as_str()));
            found.at_most(most);
            // Of a stage that only builds, the build cache and the provenance keep it, not the image.
            if suspicion == Suspicion::Weak || !in_final {
                found.at_most(Level::Note);
            }
            if let Some(used) = used {
                found.label(used, "used here, where it should be mounted");
            }
            let id = name.to_ascii_lowercase();
            found.help(match keyword {
                Keyword::Arg => format!(
                    "mount it for the one step that needs it: `RUN --mount=type=secret,id={id},env={name} …`, built with \
                     `docker build --secret id={id},env={name}`"
                ),
                _ => format!(
                    "give it when the container starts, with `docker run --env {name}` or as a file; for a build step \
                     `RUN --mount=type=secret,id={id},env={name} …`"
                ),
            });
        }
    }
}

/// What happens to the secret, and how loud to say so. `None`: there is none.
fn how(pair: &Pair, keyword: Keyword, step: &Step<'_>, cx: &Cx<'_>) -> Option<(&'static str, Level)> {
    const PASSED: &str = "takes a secret as a build argument, which the image's history shows";
    const STORED: &str = "stores a build argument in the image, where `docker inspect` shows it";
    let arg = keyword == Keyword::Arg;
    let Some(word) = pair.value.as_ref().filter(|word| !word.unquoted(cx.file.escape).is_empty()) else {
        return arg.then_some((PASSED, Level::Warn));
    };
    let judged = |value: &str| match judge(value) {
        Value::Harmless => None,
        Value::StandIn => Some(Level::Note),
        Value::Possible => Some(Level::Warn),
    };
    if !word.text.contains('$') {
        let level = judged(&word.unquoted(cx.file.escape))?;
        return Some(("has a secret's value in the Dockerfile", level));
    }
    let expansion = cx.model.expand(step, word);
    if expansion.uses.iter().any(|used| used.status == UseStatus::Unset) {
        return Some((if arg { PASSED } else { STORED }, Level::Warn));
    }
    match &expansion.value {
        // A default that nothing fills: empty.
        Some(value) if value.is_empty() => None,
        Some(value) => Some(("gets a secret's value that the Dockerfile has", judged(value)?)),
        // A variable that nothing here sets is empty, unless the base image has it.
        None => Some((if arg { PASSED } else { STORED }, Level::Note)),
    }
}

/// The first use in a RUN behind it, in the same stage.
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
