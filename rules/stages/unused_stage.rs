//! Finds stages that the final stage does not depend on.

use crate::finding::prelude::*;
use crate::knowledge::stage_names::{TARGETS, word_of};

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnStage(check)]);

fn check(stage: &Stage<'_>, cx: &Cx<'_>) {
    if stage.reaches_final || is_used(stage, cx.model) {
        return;
    }
    let written = stage.name.map(|name| name.text.as_str());
    if written.is_some_and(is_target) || cx.model.file.is_template(cx.source.text()) {
        return;
    }
    if let Some(name) = written
        && (is_one_of_many(cx.model) || may_be_named(name, cx))
    {
        return;
    }
    let Some(last) = cx.model.final_stage().map(|stage| stage.from.span) else { return };
    match (stage.name, written) {
        // It may be built with `--target`.
        (Some(name), Some(written)) => {
            let message = format!("no other stage uses `{written}`, so a default build skips it");
            let mut found = cx.report(name.span, message);
            found.variant("named").at_most(Level::Note);
            found.label(last, "this stage becomes the image");
            found.help(format!(
                "remove it or copy from it with `COPY --from={written}`, unless it is built with `--target {written}`"
            ));
        }
        _ => {
            let message = "this stage is unused: the final stage does not copy files from it";
            cx.report(stage.from.span, message)
                .label(last, "this stage becomes the image")
                .help("to copy files from it, name it with `AS build` and use `COPY --from=build …` in the final stage")
                .help("a second `FROM` does not combine two images: install or copy everything into one")
                .help("for two services, build two images, each with its own Dockerfile");
        }
    }
}

/// Whether any stage is `FROM` it or takes files from it.
fn is_used(stage: &Stage<'_>, model: &Model<'_>) -> bool {
    stage.is_imported(model) || model.stages_on_top(stage).next().is_some()
}

/// Whether the file builds several images: there is a bake file, or at least three unused stages.
fn is_one_of_many(model: &Model<'_>) -> bool {
    const BAKE: [&str; 4] =
        ["docker-bake.hcl", "docker-bake.json", "docker-bake.override.hcl", "docker-bake.override.json"];
    let ends = model.stages.iter().filter(|stage| stage.name.is_some() && !stage.reaches_final);
    ends.filter(|stage| !is_used(stage, model)).take(3).count() == 3
        || model.context.is_some_and(|context| BAKE.iter().any(|file| context.exists(file)))
}

/// Whether this name may come from a variable: `FROM build-${TARGETOS}`.
fn may_be_named(name: &str, cx: &Cx<'_>) -> bool {
    let froms = cx.model.stages.iter().filter_map(|stage| stage.image()).map(|image| image.written.as_str());
    let imports = cx.model.stages.iter().flat_map(|stage| &stage.imports).map(|import| cx.text(import.span));
    froms.chain(imports).any(|written| {
        let Some((before, rest)) = written.split_once('$') else { return false };
        let after = rest.rsplit('}').next().filter(|after| after.len() < rest.len()).unwrap_or_default();
        let after = if rest.starts_with('{') { after } else { "" };
        let fixed = before.len() + after.len();
        (1..=name.len()).contains(&fixed) && name.starts_with(before) && name.ends_with(after)
    })
}

/// Whether a stage of this name is probably meant to be built by itself.
fn is_target(name: &str) -> bool {
    word_of(name, TARGETS).is_some()
}
