//! Finds URLs with a password or token.

use crate::finding::prelude::*;
use crate::knowledge::secrets::{OBVIOUS_PASSWORDS, Value, judge};
use crate::knowledge::tokens::{Credentials, credentials};
use crate::model::VariableKind;
use crate::syntax::TriviaKind;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnInstruction(&[], check)]);

fn check(step: &Step<'_>, cx: &Cx<'_>) {
    let (start, text) = (step.instruction.span.start(), cx.text(step.instruction.span));
    for found in credentials(text) {
        let span = Span::new(start + found.at.start, start + found.at.end);
        let (user, secret) = (&text[found.at.start..found.secret.start], &text[found.secret.clone()]);
        if is_comment(span, step) {
            continue;
        }
        let variable = secret.contains(['$', '%']);
        let level = if variable {
            level_of_variable(secret, step)
        } else {
            Some(level_of_literal(user.trim_end_matches(':'), secret, &found))
        };
        let Some(level) = level else { continue };
        let (variant, message) = if variable {
            ("variable", format!("the image history records the password for `{}` in this URL", found.host))
        } else {
            ("", format!("this URL contains the password for `{}`", found.host))
        };
        let git = text.contains("git clone") || text.contains("git+") || text.contains("insteadOf");
        cx.report(span, message).variant(variant).at_most(level).help(match step.keyword() {
            Keyword::Run if git => {
                "mount the password as a file for git: `RUN --mount=type=secret,id=netrc,target=/root/.netrc …`, \
                 or use SSH: `RUN --mount=type=ssh git clone git@…`"
            }
            Keyword::Run => "mount it for the step that needs it: `RUN --mount=type=secret,id=… …`",
            _ if found.host.contains("proxy") || found.host.ends_with(":3128") || found.host.ends_with(":8080") => {
                "omit it and use `docker build --build-arg HTTP_PROXY=…`, which needs no instruction and is not stored"
            }
            _ => "omit the password, and pass the URL when the container starts",
        });
    }
}

fn level_of_literal(user: &str, secret: &str, found: &Credentials) -> Level {
    let host = found.host.split(':').next().unwrap_or_default();
    let is_local = host == "localhost" || host.starts_with("127.") || !host.contains('.');
    match judge(secret) {
        _ if is_local || user == secret || OBVIOUS_PASSWORDS.contains(&secret.to_ascii_lowercase().as_str()) => {
            Level::Note
        }
        Value::Possible => Level::Warn,
        Value::Harmless | Value::StandIn => Level::Note,
    }
}

/// `None` if it is not stored, or only the running container has the value.
fn level_of_variable(secret: &str, step: &Step<'_>) -> Option<Level> {
    let name: String = secret
        .trim_start_matches(['$', '{'])
        .chars()
        .take_while(|char| char.is_ascii_alphanumeric() || *char == '_')
        .collect();
    let variable = step.state.variables.get(name.as_str());
    match step.keyword() {
        Keyword::Run | Keyword::Env | Keyword::Arg | Keyword::Label | Keyword::Add => {
            variable.filter(|variable| variable.kind != VariableKind::Predefined).map(|_| Level::Warn)
        }
        _ => None,
    }
}

fn is_comment(span: Span, step: &Step<'_>) -> bool {
    let mut trivia = step.instruction.trivia.iter();
    trivia.any(|trivia| trivia.kind == TriviaKind::Comment && trivia.span.contains(span))
}
