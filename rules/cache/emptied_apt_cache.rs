//! Cache mounts for apt that the base image or the step itself empties.

use crate::commands::cleanup::{Leftover, cleans, lies_in};
use crate::commands::packages::{Manager, installs};
use crate::finding::prelude::*;
use crate::knowledge::bases;
use crate::knowledge::os::Distro;
use crate::model::{Thing, Tri};

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnRun(check)]);

fn check(step: &Step<'_>, cx: &Cx<'_>) {
    let Some(script) = step.script.as_ref() else { return };
    let mounts = step.run_mounts().filter(|mount| mount.kind() == "cache");
    let archives = |place: &str| lies_in("/var/cache/apt/archives", place.trim_end_matches('/'));
    let mut mounts = mounts.filter_map(|mount| Some((mount.flag, cx.model.expand(step, mount.target()?).value?)));
    let Some((flag, _)) = mounts.find(|(_, place)| archives(place)) else { return };
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
        .help("first add `RUN rm -f /etc/apt/apt.conf.d/docker-clean && echo 'Binary::apt::APT::Keep-Downloaded-Packages \"true\";' > /etc/apt/apt.conf.d/keep-cache`");
}
