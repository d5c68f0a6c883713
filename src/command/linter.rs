//! One file: read, parse, understand, lint; and what repairs would make of it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::command::args::Check;
use crate::command::check::fix;
use crate::command::check::fix::Checked;
use crate::command::inputs::Input;
use crate::command::read;
use crate::context::{Context, Contexts};
use crate::finding::Diagnostic;
use crate::finding::NewFile;
use crate::lint;
use crate::model::Model;
use crate::report::FileReport;
use crate::shellcheck::{self, Engine, external};
use crate::syntax::{self, Args, Dockerfile};
use crate::text::Source;
use crate::text::parallel::on_threads;

/// In the order of the inputs.
pub(super) fn check_all(inputs: &[Input], check: &Check) -> Vec<Checked> {
    let contexts = Contexts::new();
    on_threads(inputs.iter().collect(), 0, |input| check_one(input, check, &contexts))
}

fn check_one(input: &Input, check: &Check, contexts: &Contexts) -> Checked {
    let source = match &input.path {
        Some(path) => read::file(path),
        None => read::stdin(input.name.clone()),
    };
    let source = match source {
        Ok(source) => source,
        Err(error) => return Checked::new(FileReport::unreadable(input.name.clone(), error)),
    };
    let checked = catch_unwind(AssertUnwindSafe(|| -> Result<Checked, String> {
        let linter = Linter { input, check, contexts };
        let (found, errors) = linter.lint(&source)?;
        let mut checked = Checked::new(FileReport::new(Arc::clone(&source), found));
        if let Some(allowed) = fix::allowed(&check.fixes) {
            fix::repair(&mut checked, errors, allowed, &linter)?;
        }
        Ok(checked)
    }));
    // One file must not cost the others their report.
    let mistake = || Err("checking it failed by a mistake of plimsoll's: please report it".to_owned());
    checked
        .unwrap_or_else(|_| mistake())
        .unwrap_or_else(|error| Checked::new(FileReport { error: Some(error), ..FileReport::new(source, Vec::new()) }))
}

/// How a file, and what repairs make of it, is linted.
pub(in crate::command) struct Linter<'a> {
    pub(in crate::command) input: &'a Input,
    pub(in crate::command) check: &'a Check,
    pub(in crate::command) contexts: &'a Contexts,
}

impl Linter<'_> {
    /// The folder that a builder is to be given.
    pub(in crate::command) fn root(&self, source: &Source) -> Option<PathBuf> {
        let file = syntax::parse(source.text());
        let context = context(self.input, self.check, self.contexts, &file)?;
        context.root().map(Path::to_path_buf)
    }

    /// The findings that no comment covers, and how many syntax errors there are.
    pub(in crate::command) fn lint(&self, source: &Source) -> Result<(Vec<Diagnostic>, usize), String> {
        self.lint_with(source, &[])
    }

    /// The same, with files in the context that are still to be written.
    pub(in crate::command) fn lint_with(
        &self,
        source: &Source,
        new: &[NewFile],
    ) -> Result<(Vec<Diagnostic>, usize), String> {
        let file = syntax::parse(source.text());
        let context = context(self.input, self.check, self.contexts, &file);
        if let (Some(context), Some(ignore)) = (&context, new.iter().find(|file| file.name == ".dockerignore")) {
            context.pretend_ignore_file(&ignore.text);
        }
        let settings = &self.input.settings;
        let model = Model::build(source, &file, &settings.build_args, context.as_ref());
        let shell = match settings.lint.shellcheck {
            Engine::External => Some(external::lint(shellcheck::scripts(&model))?),
            Engine::Builtin | Engine::Off => None,
        };
        let found = match self.check.files.no_inline_ignore {
            true => lint::check_all(&model, &settings.lint, shell),
            false => lint::check(&model, &settings.lint, shell),
        };
        Ok((found, file.errors.len()))
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
