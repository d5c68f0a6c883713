//! Files copied from a stage that does not exist or cannot be used here.

use crate::finding::prelude::*;
use crate::text::suggest;

pub const RULE: Rule = Rule::new(Level::Error, "0.1.0", &[Check::OnStage(check)]).aka(&["DL3022", "DL3023"]);

fn check(stage: &Stage<'_>, cx: &Cx<'_>) {
    for import in &stage.imports {
        let written = cx.text(import.span);
        match &import.origin {
            Origin::NoSuchIndex => {
                let last = cx.model.stages.len() - 1;
                cx.report(import.span, format!("stage `{written}` does not exist: stages are numbered from 0"))
                    .variant("number")
                    .help(format!(
                        "name the stage with `AS` and use that name; the last stage of this file is number `{last}`"
                    ));
            }
            Origin::Itself => {
                cx.report(import.span, "a stage cannot copy files from itself with `--from`")
                    .variant("itself")
                    .label(stage.from.keyword_span, "the stage starts here")
                    .help("use an earlier stage, or `RUN cp` to copy within the stage");
            }
            Origin::Later(later) => {
                let Some(later) = cx.model.stage(*later) else { continue };
                cx.report(
                    import.span,
                    format!("stage `{written}` comes later, but files can only be copied from earlier stages"),
                )
                .variant("later")
                .label(later.from.keyword_span, "it starts here")
                .help(format!("move the stage `{written}` above this one"));
            }
            Origin::Image(image) => {
                if let Some((near, is_earlier)) = misspelt(image, stage, cx.model) {
                    let mut found = cx.report(
                        import.span,
                        format!("stage `{written}` does not exist, so BuildKit pulls an image of that name"),
                    );
                    match is_earlier {
                        true => found.help(format!("did you mean the stage `{near}`?")),
                        false => found.help(format!("the stage `{near}` comes later: move it above this one")),
                    };
                }
            }
            Origin::Stage(_) | Origin::Unknown => {}
        }
    }
}

/// The stage that was probably meant, and whether it comes before `stage`. A name with a tag, a digest or a slash is an
/// image; a short one may be an image whose name resembles a stage.
fn misspelt(image: &ImageRef, stage: &Stage<'_>, model: &Model<'_>) -> Option<(String, bool)> {
    let name = image.value.as_deref().filter(|name| name.len() > 3 && !name.contains(['/', ':', '@']))?;
    if crate::knowledge::bases::image(name).is_some() {
        return None;
    }
    let names = || model.stages.iter().filter(|other| other.index != stage.index).filter_map(|other| other.name);
    let near = suggest::nearest(name, names().map(|name| name.text.as_str()))?;
    let is_earlier = model.stages.iter().take(stage.index).any(|other| other.is_named(near));
    Some((near.to_owned(), is_earlier))
}
