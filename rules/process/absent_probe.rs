//! Finds health checks that call `curl` or `wget` in an image that lacks it.

use crate::finding::prelude::*;
use crate::knowledge::bases;
use crate::knowledge::canonical;
use crate::knowledge::os::Distro;
use crate::model::{Thing, Tri};

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnStage(check)]);

fn check(stage: &Stage<'_>, cx: &Cx<'_>) {
    let Some(step) = stage.all(Keyword::Healthcheck).next_back() else { return };
    let Some(image) = stage.root_image(cx.model) else { return };
    let Some(name) = image.familiar_name() else { return };
    let commands = step.commands().iter();
    let Some(command) = commands.into_iter().find(|command| command.is_any(&["curl", "wget"])) else { return };
    let Some((distro, what)) = lacks(&name, image.tag_text(), &command.name) else { return };
    if cx.model.provides_in(stage, Thing::Command(&command.name)) != Tri::No {
        return;
    }
    let (span, from, tool) = (command.span, image.span, command.name.clone());
    let mut found = cx.report(span, format!("`{tool}` is not in the image, so the check always fails"));
    found.label(from, what);
    match distro {
        Distro::Alpine => found.help("use BusyBox's `wget`: `wget -q -O /dev/null http://localhost/ || exit 1`"),
        _ => {
            found.help(format!("install `{tool}`, or use the language runtime of the image: `python -c` or `node -e`"))
        }
    };
}

/// The distribution and the reason, if an image is known to lack the tool.
fn lacks(name: &str, tag: Option<&str>, tool: &str) -> Option<(Distro, &'static str)> {
    let os = bases::os(name, tag)?;
    let slim = tag.is_some_and(|tag| tag.split('-').any(|word| word == "slim"));
    match (canonical(name), os.distro) {
        ("alpine" | "python" | "node" | "ruby", Distro::Alpine) if tool == "curl" => {
            Some((Distro::Alpine, "Alpine has BusyBox's `wget` but not `curl`"))
        }
        ("debian", Distro::Debian) => Some((Distro::Debian, "Debian's image has neither `curl` nor `wget`")),
        ("ubuntu", Distro::Ubuntu) => Some((Distro::Ubuntu, "Ubuntu's image has neither `curl` nor `wget`")),
        ("python" | "node" | "ruby", Distro::Debian) if slim => {
            Some((Distro::Debian, "the slim variant has neither `curl` nor `wget`"))
        }
        _ => None,
    }
}
