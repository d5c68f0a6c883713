//! Finds downloads over HTTPS where no authority's certificate is installed.

use crate::commands::download::{clones, downloads};
use crate::finding::prelude::*;
use crate::knowledge::hosts::CERTIFICATE_SIGNS;
use crate::knowledge::managers::Manager;
use crate::model::{Thing, Tri};

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnRun(check)]).linux_only();

/// The package, and the program by which it is known to be there.
const PACKAGE: &str = "ca-certificates";
const PROGRAM: &str = "update-ca-certificates";

/// Reports the first download of the step: the others fail for the same reason.
fn check(step: &Step<'_>, cx: &Cx<'_>) {
    let mut found = step.commands().iter().filter(|command| command.is_any(&["curl", "wget", "git"]));
    let first =
        found.find_map(|command| Some((command, verified_url(command).filter(|_| !command.place.conditional)?)));
    let Some((command, span)) = first else { return };
    let Some(stage) = cx.model.stage(step.stage) else { return };
    let os = stage.contents(cx.model).and_then(|contents| contents.os.as_ref());
    let apt = os.is_some_and(|os| os.manager == Some(Manager::Apt));
    // Certificates may be copied or mounted.
    let brought = step.run_mounts().any(|mount| mount.kind() != "cache")
        || cx.model.provides(step, Thing::Text(CERTIFICATE_SIGNS)) != Tri::No
        || step.contains(cx.model, CERTIFICATE_SIGNS);
    if !apt
        || brought
        || cx.model.has_program_before(step, command, &command.name) != Tri::Yes
        || cx.model.has_program_before(step, command, PROGRAM) != Tri::No
    {
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
