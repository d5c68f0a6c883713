//! `USER` or `--chown` with an account that does not exist in the image.

use crate::finding::prelude::*;
use crate::knowledge::accounts;
use crate::knowledge::bases::{self, Role};
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
    if world.has(name) || cx.model.provides(step, Thing::User(name)) != Tri::No {
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
        found.help("use a number, which needs no account: `65532:65532`");
        found.help("or copy `/etc/passwd` from the stage that creates the account");
    } else {
        let help = match world {
            World::Distroless => "use the account that the image provides: `nonroot`".to_owned(),
            _ => {
                let alpine = matches!(world, World::System { alpine: true, .. });
                let make = if alpine { "adduser -D -u 10001" } else { "useradd --create-home --uid 10001" };
                format!("create it first: `RUN {make} {name}`")
            }
        };
        found.help(help);
    }
    found.help(match step.keyword() {
        Keyword::User => "the next `RUN`, or the container start, fails with \"unable to find user\"",
        _ => "the build fails here: the name cannot be resolved to a number",
    });
}

/// The accounts that the base image has.
enum World {
    /// `scratch`.
    Nobody,
    Distroless,
    System {
        accounts: &'static [bases::Account],
        alpine: bool,
    },
}

impl World {
    fn has(&self, name: &str) -> bool {
        match self {
            World::Nobody => false,
            World::Distroless => matches!(name, "root" | "nobody" | "nonroot"),
            World::System { accounts, .. } => {
                accounts::OF_SYSTEMS.contains(&name)
                    || accounts.iter().any(|account| account.name == Some(name))
                    || !accounts::OF_APPLICATIONS.contains(&name)
            }
        }
    }
}

/// The accounts of the stage's base image; `None` if they are not known.
fn world(stage: &Stage<'_>, model: &Model<'_>) -> Option<World> {
    if stage.is_from_scratch(model) {
        return Some(World::Nobody);
    }
    let image = stage.root_image(model)?;
    let name = image.familiar_name()?;
    let row = bases::image(&name)?;
    let os = bases::os(&name, image.tag_text())?;
    if row.name == "gcr.io/distroless/" {
        return Some(World::Distroless);
    }
    let known = matches!(row.role, Role::Os | Role::Runtime | Role::Toolchain)
        && matches!(os.distro, Distro::Debian | Distro::Ubuntu | Distro::Alpine)
        && row.user.is_some_and(bases::Account::is_root)
        && !matches!(row.name, "cypress/base" | "ros" | "phusion/baseimage");
    // An unknown tag may belong to a release with other accounts.
    let open = image.tag.is_some() && image.tag_text().is_none();
    (known && !open)
        .then(|| World::System { accounts: stage.base_accounts(model), alpine: os.distro == Distro::Alpine })
}
