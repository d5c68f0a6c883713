//! `apt-get install` in the final image without `--no-install-recommends`.

use std::collections::BTreeSet;

use crate::commands::packages::{Install, Manager, installs};
use crate::finding::prelude::*;
use crate::knowledge::bases::{self, Role};
use crate::knowledge::os::Distro;
use crate::knowledge::providers::{self, Brings, brings};
use crate::model::Ask;
use crate::shell::rewrite;

pub const RULE: Rule =
    Rule::new(Level::Note, "0.1.0", &[Check::OnCommand(&[], check)]).fix(Fixable::Sometimes).aka(&["DL3015"]);

/// How many later commands are looked at, so that many installs in one stage take linear time.
const MAX_LATER_COMMANDS: usize = 256;

fn check(command: &Command, step: &Step<'_>, cx: &Cx<'_>) {
    let Some(install) = installs(command).filter(|install| install.manager == Manager::Apt) else { return };
    let Some(stage) = cx.model.stage(step.stage).filter(|stage| stage.is_shipped()) else { return };
    let nothing = install.packages.is_empty() && !install.open;
    let wanted = ["--install-recommends", "--with-recommends", "-r"];
    if install.no_recommends || install.dry_run || nothing || install.project || command.has_flag(&wanted) {
        return;
    }
    if step.package_settings.apt || passes_flags_by_variable(command) {
        return;
    }
    let flag = if command.is("aptitude") { "--without-recommends" } else { "--no-install-recommends" };
    let message = format!("`{} install` also installs recommended packages", command.name);
    let mut edits = vec![Edit::insert(install.verb.end(), format!(" {flag}"))];
    // These are only recommended, but `https://` fails without them.
    let certificates = install.named().find(|package| NEED_CERTIFICATES.contains(&package.name.as_str()));
    let certificates = certificates.filter(|_| {
        !cx.source.mentions(CERTIFICATES)
            && !has_certificates(stage, cx)
            && !comes_with_certificates(command, stage, cx)
    });
    if let Some(package) = certificates {
        edits.push(beside(command, package.span, CERTIFICATES, cx));
    }
    // The same goes for the headers of the C library, which this compiler needs.
    let bare_compiler = |name: &str| {
        name == "gcc" || name.strip_prefix("gcc-").is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_digit()))
    };
    let has_headers = |name: &str| {
        ["libc6-dev", "libc-dev", "build-essential", "g++", "libstdc++"].iter().any(|other| name.starts_with(other))
    };
    let compiler = install.named().find(|package| bare_compiler(&package.name));
    let compiler = compiler.filter(|_| !install.named().any(|package| has_headers(&package.name)));
    if let Some(package) = compiler {
        edits.push(beside(command, package.span, "libc6-dev", cx));
    }
    // `xvfb-run` calls it.
    let authority = install.named().find(|package| package.name == "xvfb");
    let authority = authority
        .filter(|_| !install.named().any(|package| matches!(&*package.name, "xauth" | "xorg" | "xbase-clients")));
    if let Some(package) = authority {
        edits.push(beside(command, package.span, "xauth", cx));
    }
    let called = called_later(install, command, stage, cx);
    // More than can be looked at: something may be missing afterwards.
    let unseen = called.is_none();
    let mut needed = needed_later(install, stage, cx);
    needed.extend(called.unwrap_or_default());
    // Releases that have it in another package, or that are not known.
    let unavailable = unseen || needed.iter().any(|(_, brings)| *brings == "gpg-agent") && !has_gpg_agent(stage, cx);
    needed.retain(|(_, brings)| certificates.is_none() || *brings != CERTIFICATES);
    for (needs, brings) in &needed {
        match install.named().find(|package| package.name == *needs && package.span.end() > install.verb.end()) {
            Some(package) if !edits.iter().any(|edit| edit.span.start() == package.span.end()) => {
                edits.push(beside(command, package.span, brings, cx));
            }
            // Named beside the same package as another one.
            Some(package) => {
                let edit = edits.iter_mut().find(|edit| edit.span.start() == package.span.end());
                edit.into_iter().for_each(|edit| edit.text.push_str(&beside(command, package.span, brings, cx).text));
            }
            None => {}
        }
    }
    let fix = Fix::new(Safety::Unsafe, format!("add `{flag}`"), edits).filter(|_| !step.is_exec_form() && !unavailable);
    let mut found = cx.report(command.name_span.cover(install.verb), message);
    found.help(format!("use `{} install {flag}`, and list the recommended packages that you need", command.name));
    if let Some(package) = certificates {
        found.help(format!("`{}` needs the recommended `ca-certificates` for `https`", package.name));
    }
    if let Some(package) = compiler {
        found.help(format!("`{}` needs the recommended `libc6-dev` to compile programs", package.name));
    }
    if authority.is_some() {
        found.help("`xvfb-run` needs the recommended `xauth`");
    }
    for package in install.named() {
        if let Ok(at) = BRINGS.binary_search_by(|row| row.0.cmp(&package.name)) {
            found.help(format!("`{}` recommends {}; list it if a later step needs it", package.name, BRINGS[at].1));
        }
    }
    found.fix(fix);
}

/// Inserts a package after another.
fn beside(command: &Command, package: Span, name: &str, cx: &Cx<'_>) -> Edit {
    rewrite::beside(command, package, name, cx.source, cx.model.file.escape.as_char())
}

/// What a later command of the stage needs and is only recommended: the package, and what it recommends.
fn needed_later<'i>(install: &'i Install, stage: &Stage<'_>, cx: &Cx<'_>) -> Vec<(&'i str, &'static str)> {
    let mut found = Vec::new();
    let has = |name: &str| install.named().any(|package| package.name == name);
    for (package, recommended, calls) in CALLED {
        if has(package) && !has(recommended) && !cx.source.mentions(recommended) && stage.runs_any(cx.model, *calls) {
            found.push((*package, *recommended));
        }
    }
    found
}

/// The packages of programs that the stage calls and that only come as recommendations: what recommends them, and their
/// names. `None` if the stage runs more than [`MAX_LATER_COMMANDS`] after it.
fn called_later<'i, 'a>(
    install: &'i Install,
    command: &Command,
    stage: &Stage<'a>,
    cx: &Cx<'a>,
) -> Option<Vec<(&'i str, &'static str)>> {
    let mut found: Vec<(&str, &str)> = Vec::new();
    let start = [stage.entrypoint(cx.model), stage.cmd(cx.model)];
    let started = start.into_iter().flatten().flat_map(|step| step.commands());
    let later = stage.all(Keyword::Run).rev().flat_map(|step| step.commands().iter().rev());
    let later = later.take_while(|other| other.span.start() > command.span.start());
    let later: Vec<&Command> = later.take(MAX_LATER_COMMANDS + 1).collect();
    if later.len() > MAX_LATER_COMMANDS {
        return None;
    }
    let names: BTreeSet<&str> = later.into_iter().chain(started).map(|command| command.name.as_str()).collect();
    let explicit = |name: &str| {
        let installs = stage.lineage(cx.model).flat_map(|stage| stage.installs());
        let mut packages = installs.flat_map(|(_, _, install)| install.named());
        packages.any(|package| brings(Manager::Apt, &package.name, name, false) == Brings::Yes)
    };
    for name in names {
        let Some(package) = providers::package_of(name, Manager::Apt) else { continue };
        let recommends = |other: &str| brings(Manager::Apt, other, name, true) == Brings::Yes;
        let Some(source) = install.named().find(|other| recommends(&other.name)) else { continue };
        if !explicit(name) && found.iter().all(|(_, other)| *other != package) {
            found.push((&source.name, package));
        }
    }
    Some(found)
}

/// Whether the release of the base image has a package of that name: Debian 9 and Ubuntu 18.04, and later ones.
fn has_gpg_agent(stage: &Stage<'_>, cx: &Cx<'_>) -> bool {
    let Some(image) = stage.root_image(cx.model) else { return false };
    let os = image.familiar_name().and_then(|name| bases::os(&name, image.tag_text()));
    let Some(os) = os else { return false };
    let major = os.version.as_deref().and_then(|version| version.split('.').next()?.parse::<u32>().ok());
    matches!((os.distro, major), (Distro::Debian, Some(9..)) | (Distro::Ubuntu, Some(18..)))
}

/// A package, what it only recommends, and the commands that do not work without that.
const CALLED: &[(&str, &str, Ask)] = &[
    ("gpg", "gpg-agent", |command| command.is_any(&["gpg", "apt-key"])),
    ("r-base", "r-base-dev", |command| command.is_any(&["R", "Rscript", "install2.r"])),
    ("r-base-core", "r-base-dev", |command| command.is_any(&["R", "Rscript", "install2.r"])),
    ("software-properties-common", "gpg-agent", |command| {
        command.is_any(&["add-apt-repository", "apt-add-repository"])
    }),
];

/// Packages that fetch over the network and only recommend the certificates for it.
const NEED_CERTIFICATES: [&str; 5] = ["curl", "git", "wget", "git-core", "apt-transport-https"];

const CERTIFICATES: &str = "ca-certificates";

/// How many steps and commands are searched for an earlier install, so that many installs take linear time.
const MAX_EARLIER: usize = 256;

/// Whether an earlier install gets the certificates: they are recommended there, or its own fix adds them.
fn comes_with_certificates<'a>(command: &Command, stage: &Stage<'a>, cx: &Cx<'a>) -> bool {
    let steps = stage.lineage(cx.model).flat_map(|stage| &stage.steps).take(MAX_EARLIER);
    let runs = steps.filter(|step| step.keyword() == Keyword::Run);
    let commands = runs.flat_map(|step| step.commands().iter().map(move |command| (step, command))).take(MAX_EARLIER);
    let mut earlier = commands.filter(|(_, other)| other.span.start() < command.span.start());
    earlier.any(|(step, other)| {
        let Some(install) = installs(other).filter(|_| !other.place.conditional) else { return false };
        install.manager == Manager::Apt
            && !install.no_recommends
            && !install.dry_run
            && !step.package_settings.apt
            && install.named().any(|package| NEED_CERTIFICATES.contains(&package.name.as_str()))
    })
}

/// Packages that recommend something that builds often need. Sorted.
#[rustfmt::skip]
const BRINGS: &[(&str, &str)] = &[
    ("golang", "a C compiler for cgo (`gcc`, `libc6-dev`)"),
    ("golang-go", "a C compiler for cgo (`gcc`, `libc6-dev`)"),
    ("npm", "`build-essential` for native modules"),
    ("python-pip", "a C compiler (`build-essential`, `python-dev`) for packages without a wheel"),
    ("python3-pip", "a C compiler (`build-essential`, `python3-dev`) for packages without a wheel"),
    ("r-base", "`r-base-dev` for packages built from source"),
    ("r-base-core", "`r-base-dev` for packages built from source"),
];

/// Whether the image already contains the certificates.
fn has_certificates(stage: &Stage<'_>, cx: &Cx<'_>) -> bool {
    let Some(image) = stage.root_image(cx.model) else { return false };
    let slim = image.tag_text().is_some_and(|tag| tag.contains("slim"));
    let role = image.familiar_name().and_then(|name| bases::role(&name));
    !slim && matches!(role, Some(Role::Runtime | Role::Toolchain))
}

/// Whether a variable such as `$APT_OPTIONS` may hold the flag; one such as `$PACKAGES` does not.
fn passes_flags_by_variable(command: &Command) -> bool {
    command.args.iter().any(|arg| {
        let raw = arg.raw.to_ascii_lowercase();
        raw.starts_with(['$', '"'])
            && arg.is_dynamic()
            && ["opt", "flag", "arg", "recommend"].iter().any(|sign| raw.contains(sign))
    })
}
