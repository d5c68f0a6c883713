//! Invalid image references.

use crate::finding::prelude::*;
use crate::model::UseStatus;
use crate::syntax::has_template_mark;

pub const RULE: Rule = Rule::new(Level::Error, "0.1.0", &[Check::OnFile(check)]);

fn check(cx: &Cx<'_>) {
    // Another frontend may read more than images there.
    if cx.model.file.is_template(cx.source.text()) || cx.model.file.has_foreign_frontend() {
        return;
    }
    for used in cx.model.images() {
        // `blank-base` reports empty variables.
        let mut uses = used.stage.uses.iter().filter(|one| used.image.span.contains(one.span));
        if uses.any(|one| one.status != UseStatus::Set && !one.fallback) {
            continue;
        }
        // `ARG VERSION=${VERSION}` sets no value: the build must pass one.
        let mut uses = used.stage.uses.iter().filter(|one| used.image.span.contains(one.span));
        if uses.any(|one| one.set_at.is_some_and(|at| names_itself(cx.text(at), &one.name))) {
            continue;
        }
        let Some(why) = used.image.invalid.as_deref().filter(|_| used.image.value.as_deref() != Some("")) else {
            continue;
        };
        let value = used.image.value.as_deref().unwrap_or_default();
        if has_template_mark(value) {
            continue;
        }
        let literal = value == used.image.written;
        let message = match literal {
            true => format!("invalid image name: {why}"),
            false => format!("this becomes `{}`, which is an invalid image name: {why}", shown(value)),
        };
        let placeholder = |name: &str| name.len() > 2 && name.bytes().all(|b| b.is_ascii_uppercase() || b == b'_');
        let help = match used.image.repository.text.as_deref() {
            Some(name) if name == used.image.written && placeholder(name) => {
                format!("if it is a placeholder, use an argument: `ARG {name}=…` and `FROM ${{{name}}}`")
            }
            Some(name) if name.chars().any(char::is_uppercase) => format!("write `{}`", shown(&name.to_lowercase())),
            _ => "use `name:tag`, `registry.example.org/name:tag` or `name@sha256:…`".to_owned(),
        };
        let mut found = cx.report(used.image.span, message);
        if !literal {
            found.variant("expanded");
        }
        found.help(help);
        let parts = [&used.image.tag, &used.image.digest].into_iter().flatten().chain([&used.image.repository]);
        if let Some(set_at) = parts.filter_map(|part| part.set_at).next() {
            found.label(set_at, "the value is set here");
        }
    }
}

/// A value shortened for use in a message.
fn shown(value: &str) -> String {
    crate::text::suggest::shorten(value).replace('`', "'")
}

/// `NAME=$NAME`.
fn names_itself(set: &str, name: &str) -> bool {
    let value = set.split_once('=').map_or(set, |(_, value)| value).trim_matches('"');
    let inner = value.strip_prefix("${").and_then(|rest| rest.strip_suffix('}')).or_else(|| value.strip_prefix('$'));
    inner == Some(name)
}
