//! Base images that are invalid because a variable has no value.

use std::cell::{Cell, OnceCell};

use crate::finding::prelude::*;
use crate::model::{Scope, UseStatus, Variable, VariableKind, Variables, expand, refusal};
use crate::syntax::WordOrigin;

pub const RULE: Rule = Rule::new(Level::Error, "0.1.0", &[Check::OnFile(check)]).aka(&["InvalidDefaultArgInFrom"]);

/// The maximum number of bytes of values that are copied: each `ARG` may double the one before.
const MOST_BYTES: usize = 1 << 20;

fn check(cx: &Cx<'_>) {
    let model = cx.model;
    if cx.model.file.is_template(cx.source.text()) {
        return;
    }
    let (plain, budget) = (OnceCell::new(), Cell::new(MOST_BYTES));
    for stage in &model.stages {
        look(stage, &plain, &budget, cx);
    }
}

fn look(stage: &Stage<'_>, plain: &OnceCell<Variables>, budget: &Cell<usize>, cx: &Cx<'_>) {
    let Some(image) = stage.image().filter(|image| image.written.contains('$')) else { return };
    let in_image = stage.uses.iter().filter(|used| image.span.contains(used.span));
    let empty = || in_image.clone().filter(|used| used.status != UseStatus::Set && !used.fallback);
    // `undeclared-in-from` reports one that is not declared at all.
    if empty().any(|used| used.is_undefined()) {
        return;
    }
    // The image name that the builder gets without any `--build-arg`.
    let rest = match &image.value {
        Some(value) if value.is_empty() => String::new(),
        Some(_) => return,
        None => {
            let variables = plain.get_or_init(|| without_build_args(cx.model, budget));
            let scope = Scope { budget: Some(budget), ..Scope::new(variables, false) };
            let Some(value) =
                expand(&image.written, WordOrigin::Linear(0), cx.model.file.escape.as_char(), scope).value
            else {
                return;
            };
            value
        }
    };
    if refusal(&rest).is_none() {
        return;
    }
    let Some(used) = empty().next().or_else(|| in_image.clone().next()) else { return };
    let name = &used.name;
    let becomes = match rest.is_empty() {
        true => "this `FROM` is empty".to_owned(),
        false => format!("this `FROM` becomes `{rest}`, which is not a valid image name"),
    };
    let set_at = used.set_at;
    let unset = used.status == UseStatus::Unset;
    let made_of_unset = !unset && image.value.is_none();
    let why = match (unset, made_of_unset) {
        (true, _) => "no default: without `--build-arg`,",
        (_, true) => "a default that uses unset arguments: without `--build-arg`,",
        _ => "no value here:",
    };
    let mut found = cx.report(image.span, format!("`{name}` has {why} {becomes}"));
    if unset || made_of_unset {
        // `--build-arg` can give it one.
        found
            .variant(if unset { "no-default" } else { "default-of-unset" })
            .at_most(Level::Note)
            .help(format!("set a default that builds, `ARG {name}=…`, so that a plain `docker build .` works"));
    } else {
        found.help(format!(
            "declare it before the first `FROM`: `ARG {name}=…`; no other variables are available in `FROM`"
        ));
    }
    if let Some(set_at) = set_at {
        found.label(set_at, if made_of_unset { "the default is set here" } else { "declared here without a value" });
    }
}

/// The variables that a `FROM` sees without any `--build-arg`: an `ARG` without a default is empty.
fn without_build_args(model: &Model<'_>, budget: &Cell<usize>) -> Variables {
    let mut variables = model.globals.clone();
    for instruction in &model.preamble {
        let Args::Pairs(args) = &instruction.args else { continue };
        for pair in &args.pairs {
            let known = model.globals.get(pair.name.text.as_str());
            if known.is_some_and(|known| known.value.is_some() || known.kind != VariableKind::Arg) {
                continue;
            }
            let scope = Scope { budget: Some(budget), ..Scope::new(&variables, false) };
            let value = pair.value.as_ref().map_or(Some(String::new()), |word| {
                expand(&word.text, WordOrigin::of(word, &instruction.logical), model.file.escape.as_char(), scope).value
            });
            let variable = Variable { value, kind: VariableKind::Arg, span: None, value_span: None, unset: false };
            variables.insert_mut(pair.name.text.as_str().into(), variable);
        }
    }
    variables
}
