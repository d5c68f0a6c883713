//! Finds commands that read a file which is not in the image yet.

use crate::commands::inputs::{Input, InputKind, inputs};
use crate::context::{Confidence, Context};
use crate::finding::prelude::*;
use crate::fixes::placement;
use crate::model::{Tri, join_path};

pub const RULE: Rule = Rule::new(Level::Error, "0.1.0", &[Check::OnRun(check)]).linux_only().fix(Fixable::Sometimes);

fn check(step: &Step<'_>, cx: &Cx<'_>) {
    if step.script.as_ref().is_none_or(|script| !script.clean) {
        return;
    }
    for (index, (command, folder)) in step.commands_in(cx.model).enumerate() {
        let Some(folder) = folder.filter(|_| is_certain(command)) else { continue };
        for input in inputs(command) {
            if is_absent(&input, &folder, step, index, cx) {
                report(command, &input, &folder, step, cx);
                // Further findings in this step would only repeat it.
                return;
            }
        }
    }
}

/// Whether the command certainly runs, as itself, and the step fails if it does.
fn is_certain(command: &Command) -> bool {
    let place = &command.place;
    let wrapped = command.wrappers.iter().any(|wrapper| !matches!(wrapper.name.as_str(), "sudo" | "env" | "time"));
    !place.conditional && !place.background && place.depth == 0 && !place.excused && !wrapped
}

/// Whether none of the files that would do is there.
fn is_absent(input: &Input, folder: &str, step: &Step<'_>, index: usize, cx: &Cx<'_>) -> bool {
    input.names.iter().all(|name| {
        let mut at = Some(folder);
        while let Some(folder) = at {
            let Some(path) = join_path(Some(folder), name, false) else { return false };
            if !cx.model.file_before(step, Some(index), &path).is_absent() {
                return false;
            }
            let above = folder.rsplit_once('/').filter(|_| input.above && folder != "/");
            at = above.map(|(above, _)| if above.is_empty() { "/" } else { above });
        }
        true
    })
}

fn report(command: &Command, input: &Input, folder: &str, step: &Step<'_>, cx: &Cx<'_>) {
    let model = cx.model;
    let Some(stage) = model.stage(step.stage) else { return };
    let name = &input.names[0];
    let shown = name.replace('`', "'");
    let at_end = |name: &String| join_path(Some(folder), name, false).map(|path| model.file_in(stage, &path));
    let later =
        input.names.iter().filter_map(at_end).find_map(|state| state.origin.filter(|_| state.presence == Tri::Yes));
    let later = later.filter(|origin| origin.stage == step.stage && origin.step > step.index);
    let context = model.context.filter(|context| context.is_sure());
    let own = input.names.iter().find_map(|name| in_context(context?, name));
    let manifest = provider(step, folder, cx).filter(|_| input.what == InputKind::Lock);
    // Nobody has written it yet, as far as is known: the build may run where somebody has.
    let guess = later.is_none() && own.is_none() && context.is_some_and(|it| it.confidence() < Confidence::Certain);
    let written = match command.subcommand() {
        Some(verb) if input.what != InputKind::Script => format!("{} {}", command.name, verb.lexeme()),
        _ => command.name.clone(),
    };
    let written = written.replace('`', "'");
    // These go on without one, and install nothing.
    let goes_on = input.what == InputKind::Manifest
        && (command.is("yarn") || command.is("npm") && !command.has_arg("ci") && !command.has_arg("run"));
    let end = if guess || goes_on { "" } else { ", so this step fails" };
    let message = match input.what {
        InputKind::Lock => format!("`{written}` needs `{shown}`, which is not in `{folder}`{end}"),
        InputKind::Script => format!("`{shown}` is not in the image yet, so this step fails"),
        _ => format!("`{written}` reads `{shown}`, which is not in `{folder}` yet{end}"),
    };
    let mut found = cx.report(input.span, message);
    found.variant(match input.what {
        InputKind::Lock => "lock-file",
        InputKind::Script => "script",
        InputKind::Manifest => "manifest",
        InputKind::List => "",
    });
    if guess || goes_on {
        found.at_most(Level::Warn);
    }
    if let Some(origin) = &later
        && let Some(copy) = model.origin_step(origin)
    {
        found.label(copy.instruction.span, "it is added only here");
        found.help(format!("copy `{shown}` before this `RUN`"));
        if let Some(own) = origin.context.as_deref().filter(|_| copy.keyword() == Keyword::Copy) {
            found.fix(copy_before(own, name, step, cx));
        }
    } else if let Some(copy) = other_place(step, name, cx) {
        let dest = copy.copy_dest(model).unwrap_or_default().replace('`', "'");
        found.label(copy.instruction.span, format!("it is copied to `{dest}`"));
        found.help(format!("copy it to `{folder}`, or set `WORKDIR` to the directory that it is copied to"));
    } else if let Some((copy, source)) = manifest {
        found.label(copy, "this copies only the manifest");
        match &own {
            Some(own) => {
                let edit = Edit::insert(source.end(), format!(" {own}"));
                found.help(format!("copy `{own}` along with the manifest"));
                found.fix(Fix::new(Safety::Unsafe, format!("copy `{own}` too"), [edit]));
            }
            None => _ = found.help(format!("create `{shown}`, commit it, and copy it along with the manifest")),
        }
    } else {
        found.help(format!("copy `{shown}` to `{folder}` before this `RUN`"));
    }
}

/// Its path in the build context, if it is there and not ignored.
fn in_context(context: &Context, name: &str) -> Option<String> {
    let path = name.trim_start_matches("./");
    let there = !path.starts_with('/') && context.exists(path) && context.ignored(path).is_none();
    there.then(|| path.to_owned())
}

/// An earlier COPY of a file of that name to another place.
fn other_place<'m, 'a>(step: &Step<'a>, name: &str, cx: &Cx<'m>) -> Option<&'m Step<'m>> {
    let base = name.rsplit('/').next()?;
    let is_it = |source: &crate::model::ContextSource| source.path.rsplit('/').next() == Some(base);
    let stage = cx.model.stage(step.stage)?;
    let mut earlier = stage.steps[..step.index].iter().rev().limited(200);
    earlier.find(|step| step.copy().is_some() && step.context_sources(cx.model).iter().any(is_it))
}

/// The COPY that puts the manifest beside the lock file, and its source, if another source can be added to it.
fn provider(step: &Step<'_>, folder: &str, cx: &Cx<'_>) -> Option<(Span, Span)> {
    let stage = cx.model.stage(step.stage)?;
    let manifest = ["package.json", "pyproject.toml", "Pipfile"];
    let mut copies = stage.steps[..step.index].iter().rev().filter(|step| step.copy().is_some()).limited(200);
    copies.find_map(|copy| {
        let dest = copy.copy_dest(cx.model)?;
        let source =
            copy.context_sources(cx.model).into_iter().find(|source| manifest.contains(&source.path.as_str()))?;
        let plain = copy.copy().is_some_and(|args| !args.json) && cx.text(source.span) == source.text;
        (dest.ends_with('/') && dest.trim_end_matches('/') == folder.trim_end_matches('/') && plain)
            .then_some((copy.instruction.span, source.span))
    })
}

/// A `COPY` of the file to the same place, on a line above the `RUN`.
fn copy_before(own: &str, name: &str, step: &Step<'_>, cx: &Cx<'_>) -> Option<Fix> {
    let plain = |path: &str| path.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-/".contains(&byte));
    let at_root = step.resolve(cx.model, ".").is_some()
        && !name.starts_with('/')
        && step.commands().iter().all(|it| !it.is("cd"));
    if !plain(own) || !plain(name) || !at_root {
        return None;
    }
    let dest = name.rsplit_once('/').map_or("./".to_owned(), |(folder, _)| format!("{folder}/"));
    let edit = placement::above(step, &format!("COPY {own} {dest}"), cx.model)?;
    Fix::new(Safety::Unsafe, format!("copy `{own}` before this step"), [edit])
}
