//! Finds copies of another stage's entire file system.

use crate::finding::prelude::*;
use crate::knowledge::bases;
use crate::knowledge::paths;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnCopy(check)]).aka(&["DL3067"]);

fn check(step: &Step<'_>, cx: &Cx<'_>) {
    let (Some(copy), Some(stage)) = (step.copy(), cx.model.stage(step.stage)) else { return };
    if step.copy_dest(cx.model) != Some("/") {
        return;
    }
    let root = |word: &&Word| {
        let value = cx.model.expand(step, word).value;
        value.is_some_and(|path| paths::WHOLE.contains(&path.as_str()))
    };
    let Some(source) = copy.sources.iter().find(root) else { return };
    let Some(import) = stage.imports.iter().find(|import| import.step == step.index) else { return };
    if !holds_a_system(&import.origin, cx.model) {
        return;
    }
    // On `scratch` there is nothing else: the copy is meant to merge layers.
    let merges = matches!(stage.base, Base::Scratch);
    let name = cx.text(import.span);
    let mut found = cx.report(source.span, format!("this copies the entire filesystem of `{name}`"));
    found.label(import.span, "copied from here");
    if merges {
        found.at_most(Level::Note).help(
            "to merge layers, use fewer `RUN` and `COPY` instructions, which saves as much and keeps the base image's layers shared",
        );
    }
    found.help(format!("copy only what the program needs: `COPY --from={name} /out/app /usr/local/bin/`"));
}

/// Whether the origin contains an operating system. Some images are a few files on `scratch`, meant to be copied whole.
fn holds_a_system(origin: &Origin, model: &Model<'_>) -> bool {
    let known = |image: &ImageRef| {
        let role = image.familiar_name().and_then(|name| bases::role(&name));
        matches!(role, Some(bases::Role::Os | bases::Role::Runtime | bases::Role::Toolchain))
    };
    match origin {
        Origin::Image(image) => known(image),
        Origin::Stage(index) => model.stage(*index).is_some_and(|stage| match &stage.root(model).base {
            Base::Image(image) => stage.all(Keyword::Run).next().is_some() || known(image),
            _ => false,
        }),
        _ => false,
    }
}
