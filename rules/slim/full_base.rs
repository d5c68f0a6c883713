//! A final image based on a full variant that also comes in a slimmer one.

use crate::finding::prelude::*;
use crate::fixes::image_tag::with_tag;
use crate::fixes::slim::what_needs_full;
use crate::knowledge::bases;
use crate::knowledge::bases::end_of_life::end_of_life;
use crate::knowledge::bases::variants::{Smaller, is_toolchain, smaller};
use crate::knowledge::managers::Manager;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnFrom(check)]).linux_only().fix(Fixable::Sometimes);

fn check(image: &ImageRef, stage: &Stage<'_>, cx: &Cx<'_>) {
    // The size of a build stage does not matter.
    if !stage.is_shipped() {
        return;
    }
    let Some(name) = image.familiar_name() else { return };
    if image.tag.is_none() && !image.untagged() || image.tag.is_some() && image.tag_text().is_none() {
        return;
    }
    let variants = smaller(&name, image.tag_text());
    let Some(best) = variants.first() else { return };
    // Toolchains are left to `toolchain-base`; a development image may be large.
    if is_toolchain(&name, image.tag_text()) || stage.is_for_developing(cx.model) {
        return;
    }
    let written = image.value.as_deref().unwrap_or(&image.written);
    // Sizes are those of recent releases.
    let is_recent = end_of_life(&name, image.tag_text()).into_iter().next().is_none();
    let about = |size: Option<u32>| {
        size.filter(|_| is_recent).map(|size| format!(" (about {})", megabytes(size))).unwrap_or_default()
    };
    let size = about(best.full_size);
    let message = format!("final image is based on the full `{written}`{size}; a slimmer variant exists");
    // The slim variants of the Red Hat family have a different package manager.
    let by_microdnf = matches!(bases::os(&name, image.tag_text()).and_then(|os| os.manager), Some(Manager::Dnf));
    let stages = || stage.history(cx.model);
    let commands = || stages().flat_map(Step::commands);
    // An unknown wrapper may call it, or a stage that is built on this one.
    let named = cx.source.mentions("yum ") || cx.source.mentions(" dnf ");
    let breaks = by_microdnf && (named || commands().any(|command| command.is_any(&["dnf", "yum"])));
    let needs = what_needs_full(stage, cx.model, &name);
    let to_build_on = stage.is_to_build_on(cx.model);
    let safety = if to_build_on { Safety::Display } else { Safety::Unsafe };
    let fix = fix(image, best, &name, safety, cx.model).filter(|_| !breaks && needs.is_none());
    let mut found = cx.report(image.span, message);
    let spared = best.full_size.zip(best.size).map(|(full, size)| full.saturating_sub(size));
    if to_build_on || best.changes_libc || spared.is_some_and(|spared| spared < 150) {
        // Other images may use what the full one has, a different C library is a big change, and a small saving is optional.
        found.at_most(Level::Note);
    }
    for variant in &variants {
        let size = about(variant.size);
        let condition = if variant.changes_libc { "; it uses musl instead of glibc, so test native code" } else { "" };
        found.help(format!("use `FROM {}:{}`{size}{condition}", variant.image, variant.tag));
    }
    if let Some(needs) = needs {
        let needs = needs.replace('`', "'");
        found.help(format!(
            "the slim variant does not contain what `{needs}` needs: install it, or build in a first stage"
        ));
    }
    if by_microdnf {
        found.help("use `microdnf` there instead of `dnf` and `yum`");
    }
    found.help("move build tools, such as a compiler, to a first stage").fix(fix);
}

/// Replaces the tag, if it is written literally and nothing else has to change.
fn fix(image: &ImageRef, variant: &Smaller, name: &str, safety: Safety, model: &Model<'_>) -> Option<Fix> {
    image.tag.as_ref()?;
    if variant.changes_libc || variant.image != name {
        return None;
    }
    let title = format!("use the `{}` variant", variant.tag);
    Fix::new(safety, title, with_tag(image, &variant.tag, model))
}

fn megabytes(size: u32) -> String {
    if size < 1000 { format!("{size} MB") } else { format!("{}.{} GB", size / 1000, size % 1000 / 100) }
}
