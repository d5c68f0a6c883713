//! Finds Go programs that are linked against a C library missing from their image.

use std::collections::HashSet;

use crate::finding::prelude::*;
use crate::knowledge::os::{Distro, Libc};
use crate::knowledge::{bases, canonical};
use crate::model::{Thing, Tri};

pub const RULE: Rule = Rule::new(Level::Note, "0.1.0", &[Check::OnStage(check)]).linux_only().fix(Fixable::Sometimes);

/// Words that show the problem is handled: cgo disabled, a static link, another target, an installed C library.
const SIGNS: &[&str] =
    &["CGO_ENABLED", "-static", "netgo", "osusergo", "GOARCH", "libc6-compat", "gcompat", "ld-linux", "ld-musl"];

fn check(stage: &Stage<'_>, cx: &Cx<'_>) {
    let model = cx.model;
    if !stage.is_shipped_last(model) {
        return;
    }
    let root = stage.root(model);
    let (span, what) = match &root.base {
        Base::Scratch => (root.from.args_span, "`scratch` does not contain a C library".to_owned()),
        Base::Image(image) => {
            let Some(os) = image.familiar_name().and_then(|name| bases::os(&name, image.tag_text())) else { return };
            let why = match (os.distro, os.libc) {
                (Distro::Distroless, None) => "has no C library",
                (Distro::Alpine, Some(Libc::Musl)) => "has musl instead of glibc",
                _ => return,
            };
            (image.span, format!("`{}` {why}", image.written))
        }
        _ => return,
    };
    let mut looked = HashSet::new();
    for import in &stage.imports {
        let Origin::Stage(index) = import.origin else { continue };
        let Some(builder) = model.stage(index) else { continue };
        let taken = stage.steps.get(import.step).is_some_and(takes_a_program);
        if !taken || !looked.insert(index) {
            continue;
        }
        let Some((step, command)) = builds(builder, cx) else { continue };
        if model.provides_in(stage, Thing::Text(SIGNS)) != Tri::No {
            return;
        }
        let mut found = cx.report(
            command.head_span(),
            "a program built here needs glibc if it uses the network, but the final stage does not have it",
        );
        found.label(span, what);
        found.help("disable cgo to build a self-contained program: `CGO_ENABLED=0 go build …`");
        let plain = command.assignments.is_empty() && command.wrappers.is_empty() && !step.is_exec_form();
        let edit = plain.then(|| Edit::insert(command.span.start(), "CGO_ENABLED=0 "));
        found.fix(edit.and_then(|edit| Fix::new(Safety::Unsafe, "disable cgo", [edit])));
        return;
    }
}

/// Whether a step copies something other than certificates, time zones and accounts.
fn takes_a_program(step: &Step<'_>) -> bool {
    const DATA: [&str; 3] = ["/etc/", "/usr/share/", "/var/"];
    let Some(args) = step.copy() else { return false };
    args.sources.iter().any(|source| !DATA.iter().any(|data| source.text.starts_with(data)))
}

/// The `go build` of a stage on Go's Debian image, where cgo is enabled by default.
fn builds<'m, 'a>(builder: &'m Stage<'a>, cx: &Cx<'_>) -> Option<(&'m Step<'a>, &'m Command)> {
    let model = cx.model;
    let image = builder.root_image(model)?;
    let name = image.familiar_name().filter(|name| canonical(name) == "golang")?;
    let glibc = bases::os(&name, image.tag_text()).is_some_and(|os| os.libc == Some(Libc::Glibc));
    if !glibc || image.value.is_none() || model.provides_in(builder, Thing::Text(SIGNS)) != Tri::No {
        return None;
    }
    let runs = builder.all(Keyword::Run).filter_map(|step| Some((step, step.script.as_ref()?)));
    let mut commands = runs.flat_map(|(step, script)| script.commands.iter().map(move |command| (step, command)));
    commands.find(|(_, command)| command.runs_any(&["go"], &["build", "install"]) && !command.place.conditional)
}
