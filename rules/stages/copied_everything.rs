use crate::finding::prelude::*;
use crate::knowledge::bases;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnStep(check)]).aka(&["DL3067"]);

fn check(step: &Step<'_>, cx: &mut Cx<'_>) {
    let (Some(copy), Some(stage)) = (step.copy(), cx.model.stage(step.stage)) else { return };
    if step.copy_dest(cx.model) != Some("/") {
        return;
    }
    let root = |word: &&Word| {
        let value = cx.model.expand(step, word).value;
        value.is_some_and(|path| matches!(path.as_str(), "/" | "/." | "/*" | "." | "./" | "./*"))
    };
    let Some(source) = copy.sources.iter().find(root) else { return };
    let Some(import) = stage.imports.iter().find(|import| import.step == step.index) else { return };
    if !holds_a_system(&import.origin, cx.model) {
        return;
    }
    // What stands on `scratch` has nothing else: the copy is meant to merge the layers.
    let merges = matches!(stage.base, Base::Scratch);
    let name = cx.text(import.span);
    let found = cx.report(source.span, format!("this copies the whole file system of `{name}`, tools and all"));
    found.label(import.span, "taken from here");
    if merges {
        found.at_most(Level::Note).help("if this is to merge layers: fewer `RUN` and `COPY` save the same bytes, and keep the base image's layer shared");
    }
    found.help(format!(
        "copy what the program needs and nothing else, as in `COPY --from={name} /out/app /usr/local/bin/`"
    ));
}

/// Whether there is an operating system in it. Some images are a few files on `scratch`, made to be copied whole.
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
