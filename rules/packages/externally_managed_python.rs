//! Finds `pip install` into a Python that the distribution marks as externally managed.

use crate::commands::packages::{Manager, PackageKind};
use crate::finding::prelude::*;
use crate::knowledge::bases;
use crate::knowledge::bases::releases::pin;
use crate::knowledge::command_lines::PIP_ELSEWHERE;
use crate::knowledge::os::Distro;

pub const RULE: Rule = Rule::new(Level::Error, "0.1.0", &[Check::OnStage(check)]).fix(Fixable::Sometimes);

/// Text that, anywhere in a file, suggests that pip may install or that another pip is used.
const SIGNS: &[&str] = &[
    "EXTERNALLY-MANAGED", "global.break-system-packages", "install.break-system-packages", "BREAK_SYSTEM_PACKAGES",
    "venv", "virtualenv", "pip.conf", "pyenv", "conda", "get-pip", "PATH=", "PATH ", "activate", "Python-3", "uv ",
    "deadsnakes", "ensurepip",
];

fn check(stage: &Stage<'_>, cx: &Cx<'_>) {
    if !stage.installs().any(|(_, _, install)| install.manager == Manager::Pip) {
        return;
    }
    let Some(system) = stage.root_image(cx.model).and_then(managed) else { return };
    let text = cx.source.text();
    if cx.model.stages.len() > 20 || SIGNS.iter().any(|sign| text.contains(sign)) {
        return;
    }
    let mut from: Option<Span> = None;
    let below: Vec<_> = stage.chain(cx.model).collect();
    for older in below.iter().rev() {
        from = from.or(older.installs().find_map(|(_, _, install)| brings_pip(install)));
    }
    for (step, command, install) in stage.installs() {
        from = from.or_else(|| brings_pip(install));
        let Some(pip) = from.filter(|_| install.manager == Manager::Pip && !command.is("uv")) else { continue };
        let own = command.path.contains('/') && !command.path.starts_with("/usr/bin/");
        if own
            || install.packages.is_empty()
            || command.has_flag(PIP_ELSEWHERE)
            || command.has_flag(&["--python", "--dry-run", "--break-system-packages"])
            || command.place.conditional
            || install.open
            || step.is_exec_form()
        {
            continue;
        }
        let message = format!("{system}'s own Python is externally managed, so this `pip install` fails");
        // Older versions of pip do not support the flag, but they belong to systems without the marker.
        let verb = command.args.iter().find(|arg| arg.is("install") && arg.raw == "install");
        let fix = verb.and_then(|verb| {
            let edit = Edit::insert(verb.span.end(), " --break-system-packages");
            Fix::new(Safety::Unsafe, "add `--break-system-packages`", [edit])
        });
        cx.report(command.span, message)
            .fix(fix)
            .label(pip, "the distribution's `pip` is installed here")
            .help("use a virtual environment, `python3 -m venv /opt/venv && /opt/venv/bin/pip install …`, or a `python` base image")
            .help("pass `--break-system-packages` only if nothing else in the image needs that Python");
    }
}

/// The system, if its Python is externally managed and is the only one in the image.
fn managed(image: &ImageRef) -> Option<String> {
    let name = image.familiar_name()?;
    // `latest` only moves forward.
    let latest = image.untagged() || image.tag_text() == Some("latest");
    let newest = if latest { pin(&name, None) } else { None };
    let tag = newest.as_deref().or(image.tag_text());
    let system = bases::os(&name, tag).filter(|_| matches!(&*name, "debian" | "ubuntu" | "alpine"))?;
    let version = system.version.as_deref()?;
    let mut parts = version.split('.').map(|part| part.parse::<u32>().ok());
    let number = (parts.next()??, parts.next().flatten().unwrap_or(0));
    let since = match system.distro {
        Distro::Debian => (12, 0),
        Distro::Ubuntu => (23, 4),
        Distro::Alpine => (3, 19),
        _ => return None,
    };
    (number >= since).then(|| format!("{} {version}", system.distro))
}

fn brings_pip(install: &crate::commands::packages::Install) -> Option<Span> {
    let system = matches!(install.manager, Manager::Apt | Manager::Apk);
    let mut named = install.packages.iter().filter(|package| system && package.kind == PackageKind::Name);
    named.find(|package| matches!(package.name.as_str(), "python3-pip" | "py3-pip")).map(|package| package.span)
}
