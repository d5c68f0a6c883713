//! Adding a working directory, so that copied files are not placed among the directories of the system.

use std::sync::PoisonError;

use crate::finding::{Fix, Order, Safety};
use crate::fixes::{Plans, placement};
use crate::knowledge::paths;
use crate::knowledge::{bases, canonical};
use crate::model::{Model, Stage, Step};
use crate::syntax::Keyword;
use crate::text::Edit;

/// The fix for a stage that copies to a relative path with no WORKDIR before it. Planned once per stage.
pub fn needed<'a>(stage: &Stage<'a>, model: &Model<'a>) -> Option<Fix> {
    let plans = &model.memo.get::<Plans>().workdir;
    if let Some(known) = plans.lock().unwrap_or_else(PoisonError::into_inner).get(&stage.index) {
        return known.clone();
    }
    let plan = plan(stage, model);
    plans.lock().unwrap_or_else(PoisonError::into_inner).insert(stage.index, plan.clone());
    plan
}

/// Writes the destinations of a stage that works in `/` with the `/` that they mean: they stay where they are.
pub fn absolute<'a>(stage: &Stage<'a>, model: &Model<'a>) -> Option<Fix> {
    let name = stage.root_image(model)?.familiar_name()?;
    if bases::workdir(&name) != Some("/") || stage.windows {
        return None;
    }
    let edit = |step: &Step<'a>| {
        let copy = step.copy().filter(|copy| !copy.json)?;
        let dest = copy.dest.as_ref().filter(|dest| model.source.slice(dest.span) == dest.text)?;
        let path = dest.text.strip_prefix("./").unwrap_or(&dest.text);
        let plain = path.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/-_.+".contains(&byte));
        let below = !path.starts_with('/') && path.split('/').all(|part| part != "..");
        let path = if path == "." { "" } else { path };
        (plain && below).then(|| Edit::replace(dest.span, format!("/{path}")))
    };
    let steps = stage.steps.iter().take_while(|step| step.state.workdir.is_none());
    Fix::new(Safety::Safe, "write the destination with its `/`", steps.filter_map(edit))
}

fn plan<'a>(stage: &Stage<'a>, model: &Model<'a>) -> Option<Fix> {
    let name = stage.root_image(model)?.familiar_name()?;
    // Where these work is no place for a project either.
    if bases::workdir(&name) != Some("/") && canonical(&name) != "golang" {
        return None;
    }
    let relative = |step: &&Step<'a>| {
        let dest = step.copy().and_then(|copy| model.expand(step, copy.dest.as_ref()?).value);
        dest.is_some_and(|dest| !dest.starts_with('/') && !dest.is_empty())
    };
    let first = stage.steps.iter().take_while(|step| step.state.workdir.is_none()).find(relative)?;
    give_workdir(stage, first, model)
}

/// Gives a stage that works in `/` a directory of its own, above the step `first`. `None` if something may rely on where the
/// files are.
fn give_workdir<'a>(stage: &Stage<'a>, first: &Step<'a>, model: &Model<'a>) -> Option<Fix> {
    let context = model.context.filter(|context| context.is_sure());
    // Who takes from it would look in the old place; another WORKDIR is where the program starts.
    let used = stage.is_imported(model);
    let based = model.stages_on_top(stage).next().is_some();
    if used
        || based
        || stage.windows
        || stage.all(Keyword::Workdir).next().is_some()
        || stage.all(Keyword::Onbuild).next().is_some()
    {
        return None;
    }
    // Another user would have to own the directory.
    if stage.all(Keyword::User).next().is_some() {
        return None;
    }
    for step in &stage.steps {
        let text = model.source.slice(step.instruction.span);
        match step.keyword() {
            Keyword::Copy | Keyword::Add => {
                let copy = step.copy()?;
                let dest = model.expand(step, copy.dest.as_ref()?).value?;
                if dest.starts_with('/') {
                    // `COPY x /app/` beside `COPY y .`: the two are meant to be apart.
                    if dest == "/" || text.contains("/app") {
                        return None;
                    }
                    continue;
                }
                if is_of_system(dest.trim_start_matches("./")) || copy.sources.is_empty() {
                    return None;
                }
                for source in step.context_sources(model) {
                    let name = source.path.rsplit('/').next().unwrap_or_default();
                    let system = |folder: &str| {
                        context.is_some_and(|context| {
                            paths::TOP_LEVEL.iter().any(|name| {
                                !paths::ALSO_IN_PROJECTS.contains(name) && context.is_dir(&format!("{folder}/{name}"))
                            })
                        })
                    };
                    if matches!(name, "rootfs" | "root" | "overlay" | "fs" | "files")
                        || name.contains(".tar")
                        || name.ends_with(".tgz")
                        || system(&source.path)
                    {
                        return None;
                    }
                }
            }
            Keyword::Run
            | Keyword::Cmd
            | Keyword::Entrypoint
            | Keyword::Env
            | Keyword::Healthcheck
            | Keyword::Volume
                if names_root(text) =>
            {
                return None;
            }
            Keyword::Run => {
                let commands = step.commands().iter();
                let moves = |command: &crate::shell::Command| {
                    command.is_any(&["cd", "pushd"])
                        && command.operands().next().is_none_or(|to| to.text.as_deref().is_none_or(is_of_system))
                };
                if commands.into_iter().any(moves) || !step.script.as_ref().is_some_and(|script| script.clean) {
                    return None;
                }
            }
            _ => {}
        }
    }
    let edit = placement::above(first_user(stage, first).unwrap_or(first), "WORKDIR /app", model)?;
    Fix::new(Safety::Unsafe, "add a working directory, `/app`", [edit]).map(|fix| fix.in_order(Order::Workdir))
}

/// The first step before `first` that uses a relative path: `RUN mkdir ./app` above `COPY . ./app`.
fn first_user<'m, 'a>(stage: &'m Stage<'a>, first: &Step<'a>) -> Option<&'m Step<'a>> {
    let top = |path: &str| path.trim_start_matches("./").split('/').next().unwrap_or_default().to_owned();
    let dest = top(&first.copy()?.dest.as_ref()?.text);
    let is_meant = |path: &str| path.starts_with("./") || !dest.is_empty() && dest != "." && top(path) == dest;
    stage.steps[..first.index].iter().find(|step| {
        let uses = |command: &crate::shell::Command| command.operands().any(|arg| arg.known().is_some_and(is_meant));
        step.keyword() == Keyword::Run && step.commands().iter().any(uses)
    })
}

fn is_of_system(path: &str) -> bool {
    is_top_level(path.split('/').next().unwrap_or_default())
}

/// Whether a text names something directly below `/` that no system has: most likely a file that was copied there.
fn names_root(text: &str) -> bool {
    let mut before = ' ';
    for (at, char) in text.char_indices() {
        if char == '/' && !(before.is_ascii_alphanumeric() || "/.:_-}$)*~%@<".contains(before)) {
            let rest = &text[at + 1..];
            let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || "-_.+".contains(c))).unwrap_or(rest.len());
            if end > 0 && !is_top_level(&rest[..end]) {
                return true;
            }
            if end == 0 && !rest.starts_with(['/', '*']) && !text.contains("sed") {
                return true;
            }
        }
        before = char;
    }
    false
}

/// Whether it is a directory at the root of a system. The images of Go have `/go`.
fn is_top_level(name: &str) -> bool {
    paths::TOP_LEVEL.contains(&name) || name == "go"
}
