//! One file: read, parse, understand, lint.

use std::panic::{AssertUnwindSafe, catch_unwind};

use rayon::prelude::*;

use super::collect::Input;
use super::read;
use crate::cli::Check;
use crate::context::{Context, Contexts};
use crate::lint::{lint, lint_with};
use crate::model::Model;
use crate::report::FileReport;
use crate::shellcheck::{self, Engine, external};
use crate::suppress;
use crate::syntax::{self, Args, Dockerfile};

/// For a thread's stack, in bytes: parsers recurse within bounds, which need more than the usual.
const STACK: usize = 16 << 20;

/// Reports in the order of the inputs.
pub(super) fn check_all(inputs: &[Input], check: &Check) -> Vec<FileReport> {
    let contexts = Contexts::new();
    let each = |input: &Input| check_one(input, check, &contexts);
    match rayon::ThreadPoolBuilder::new().stack_size(STACK).build() {
        Ok(pool) => pool.install(|| inputs.par_iter().map(each).collect()),
        // No threads to be had.
        Err(_) => inputs.iter().map(each).collect(),
    }
}

fn check_one(input: &Input, check: &Check, contexts: &Contexts) -> FileReport {
    let source = match &input.path {
        Some(path) => read::file(path),
        None => read::stdin(input.name.clone()),
    };
    let source = match source {
        Ok(source) => source,
        Err(error) => return FileReport::unreadable(input.name.clone(), error),
    };
    let diagnostics = catch_unwind(AssertUnwindSafe(|| -> Result<_, String> {
        let file = syntax::parse(source.text());
        let context = context(input, check, contexts, &file);
        let settings = &input.settings;
        let model = Model::build(&source, &file, &settings.build_args, context.as_ref());
        let found = match settings.lint.shellcheck {
            Engine::External => lint_with(&model, &settings.lint, external::lint(shellcheck::scripts(&model))?),
            Engine::Builtin | Engine::Off => lint(&model, &settings.lint),
        };
        Ok(match check.files.no_inline_ignore {
            true => found,
            false => suppress::apply(&model, &settings.lint, found).kept,
        })
    }));
    match diagnostics {
        Ok(Ok(diagnostics)) => FileReport::new(source, diagnostics),
        Ok(Err(error)) => FileReport::unreadable(input.name.clone(), error),
        // One file must not cost the others their report.
        Err(_) => FileReport::unreadable(
            input.name.clone(),
            "checking it failed by a mistake of plimsoll's: please report it",
        ),
    }
}

/// The build context: what the user says, else the likeliest.
fn context(input: &Input, check: &Check, contexts: &Contexts, file: &Dockerfile) -> Option<Context> {
    let place = input.place.as_deref();
    match &check.selection.context {
        Some(root) => Some(contexts.named(root, place)),
        None => Some(contexts.find(place?, &sources(file))),
    }
}

/// What COPY and ADD take from the context, as written.
fn sources(file: &Dockerfile) -> Vec<&str> {
    let copies = file.instructions().filter(|instruction| instruction.flag("from").is_none());
    let sources = copies.flat_map(|instruction| match &instruction.args {
        Args::Copy(copy) => &copy.sources[..],
        _ => &[],
    });
    sources.map(|word| word.text.as_str()).collect()
}
