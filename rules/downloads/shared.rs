//! Wording for what is downloaded, and whether a server can be verified.

use crate::commands::packages::installs;
use crate::finding::prelude::*;
use crate::knowledge::bases::tag::version;
use crate::knowledge::hosts::CERTIFICATE_SIGNS;
use crate::knowledge::managers::Manager;
use crate::knowledge::os::Distro;
use crate::model::{MAX_LATER_STEPS, Thing, Tri};
use crate::shell::rewrite;

/// The package of the authorities' certificates, and the program by which it is known to be there.
pub(super) const CERTIFICATES: &str = "ca-certificates";
const UPDATE_CERTIFICATES: &str = "update-ca-certificates";

/// Whether no certificate of an authority is there when this command runs, and the command itself is.
pub(super) fn lacks_certificates<'a>(step: &Step<'a>, command: &Command, model: &Model<'a>) -> bool {
    let Some(stage) = model.stage(step.stage) else { return false };
    let os = stage.contents(model).and_then(|contents| contents.os.as_ref());
    let apt = os.is_some_and(|os| os.manager == Some(Manager::Apt));
    // Certificates may be copied or mounted.
    let brought = step.run_mounts().any(|mount| mount.kind() != "cache")
        || model.provides(step, Thing::Text(CERTIFICATE_SIGNS)) != Tri::No
        || step.contains(model, CERTIFICATE_SIGNS);
    apt && !brought
        && model.has_program_before(step, command, &command.name) == Tri::Yes
        && model.has_program_before(step, command, UPDATE_CERTIFICATES) == Tri::No
}

/// Whether the command is the `wget` of a BusyBox that cannot speak TLS by itself: up to Alpine 3.6.
pub(super) fn lacks_tls<'a>(step: &Step<'a>, command: &Command, model: &Model<'a>) -> bool {
    let Some(stage) = model.stage(step.stage) else { return false };
    let os = stage.contents(model).and_then(|contents| contents.os.as_ref());
    let release = os.filter(|os| os.distro == Distro::Alpine).and_then(|os| os.version.as_deref());
    let is_old = release.is_some_and(|release| matches!(version(release)[..], [3, ..=6, ..]));
    is_old && command.is("wget") && !stage.runs_any(model, brings_tls)
}

fn brings_tls(command: &Command) -> bool {
    let helps = |name: &str| matches!(name, "wget" | "openssl" | "libressl");
    installs(command).is_some_and(|install| install.named().any(|package| helps(&package.name)))
}

/// Adds the certificates to the list of packages by which an earlier command of the file installs this command's program.
pub(super) fn with_certificates<'a>(step: &Step<'a>, command: &Command, model: &Model<'a>) -> Option<Edit> {
    let stage = model.stage(step.stage)?;
    let installs = stage.lineage(model).flat_map(|stage| stage.installs());
    let earlier = installs.filter(|(of, other, install)| {
        let plain = other.place.depth == 0 && !other.place.conditional && !of.is_exec_form();
        install.manager == Manager::Apt && plain && other.span.end() <= command.span.start()
    });
    let (other, install, package) = earlier
        .filter_map(|(_, other, install)| {
            let mut named = install.named();
            let package = named.find(|package| package.name == command.name && package.version.is_none())?;
            Some((other, install, package.span))
        })
        .last()?;
    let literal = package.start() >= install.verb.end() && model.source.slice(package) == command.name;
    literal.then(|| rewrite::beside(other, package, CERTIFICATES, model.source, model.file.escape.as_char()))
}

/// How many commands before a download are looked at.
const MAX_COMMANDS: usize = 128;

/// Whether a script or program that is not known installed this command's program, and nothing says that it installed
/// certificates as well: `clean-install wget`.
pub(super) fn is_brought_unseen<'a>(step: &Step<'a>, command: &Command, model: &Model<'a>) -> bool {
    let Some(stage) = model.stage(step.stage) else { return false };
    let unseen = |other: &&Command| {
        let script = other.name.contains("install") || other.name.ends_with(".sh");
        script && installs(other).is_none() && other.operands().any(|arg| arg.is(&command.name))
    };
    let own = step.commands();
    let own = own[..own.partition_point(|other| other.span.start() < command.span.start())].iter().rev();
    let earlier = stage.steps[..step.index].iter().rev().take(MAX_LATER_STEPS);
    let mut commands = own.chain(earlier.flat_map(|step| step.commands().iter().rev())).take(MAX_COMMANDS);
    commands.find(unseen).is_some_and(|other| !other.operands().any(|arg| arg.is(CERTIFICATES)))
}

/// The URL without query and credentials, so that a message stays short and reveals no password.
pub(super) fn shorten(url: &str) -> String {
    let url = url.split(['?', '#', '`']).next().unwrap_or_default();
    let url = match (url.find("://"), url.rfind('@')) {
        (Some(scheme), Some(at)) if at > scheme => format!("{}…{}", &url[..scheme + 3], &url[at..]),
        _ => url.to_owned(),
    };
    if url.chars().count() <= 60 { url } else { url.chars().take(59).chain(['…']).collect() }
}
