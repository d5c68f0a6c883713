//! Finds `gem install` commands that generate documentation.

use crate::commands::packages::{Manager, installs};
use crate::finding::prelude::*;
use crate::knowledge::bases;
use crate::knowledge::command_lines::GEM_DOCUMENTATION;
use crate::knowledge::os::Distro;

pub const RULE: Rule = Rule::new(Level::Note, "0.1.0", &[Check::OnFile(check)]).fix(Fixable::Sometimes);

fn check(cx: &Cx<'_>) {
    // Set once for all commands in a `gemrc`.
    let text = cx.source.text();
    if ["gemrc", "gem: --no", "install: --no", "/usr/local/etc"].iter().any(|sign| text.contains(sign)) {
        return;
    }
    for (step, script) in cx.model.runs() {
        let Some(stage) = cx.model.stage(step.stage).filter(|stage| stage.is_shipped()) else { continue };
        let image = stage.root_image(cx.model);
        let name = image.and_then(|image| image.familiar_name()).unwrap_or_default();
        // These images are configured that way.
        if matches!(&*name, "ruby" | "jruby") || name.contains("ruby") || name.contains("rails") {
            continue;
        }
        for command in &script.commands {
            let Some(install) = installs(command).filter(|install| install.manager == Manager::Gem) else { continue };
            if command.has_flag(GEM_DOCUMENTATION) || install.packages.is_empty() {
                continue;
            }
            let edit = Edit::insert(install.verb.end(), " --no-document");
            let fix = Fix::new(Safety::Safe, "add `--no-document`", [edit]);
            let span = command.name_span.cover(install.verb);
            cx.report(span, "`gem install` also generates documentation for every gem")
                .help("use `gem install --no-document`")
                .fix(fix.filter(|_| !step.is_exec_form() && !is_old(image)));
        }
    }
}

/// Whether its RubyGems is older than 2.0 and does not support the flag.
fn is_old(image: Option<&ImageRef>) -> bool {
    let known = image.and_then(|image| {
        let tag = image.tag.as_ref().and_then(|tag| tag.text.as_deref());
        bases::os(&image.familiar_name()?, tag)
    });
    let version = known
        .as_ref()
        .and_then(|system| system.version.as_deref())
        .and_then(|it| it.split('.').next()?.parse::<u32>().ok());
    match (known.as_ref().map(|system| system.distro), version) {
        (Some(Distro::Debian), Some(version)) => version < 8,
        (Some(Distro::Ubuntu), Some(version)) => version < 16,
        (Some(Distro::Centos | Distro::Rhel | Distro::Oracle), Some(version)) => version < 7,
        _ => false,
    }
}
