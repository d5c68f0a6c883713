//! `USER` or `--chown` with an account that does not exist in the image.

use crate::commands::opaque::runs_unseen_code;
use crate::commands::packages::installs;
use crate::finding::prelude::*;
use crate::knowledge::bases::{self, Contents};
use crate::knowledge::os::Distro;
use crate::model::{Thing, Tri};

pub const RULE: Rule =
    Rule::new(Level::Error, "0.1.0", &[Check::OnInstruction(&[Keyword::User, Keyword::Copy, Keyword::Add], check)])
        .linux_only();

fn check(step: &Step<'_>, cx: &Cx<'_>) {
    let Some(stage) = cx.model.stage(step.stage) else { return };
    let word = match &step.instruction.args {
        Args::Words(words) => words.words.first(),
        _ => step.flag("chown").and_then(|flag| flag.value.as_ref()),
    };
    let Some(word) = word else { return };
    let Some(value) = cx.model.expand(step, word).value else { return };
    let name = value.split(':').next().unwrap_or_default();
    if name.is_empty() || name == "root" || name.bytes().all(|byte| byte.is_ascii_digit()) {
        return;
    }
    let Some(world) = world(stage, cx.model) else { return };
    if world.has(name, stage, cx.model) || cx.model.provides(step, Thing::User(name)) != Tri::No {
        return;
    }
    let is_bare = matches!(world, World::Nobody);
    let message = match world {
        World::Nobody => format!("user `{name}` does not exist: an empty image has no `/etc/passwd`"),
        _ => format!("user `{name}` is neither created here nor present in the base image"),
    };
    let mut found = cx.report(word.span, message);
    if is_bare {
        found.variant("empty-image");
        found.help("use a UID, which does not need an account: `65532:65532`");
        found.help("or copy `/etc/passwd` from the stage that creates the account");
    } else {
        let help = match world {
            World::Distroless => "use the account that the image provides: `nonroot`".to_owned(),
            _ => {
                let os = stage.contents(cx.model).and_then(|contents| contents.os.as_ref());
                let alpine = os.is_some_and(|os| os.distro == Distro::Alpine);
                let make = if alpine { "adduser -D -u 10001" } else { "useradd --create-home --uid 10001" };
                format!("create it first: `RUN {make} {name}`")
            }
        };
        found.help(help);
    }
    found.help(match step.keyword() {
        Keyword::User => "the next `RUN`, or the container when it starts, fails with \"unable to find user\"",
        _ => "the build fails here: the name cannot be resolved to a UID",
    });
}

/// The accounts that the base image has.
enum World<'m> {
    /// `scratch`.
    Nobody,
    Distroless,
    System(&'m Contents),
}

impl World<'_> {
    /// Whether an account may be there, which packages may create unless its name is one that people choose.
    fn has(&self, name: &str, stage: &Stage<'_>, model: &Model<'_>) -> bool {
        match self {
            World::Nobody => false,
            World::Distroless => matches!(name, "root" | "nobody" | "nonroot"),
            World::System(contents) => {
                contents.has_account(name) != Some(false)
                    || !bases::OF_APPLICATIONS.contains(&name) && stage.runs_any(model, may_create_accounts)
            }
        }
    }
}

/// Whether it installs packages, or runs what may.
fn may_create_accounts(command: &Command) -> bool {
    let system = installs(command).is_some_and(|install| install.manager.is_system());
    system
        || runs_unseen_code(command)
        || command.is("dpkg")
        || command.class().is_unknown() && !command.name.is_empty()
}

/// The accounts of the stage's base image; `None` if they are not known.
fn world<'m>(stage: &'m Stage<'_>, model: &'m Model<'_>) -> Option<World<'m>> {
    if stage.is_from_scratch(model) {
        return Some(World::Nobody);
    }
    // An unknown tag may belong to a release with other accounts.
    let contents = stage.contents(model)?;
    if contents.name.starts_with("gcr.io/distroless/") {
        return Some(World::Distroless);
    }
    contents.has_account("nobody-else").is_some().then_some(World::System(contents))
}
