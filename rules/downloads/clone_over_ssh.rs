//! Repositories fetched over SSH without a key or a known host.

use crate::commands::packages::installs;
use crate::finding::prelude::*;
use crate::knowledge::git::SSH_SIGNS;
use crate::model::{Thing, Tri};

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnCommand(&[], check)]).linux_only();

fn check(command: &Command, step: &Step<'_>, cx: &Cx<'_>) {
    let fetches = match command.name.as_str() {
        "git" => command.runs_any(&["git"], &["clone", "fetch", "submodule", "ls-remote"]),
        _ => installs(command).is_some_and(|install| !install.manager.is_system()),
    };
    let Some((arg, host, path)) = command.args.iter().find_map(remote).filter(|_| fetches) else { return };
    let prepared = cx.model.provides(step, Thing::Text(SSH_SIGNS)) != Tri::No || step.contains(cx.model, SSH_SIGNS);
    let keys = step.run_mounts().any(|mount| mount.kind() == "ssh");
    if prepared || command.place.conditional {
        return;
    }
    let missing = if keys { "the host key is not known" } else { "there is no key or known host" };
    let mut found = cx.report(arg, format!("this fetches over SSH, but in the build {missing}"));
    if keys {
        // The agent may bring a configuration; a base image may know the host.
        found.variant("host-key").at_most(Level::Note);
    }
    found.help(format!("for a public repository, use `https://{host}/{path}`, which does not require a key"));
    found.help(format!(
        "for a private one, use `RUN --mount=type=ssh` and add the host first: `ssh-keyscan {host} >> ~/.ssh/known_hosts`"
    ));
}

/// The host and the path of `git@host:path`, `ssh://git@host/path` and `git+ssh://…`.
fn remote(arg: &crate::shell::Arg) -> Option<(Span, String, String)> {
    let text = arg.text.as_deref().unwrap_or(&arg.raw).trim_matches('"');
    let (host, path) = match text.split_once("ssh://") {
        Some((_, rest)) => rest.split_once('/')?,
        None => text.strip_prefix("git@")?.split_once(':').filter(|(host, _)| host.contains('.'))?,
    };
    let host = host.rsplit('@').next()?.split(':').next()?;
    (!host.is_empty() && !path.is_empty()).then(|| (arg.span, host.to_owned(), path.to_owned()))
}
