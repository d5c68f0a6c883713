//! An SSH server in the image.

use crate::finding::prelude::*;
use crate::knowledge::packages::{Category, USE_SSH, category};

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnStage(check)]);

fn check(stage: &Stage<'_>, cx: &Cx<'_>) {
    if !stage.in_final {
        return;
    }
    let mut installed = None;
    for (_, _, install) in stage.installs() {
        let server =
            install.named().find(|package| category(install.manager, &package.name) == Some(Category::SshServer));
        installed = installed.or(server.map(|package| (package.span, package.name.clone())));
    }
    let services = if stage.is_final { stage.started_services(cx.model) } else { Vec::new() };
    let started = services.iter().find(|service| service.name == "SSH");
    // It has a purpose on a jump host, an SFTP server, or a node of a cluster.
    let alone = started.is_some() && services.len() == 1;
    let among_programs = (installed.is_some() || started.is_some())
        && cx.model.stages.len() <= 64
        && is_called_by_programs(cx.source.text());
    let mut found = match (&installed, started) {
        (Some((span, name)), _) => cx.report(*span, format!("`{name}` allows remote logins to the container")),
        (None, Some(service)) => {
            let mut found = cx.report(service.by.span, "an SSH server runs in the container");
            found.variant("started");
            found
        }
        (None, None) => return,
    };
    if let (Some(_), Some(service)) = (&installed, started) {
        found.label(service.by.span, "it is started here");
    }
    if installed.as_ref().is_some_and(|(_, name)| name == "ssh") && started.is_none() {
        found
            .at_most(Level::Note)
            .help("use `openssh-client` to connect to other hosts; the package `ssh` also contains the server");
    }
    if among_programs {
        found.at_most(Level::Note).help("keep it if the programs in a cluster, or `git`, connect over SSH");
    } else if alone {
        found.at_most(Level::Note).help("keep it if remote login is the container's purpose, as on a jump host");
    }
    found
        .help("use `docker exec -it NAME sh` to inspect a running container, and `docker cp` to copy files")
        .help("to change the container, edit the Dockerfile and rebuild the image");
}

/// Whether the file mentions what needs SSH: clusters whose nodes start each other, servers for `git` and for files.
fn is_called_by_programs(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    USE_SSH.iter().any(|word| text.contains(word))
}
