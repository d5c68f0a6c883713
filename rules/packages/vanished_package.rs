//! Finds packages that do not exist in the release of the base image.

use std::borrow::Cow;

use crate::commands::packages::{Manager, installs};
use crate::finding::prelude::*;
use crate::knowledge::bases;
use crate::knowledge::os::Os;
use crate::knowledge::packages::{Instead, vanished};
use crate::model::{PACKAGE_SOURCES, Thing, Tri};

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnStage(check)]).fix(Fixable::Sometimes);

fn check(stage: &Stage<'_>, cx: &Cx<'_>) {
    let Some(image) = stage.root_image(cx.model) else { return };
    let official = |name: &Cow<str>| bases::image(name).is_some() && !name.contains('/');
    let Some(name) = image.familiar_name().filter(official) else { return };
    let Some(os) = current(&name, image).filter(|os| os.version.is_some()) else { return };
    let from = image.span;
    for step in stage.all(Keyword::Run) {
        if cx.model.provides(step, Thing::PackageSource) != Tri::No {
            return;
        }
        step.commands().iter().for_each(|command| look_at(command, step, &os, from, cx));
    }
}

/// The system of the image; of a tag that a variable holds, nothing is known.
fn current(name: &str, image: &ImageRef) -> Option<Os> {
    image.value.as_ref()?;
    let known = image.tag_text().is_some() || image.untagged();
    known.then(|| bases::current_os(name, image.tag_text())).flatten()
}

fn look_at(command: &Command, step: &Step<'_>, os: &Os, from: Span, cx: &Cx<'_>) {
    let wanted = installs(command).filter(|install| install.manager == Manager::Apt && !install.dry_run);
    let Some(install) = wanted.filter(|_| !command.place.conditional) else { return };
    let system = format!("{} {}", os.distro, os.version.as_deref().unwrap_or_default());
    // All of them, or none: with half of the packages the step fails as before.
    let whole = install
        .named()
        .filter_map(|package| vanished(os, &package.name))
        .all(|row| matches!(row.instead, Instead::Package(_)));
    let renamed =
        install.named().any(|package| package.name.starts_with("python") && !package.name.starts_with("python3"));
    // Modules that are not known to have a successor stay those of Python 2.
    let module = |name: &str| name.starts_with("python-") && vanished(os, name).is_none();
    let whole = whole && !(renamed && (runs_python_2(cx) || install.named().any(|package| module(&package.name))));
    for package in install.named() {
        let Some(row) = vanished(os, &package.name) else { continue };
        // `add-apt-repository` may be used later in the step that installs it.
        if step.contains_before(cx.model, command, PACKAGE_SOURCES) {
            return;
        }
        let (help, fix) = match row.instead {
            Instead::Package(new) => {
                let bare = cx.text(package.span) == package.name && install.named().all(|other| other.name != new);
                let edit = Edit::replace(package.span, new);
                let fix = Fix::new(Safety::Unsafe, format!("install `{new}`"), [edit]).filter(|_| bare && whole);
                (format!("install `{new}`"), fix)
            }
            Instead::Advice(advice) => (advice.to_owned(), None),
        };
        cx.report(package.span, format!("{system} does not have a package `{}`", package.name))
            .label(from, format!("this image is based on {system}"))
            .help(help)
            .fix(fix);
    }
}

/// Whether anything calls Python by the name that Python 3 does not have there.
fn runs_python_2(cx: &Cx<'_>) -> bool {
    let named = |command: &Command| command.is_any(&["python", "python2", "python2.7"]);
    cx.model.steps().flat_map(Step::commands).any(named)
        || ["/usr/bin/python ", "/usr/bin/python2", "env python"].iter().any(|text| cx.source.mentions(text))
}
