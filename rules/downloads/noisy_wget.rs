//! Finds `wget` commands that flood the build log.

use crate::commands::download::downloads;
use crate::commands::packages::{Manager, installs};
use crate::finding::prelude::*;
use crate::knowledge::bases;
use crate::knowledge::os::Distro;
use crate::model::Tri;

pub const RULE: Rule = Rule::new(Level::Note, "0.1.0", &[Check::OnCommand(&["wget"], check)])
    .linux_only()
    .fix(Fixable::Sometimes)
    .aka(&["DL3047"]);

fn check(command: &Command, step: &Step<'_>, cx: &Cx<'_>) {
    let Some(stage) = cx.model.stage(step.stage) else { return };
    let noisy = downloads(command).is_some_and(|download| !download.quiet);
    let silenced = command.redirects.iter().any(|redirect| redirect.operator.starts_with(['2', '&']));
    // `wget $OPTIONS $URL`
    let options = command.args.first().is_some_and(|arg| arg.is_dynamic() && !arg.raw.contains("://"))
        && command.operands().count() > 1;
    if !noisy || silenced || options {
        return;
    }
    let busybox = is_busybox(stage, step, cx.model);
    if busybox == Tri::Yes {
        return;
    }
    let verbose = command.has_flag(&["-v", "--verbose", "-d", "--debug"]);
    let mut found =
        cx.report(command.name_span, "`wget` prints a progress line to the build log for every 50 kilobytes");
    found.help("use `wget -nv`, which prints one line per file and still shows errors");
    if busybox == Tri::No && !verbose && !step.is_exec_form() {
        let edit = Edit::insert(command.name_span.end(), " -nv");
        found.fix(Fix::new(Safety::Safe, "add `-nv`", [edit]));
    }
}

/// Whether `wget` is BusyBox's, which prints little and does not support the option.
fn is_busybox(stage: &Stage<'_>, step: &Step<'_>, model: &Model<'_>) -> Tri {
    let before = stage.steps[..step.index].iter().chain([step]).rev().limited(200);
    let own = before.flat_map(Step::commands).limited(500);
    let below = stage.chain(model).flat_map(|stage| stage.steps.iter().rev().limited(200));
    let below = below.flat_map(Step::commands).limited(500);
    let mut other = false;
    for install in own.chain(below).filter_map(installs) {
        let wget = install.named().any(|package| package.name == "wget");
        match install.manager {
            Manager::Apk if wget => return Tri::No,
            Manager::Apt | Manager::Yum | Manager::Dnf | Manager::Zypper | Manager::Pacman => other = true,
            _ => {}
        }
    }
    match stage.root_image(model) {
        Some(image) if image.is_busybox() => Tri::Yes,
        _ if other => Tri::No,
        Some(image) => {
            let name = image.familiar_name().unwrap_or_default();
            let os = bases::os(&name, image.tag_text());
            let known = os.is_some_and(|os| os.distro != Distro::Alpine && os.distro != Distro::Distroless);
            if known && image.tag_text().is_some() { Tri::No } else { Tri::Unknown }
        }
        _ => Tri::Unknown,
    }
}
