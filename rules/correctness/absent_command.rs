//! Package managers that the base image does not have.

use std::borrow::Cow;

use crate::finding::prelude::*;
use crate::knowledge::managers::Manager;
use crate::knowledge::{bases, canonical};
use crate::model::{Thing, Tri};
use crate::shell::Link;

pub const RULE: Rule = Rule::new(Level::Error, "0.1.0", &[Check::OnFile(check)]);

fn check(cx: &Cx<'_>) {
    let model = cx.model;
    for stage in model.stages.iter().filter(|stage| !stage.windows) {
        let Some(image) = stage.root_image(model).filter(|image| image.value.is_some()) else { continue };
        // A digest alone may be any variant, and third-party images may contain anything.
        let known = |name: &Cow<str>| bases::role(name).is_some() && !canonical(name).contains('/');
        let named = image.digest.is_none() || image.tag.is_some();
        let Some(name) = image.familiar_name().filter(known).filter(|_| named) else { continue };
        let Some(own) = bases::os(&name, image.tag_text()).and_then(|os| os.manager) else { continue };
        for step in stage.all(Keyword::Run) {
            let Some(script) = step.script.as_ref().filter(|script| script.clean) else { continue };
            let foreign = script.commands.iter().find(|command| {
                Manager::of_system(&command.name).is_some_and(|other| other != own) && is_sure(command, script)
            });
            let Some(command) = foreign else { continue };
            let name = command.name.as_str();
            if model.provides(step, Thing::Command(name)) != Tri::No
                || step.contains_before(model, command, &[name])
                || step.run_mounts().any(|mount| mount.kind() == "bind")
            {
                continue;
            }
            let mut found = cx.report(
                command.name_span,
                format!(
                    "`{}` does not exist in `{}`, so this step fails",
                    command.name,
                    image.written.replace('`', "'")
                ),
            );
            found.label(image.span, format!("this distribution uses `{}`", own.program()));
            found.help(format!("use `{}`; package names may differ", install(own)));
            // Further findings in this stage would only repeat it.
            break;
        }
    }
}

fn install(own: Manager) -> &'static str {
    match own {
        Manager::Apk => "apk add --no-cache …",
        Manager::Apt => "apt-get update && apt-get install -y --no-install-recommends …",
        Manager::Dnf => "dnf install -y …",
        Manager::Pacman => "pacman -Sy --noconfirm …",
        Manager::Zypper => "zypper --non-interactive install …",
        _ => own.program(),
    }
}

/// Whether the command certainly runs, in this image, and its failure fails the step.
fn is_sure(command: &Command, script: &Script) -> bool {
    let place = &command.place;
    let straight = !place.conditional && place.depth == 0 && place.pipe_index + 1 == place.pipe_len.max(1);
    // Not under another root directory, and not a program that was added to the image.
    let here = command.wrappers.iter().all(|wrapper| matches!(wrapper.name.as_str(), "sudo" | "env" | "sh" | "bash"));
    let excused = script
        .after(command)
        .take(64)
        .take_while(|other| other.place.list == place.list)
        .any(|other| other.place.link == Link::Or);
    straight && here && !command.path.contains('/') && place.link != Link::Or && !excused
}
