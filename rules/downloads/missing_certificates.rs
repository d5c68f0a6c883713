//! Finds downloads over HTTPS where no authority's certificate is installed.

use super::shared::{CERTIFICATES as PACKAGE, lacks_certificates};
use crate::commands::download::{clones, downloads};
use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnRun(check)]).linux_only();

/// Reports the first download of the step: the others fail for the same reason.
fn check(step: &Step<'_>, cx: &Cx<'_>) {
    let mut found = step.commands().iter().filter(|command| command.is_any(&["curl", "wget", "git"]));
    let first =
        found.find_map(|command| Some((command, verified_url(command).filter(|_| !command.place.conditional)?)));
    let Some((command, span)) = first else { return };
    if !lacks_certificates(step, command, cx.model) {
        return;
    }
    let name = &command.name;
    cx.report(span, format!("`{name}` cannot verify this server: `{PACKAGE}` is not installed"))
        .help(format!("install `{PACKAGE}` together with `{name}`, which only recommends it"));
}

/// The first `https://` URL, if its certificate is to be verified against those of the system.
fn verified_url(command: &Command) -> Option<Span> {
    let is_https = |arg: &&crate::shell::Arg| arg.text.as_deref().is_some_and(|text| text.starts_with("https://"));
    if clones(command) {
        let unverified = command.args.iter().any(|arg| arg.lexeme().contains("http.ssl"))
            || command.assigned("GIT_SSL_NO_VERIFY").is_some();
        return command.rest().find(is_https).filter(|_| !unverified).map(|arg| arg.span);
    }
    let download = downloads(command).filter(|download| download.insecure.is_none())?;
    let own = command.has_flag(&["--cacert", "--capath", "--ca-certificate", "--ca-directory"]);
    download.urls.iter().find(is_https).filter(|_| !own).map(|arg| arg.span)
}
