//! Base images that are nothing without a variable's value.

use crate::model::UseStatus;
use crate::prelude::*;

pub const RULE: Rule = Rule::new(Level::Error, "0.1.0", &[Check::OnStage(check)]).aka(&["InvalidDefaultArgInFrom"]);

fn check(stage: &Stage<'_>, cx: &mut Cx<'_>) {
    let Some(image) = stage.image().filter(|image| image.written.contains('$')) else { return };
    let in_image = stage.uses.iter().filter(|used| image.span.contains(used.span));
    let empty = || in_image.clone().filter(|used| used.status != UseStatus::Set && !used.fallback);
    // One that is not declared at all is `undeclared-in-from`'s.
    if empty().any(|used| used.is_undefined()) {
        return;
    }
    // What is left when the variables without value come out as nothing.
    let (mut rest, mut at) = (String::new(), image.span.start());
    for used in empty() {
        rest.push_str(cx.text(Span::new(at.min(used.span.start()), used.span.start())));
        at = used.span.end();
    }
    rest.push_str(cx.text(Span::new(at.min(image.span.end()), image.span.end())));
    let blank = image.value.as_deref() == Some("") || rest.trim_matches(['"', '\'']).is_empty();
    let broken = rest.ends_with([':', '@', '/']) || rest.starts_with(['/', ':', '@']) || rest.contains("/:");
    if !blank && !broken {
        return;
    }
    let Some(used) = empty().next().or_else(|| in_image.clone().next()) else { return };
    let name = &used.name;
    let becomes = match blank {
        true => "this `FROM` names no image".to_owned(),
        false => format!("this `FROM` becomes `{rest}`, which is no image"),
    };
    let set_at = used.set_at;
    let unset = used.status == UseStatus::Unset;
    let why = if unset { "no default, so without `--build-arg`" } else { "no value here, so" };
    let found = cx.report(image.span, format!("`{name}` has {why} {becomes}"));
    if unset {
        // `--build-arg` can give it one.
        found
            .at_most(Level::Note)
            .help(format!("give it a default that builds, `ARG {name}=…`, so that a plain `docker build .` works"));
    } else {
        found.help(format!("declare it above the first `FROM`, `ARG {name}=…`: a `FROM` sees no other variables"));
    }
    if let Some(set_at) = set_at {
        found.label(set_at, "it is declared without a value");
    }
}
