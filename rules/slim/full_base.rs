use crate::knowledge::variants::{Smaller, smaller};
use crate::prelude::*;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnStage(check)]).fix(Fixable::Sometimes);

fn check(stage: &Stage<'_>, cx: &mut Cx<'_>) {
    // A stage that only builds may be as large as it likes.
    if !stage.is_shipped() || stage.windows {
        return;
    }
    let Some(image) = stage.image() else { return };
    let Some(name) = image.familiar_name() else { return };
    if image.tag.is_none() && !image.untagged() || image.tag.is_some() && image.tag_text().is_none() {
        return;
    }
    let variants = smaller(&name, image.tag_text());
    let Some(best) = variants.first() else { return };
    let written = image.value.as_deref().unwrap_or(&image.written);
    let size = best.full_size.map(|size| format!(" (about {})", megabytes(size))).unwrap_or_default();
    let message = format!("the final image stands on the full `{written}`{size}, of which there is a slimmer variant");
    let fix = fix(image, best, &name);
    let found = cx.report(image.span, message);
    if best.changes_libc {
        // Another C library is no small change: it is worth knowing, not a must.
        found.at_most(Level::Note);
    }
    for variant in &variants {
        let size = variant.size.map(|size| format!(" (about {})", megabytes(size))).unwrap_or_default();
        let condition =
            if variant.changes_libc { ": it has musl in place of glibc, so test native code there" } else { "" };
        found.help(format!("write `FROM {}:{}`{size}{condition}", variant.image, variant.tag));
    }
    found.help("what only the build needs, such as a compiler, belongs in a first stage").fix(fix);
}

/// Where only a tag that is written there changes.
fn fix(image: &ImageRef, variant: &Smaller, name: &str) -> Option<Fix> {
    let tag = image.tag.as_ref()?;
    let span = if tag.set_at.is_some() { tag.set_at } else { tag.span }?;
    let literal = image.value.as_deref() == Some(image.written.as_str()) || tag.set_at.is_some();
    if !literal || image.has_digest() || variant.changes_libc || variant.image != name {
        return None;
    }
    let title = format!("use the variant `{}`", variant.tag);
    Fix::new(Safety::Unsafe, title, [Edit::replace(span, variant.tag.as_str())])
}

fn megabytes(size: u32) -> String {
    if size < 1000 { format!("{size} MB") } else { format!("{}.{} GB", size / 1000, size % 1000 / 100) }
}
