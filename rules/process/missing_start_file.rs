//! Finds start commands whose file is not copied into the image.

use crate::context::{Confidence, Context};
use crate::finding::prelude::*;
use crate::knowledge::file_kinds::{Kind, kind};
use crate::knowledge::programs::Class;
use crate::model::{Thing, Tri, lies_below};

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnStage(check)]).linux_only();

fn check(stage: &Stage<'_>, cx: &Cx<'_>) {
    let model = cx.model;
    let Some(context) = model.context.filter(|it| it.is_sure()) else { return };
    if !stage.is_final {
        return;
    }
    let Some(step) = stage.start_step(model) else { return };
    let Some([command]) = step.script.as_ref().map(|script| script.commands.as_slice()) else { return };
    let file = match command.name.as_str() {
        _ if command.class().is(Class::SHELL.or(Class::INTERPRETER))
            && !command.has_flag(&["-m", "-c", "-e", "-r", "-p"]) =>
        {
            command.operands().next().and_then(|arg| Some((arg.text.as_deref()?, arg.span)))
        }
        _ if command.path.starts_with("./") => Some((command.path.as_str(), command.name_span)),
        _ => None,
    };
    let Some((written, span)) = file.filter(|(path, _)| kind(path).is(Kind::SCRIPT)) else { return };
    let Some(place) = step.resolve(model, written) else { return };
    let steps = || stage.history(model);
    let name = place.rsplit('/').next().unwrap_or(&place);
    if model.file_in(stage, &place).is_absent()
        && let Some((copy, elsewhere)) = copied_elsewhere(stage, &place, cx)
    {
        let mut found = cx.report(span, format!("`{place}` is not in the image"));
        found
            .variant("elsewhere")
            .label(copy, "the file is copied here, but to another location, or is moved or removed later");
        match model.file_in(stage, &elsewhere).exists() {
            true => found.help(format!("start `{elsewhere}`, or copy the file to `{place}`")),
            false => found.help(format!("start the file from its current location, or copy it to `{place}`")),
        };
        return;
    }
    if model.provides_in(stage, Thing::File(name)) != Tri::No {
        return;
    }
    // The path in the build context, according to every COPY that could provide the file.
    let mut wanted: Option<(String, Span)> = None;
    for step in steps().filter(|step| step.copy().is_some()) {
        let Some(dest) = step.copy_dest(model) else { return };
        let sources = step.context_sources(model);
        let complete = step.copy().is_some_and(|copy| copy.sources.len() == sources.len());
        if !lies_below(&place, dest) {
            continue;
        }
        if !complete
            || step.flag("from").is_some()
            || sources.iter().any(|source| source.is_pattern || source.is_variable)
        {
            return;
        }
        for source in sources {
            if !context.is_dir(&source.path) {
                if place.ends_with(&format!("/{}", source.path.rsplit('/').next().unwrap_or_default())) || dest == place
                {
                    return;
                }
                continue;
            }
            let inside = place[dest.trim_end_matches('/').len()..].trim_start_matches('/');
            let path = format!("{}/{inside}", source.path).trim_start_matches('/').to_owned();
            let left_out = context.ignored(&path).is_some();
            if context.exists(&path) && !left_out {
                return;
            }
            wanted = Some((path, step.instruction.span));
        }
    }
    let Some((path, copy)) = wanted else { return };
    // If the directory is missing too, a build probably creates both.
    let parent_there = path.rsplit_once('/').is_none_or(|(parent, _)| context.is_dir(parent));
    if !parent_there || !is_known_context(context, model) {
        return;
    }
    let left_out = context.exists(&path);
    let (variant, message) = if left_out {
        ("ignored", format!("`{place}` will not be in the image: the ignore file excludes it"))
    } else {
        ("", format!("`{place}` will not be in the image: `{path}` does not exist"))
    };
    let mut found = cx.report(span, message);
    found.variant(variant).label(copy, "it would be copied here");
    if context.confidence() != Confidence::Certain {
        found.at_most(Level::Note);
    }
    found.help("correct the path or copy the file; otherwise, the image builds but the container exits immediately");
}

/// The COPY that puts a file of the same name somewhere, and where; of those that name it.
fn copied_elsewhere(stage: &Stage<'_>, place: &str, cx: &Cx<'_>) -> Option<(Span, String)> {
    let name = place.rsplit('/').next()?;
    stage.history(cx.model).filter(|step| step.copy().is_some() && step.flag("from").is_none()).find_map(|step| {
        let source =
            step.context_sources(cx.model).into_iter().find(|source| source.path.rsplit('/').next() == Some(name))?;
        let dest = step.copy_dest(cx.model)?;
        let many = step.copy().is_some_and(|copy| copy.sources.len() > 1);
        let put = if dest.ends_with('/') || many {
            format!("{}/{name}", dest.trim_end_matches('/'))
        } else {
            dest.to_owned()
        };
        let as_named = !source.is_pattern && !source.is_variable && put.rsplit('/').next() == Some(name);
        as_named.then_some((step.instruction.span, put))
    })
}

/// Whether the user named the context, or a file that is copied by name exists in it.
fn is_known_context(context: &Context, model: &Model<'_>) -> bool {
    let named = |path: &str| !path.is_empty() && context.exists(path) && !context.is_dir(path);
    context.confidence() == Confidence::Certain
        || model.steps().limited(1000).flat_map(|step| step.context_sources(model)).any(|source| named(&source.path))
}
