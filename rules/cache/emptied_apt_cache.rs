//! Cache mounts for apt that the base image or the step itself empties.

use crate::commands::cleanup::{Leftover, cleans, lies_in};
use crate::commands::packages::{Manager, fetches_packages, installs, refreshes_index};
use crate::finding::prelude::*;
use crate::fixes::placement::above;
use crate::knowledge::bases;
use crate::knowledge::os::Distro;
use crate::model::{Thing, Tri};
use crate::shell::rewrite::new_line;
use crate::syntax::Flag;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnRun(check)]).fix(Fixable::Sometimes);

fn check(step: &Step<'_>, cx: &Cx<'_>) {
    let Some(script) = step.script.as_ref() else { return };
    let Some(flag) = mounted(step, cx.model) else { return };
    let apt = |command: &&Command| installs(command).is_some_and(|install| install.manager == Manager::Apt);
    let Some(install) = script.commands.iter().find(apt) else { return };
    // The step itself cleans up.
    let cleaned = script.commands.iter().find(|command| cleans(command).contains(&Leftover::AptArchives));
    if let Some(command) = cleaned {
        cx.report(command.full_span(), "this empties the cache mount")
            .variant("by-command")
            .label(flag.span, "mounted here")
            .help("omit it: the contents of the mount are not part of the image");
        return;
    }
    let Some(stage) = cx.model.stage(step.stage) else { return };
    let Some(image) = stage.root_image(cx.model) else { return };
    let system = image.familiar_name().and_then(|name| bases::os(&name, image.tag_text()));
    let hook = system.is_some_and(|os| matches!(os.distro, Distro::Debian | Distro::Ubuntu));
    const SETTINGS: &[&str] = &["docker-clean", "Keep-Downloaded", "keep-cache", "apt.conf.d"];
    let settled = step.contains(cx.model, SETTINGS) || cx.model.provides(step, Thing::Text(SETTINGS)) != Tri::No;
    if !hook || settled {
        return;
    }
    cx.report(flag.span, "the base image's apt configuration empties this cache after each install")
        .label(install.span, "what this downloads is deleted immediately")
        .help("first add `RUN rm -f /etc/apt/apt.conf.d/docker-clean && echo 'Binary::apt::APT::Keep-Downloaded-Packages \"true\";' > /etc/apt/apt.conf.d/keep-cache`")
        .fix(keep(stage, cx.model));
}

/// The cache mount that apt stores packages in.
fn mounted<'s>(step: &'s Step<'_>, model: &Model<'_>) -> Option<&'s Flag> {
    let mounts = step.run_mounts().filter(|mount| mount.kind() == "cache");
    let mut mounts = mounts.filter_map(|mount| Some((mount.flag, model.expand(step, mount.target()?).value?)));
    let archives = |place: &str| lies_in("/var/cache/apt/archives", place.trim_end_matches('/'));
    mounts.find(|(_, place)| archives(place)).map(|(flag, _)| flag)
}

/// Lets apt keep what it downloads, above the first step that installs. `None` if a step without the mount would keep it in
/// its layer.
fn keep<'a>(stage: &Stage<'a>, model: &Model<'a>) -> Option<Fix> {
    let root = stage.root(model);
    let downloads =
        |command: &Command| fetches_packages(command) == Some(Manager::Apt) && refreshes_index(command).is_none();
    let family = std::iter::once(root).chain(model.stages_on_top(root)).flat_map(|stage| &stage.steps);
    let mut steps =
        family.filter(|step| step.keyword() == Keyword::Run && step.commands().iter().any(downloads)).peekable();
    let first = *steps.peek()?;
    let plain = first.runs_as_root(model) == Tri::Yes && first.state.shell.span.is_none() && !root.windows;
    if !plain || !steps.all(|step| mounted(step, model).is_some()) {
        return None;
    }
    let run = format!(
        "RUN rm -f /etc/apt/apt.conf.d/docker-clean{}echo 'Binary::apt::APT::Keep-Downloaded-Packages \"true\";' > /etc/apt/apt.conf.d/keep-cache",
        new_line(model.source, first.instruction.span)
    );
    Fix::new(Safety::Unsafe, "let apt keep the packages that it downloads", [above(first, &run, model)?])
}
