//! Finds scripts that the shell cannot parse.

use crate::finding::prelude::*;
use crate::model::ScriptShell;
use crate::shell::Dialect;
use crate::shell::reader::{Error, ErrorKind, accepts};

pub const RULE: Rule = Rule::new(Level::Error, "0.1.0", &[Check::OnScript(check)]).aka(&[
    "SC1046", "SC1047", "SC1048", "SC1049", "SC1050", "SC1056", "SC1057", "SC1058", "SC1060", "SC1061", "SC1062",
    "SC1064", "SC1070", "SC1072", "SC1073", "SC1088", "SC1089",
]);

fn check(script: &ScriptView<'_, '_>, cx: &Cx<'_>) {
    // What the builder refuses is reported already, and the script may be cut off by it.
    let Some(error) = script.tree().errors.first().filter(|_| cx.model.file.errors.is_empty()) else { return };
    if error.kind == ErrorKind::TooDeep || dialects(script.shell).iter().any(|shell| accepts(script.script(), *shell)) {
        return;
    }
    // Something missing is noticed at the end, and comes of where it was opened.
    let place = error.opener.filter(|_| error.span.is_empty()).unwrap_or(error.span);
    let mut found = cx.report(script.span(place), format!("the shell cannot parse this script: {}", error.message));
    found.variant(code(error, script.survey.slice(place)));
    if let Some(opener) = error.opener.filter(|opener| *opener != place) {
        found.label(script.span(opener), "opened here");
    }
    if script.step.keyword() == Keyword::Run {
        found.help("the step fails with a syntax error");
    } else {
        // The image is built, and fails later.
        found.at_most(Level::Warn).help("it fails with a syntax error when it runs");
    }
}

/// The shells that may read it.
fn dialects(shell: ScriptShell) -> &'static [Dialect] {
    match shell {
        ScriptShell::Sh => &[Dialect::Posix, Dialect::Ash, Dialect::Bash],
        ScriptShell::Dash => &[Dialect::Posix],
        ScriptShell::Busybox => &[Dialect::Ash],
        ScriptShell::BashAsSh | ScriptShell::Bash => &[Dialect::Bash],
        ScriptShell::Ksh => &[Dialect::Ksh],
    }
}

/// ShellCheck's code for a mistake.
fn code(error: &Error, at: &str) -> &'static str {
    match (error.kind, at) {
        (ErrorKind::Unclosed, "if") => "SC1046",
        (ErrorKind::Unclosed, "do") => "SC1061",
        (ErrorKind::Unclosed, "{") => "SC1056",
        (ErrorKind::Missing, "if" | "elif") => "SC1049",
        (ErrorKind::Missing, "while" | "until") => "SC1057",
        (ErrorKind::Missing, "for") => "SC1058",
        (ErrorKind::Unclosed | ErrorKind::Missing, _) => "SC1073",
        (ErrorKind::MissingCommand, _) => "SC1072",
        (ErrorKind::Unexpected, "then" | "do" | "done" | "elif" | "else" | "fi" | "esac" | "in" | ")" | ";;" | "}") => {
            "SC1089"
        }
        _ => "SC1070",
    }
}
