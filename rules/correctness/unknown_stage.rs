//! Files copied from a stage that does not exist or cannot be used here.

use std::collections::HashMap;

use crate::finding::prelude::*;
use crate::text::suggest;

pub const RULE: Rule = Rule::new(Level::Error, "0.1.0", &[Check::OnFile(check)]).aka(&["DL3022", "DL3023"]);

/// How many stages are compared with a name, and how many names with stages.
const MOST_STAGES: usize = 500;
const MOST_NAMES: usize = 200;

/// The stages with similar names: by name, the index of the nearest, and that of the first of its name.
type Near<'a> = HashMap<String, Option<(&'a str, usize)>>;

fn check(cx: &Cx<'_>) {
    let mut near = Near::new();
    for stage in &cx.model.stages {
        check_stage(stage, &mut near, cx);
    }
}

fn check_stage<'a>(stage: &Stage<'a>, near: &mut Near<'a>, cx: &Cx<'a>) {
    for import in &stage.imports {
        let written = cx.text(import.span);
        match &import.origin {
            Origin::NoSuchIndex => {
                let last = cx.model.stages.len() - 1;
                cx.report(import.span, format!("stage `{written}` does not exist: stages are numbered from 0"))
                    .variant("number")
                    .help(format!(
                        "name the stage with `AS` and use that name; the last stage in this file is number `{last}`"
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
                .label(later.from.keyword_span, "that stage starts here")
                .help(format!("move the stage `{written}` above this one"));
            }
            Origin::Image(image) => {
                if let Some((near, is_earlier)) = misspelt(image, stage, near, cx.model) {
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
fn misspelt<'a>(image: &ImageRef, stage: &Stage<'a>, near: &mut Near<'a>, model: &Model<'a>) -> Option<(String, bool)> {
    let name = image.value.as_deref().filter(|name| name.len() > 3 && !name.contains(['/', ':', '@']))?;
    if crate::knowledge::bases::image(name).is_some() {
        return None;
    }
    if !near.contains_key(name) {
        let named = || model.stages.iter().filter_map(|other| Some((other.name?.text.as_str(), other.index)));
        let nearest = (near.len() < MOST_NAMES)
            .then(|| suggest::nearest(name, named().take(MOST_STAGES).map(|(name, _)| name)))
            .flatten();
        let found = nearest.and_then(|nearest| named().find(|(name, _)| name.eq_ignore_ascii_case(nearest)));
        near.insert(name.to_owned(), found);
    }
    let (nearest, first) = near.get(name).copied().flatten()?;
    (first != stage.index).then(|| (nearest.to_owned(), first < stage.index))
}
