//! How a file is linted: its build context, its settings, its ignore comments.

use std::path::{Path, PathBuf};

use crate::command::inputs::Input;
use crate::command::options::LintOptions;
use crate::context::{Context, Contexts};
use crate::finding::Diagnostic;
use crate::finding::NewFile;
use crate::lint;
use crate::model::Model;
use crate::shellcheck::{self, Backend, external};
use crate::syntax::{self, Args, Dockerfile};
use crate::text::Source;

/// Lints one file, and what fixes make of it.
pub(in crate::command) struct Linter<'a> {
    pub(in crate::command) input: &'a Input,
    pub(in crate::command) options: &'a LintOptions,
    pub(in crate::command) contexts: &'a Contexts,
}

impl Linter<'_> {
    /// The directory that a builder is to be given.
    pub(in crate::command) fn root(&self, source: &Source) -> Option<PathBuf> {
        let file = syntax::parse(source.text());
        let context = context(self.input, self.options, self.contexts, &file)?;
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
        let context = context(self.input, self.options, self.contexts, &file);
        if let (Some(context), Some(ignore)) = (&context, new.iter().find(|file| file.name == ".dockerignore")) {
            context.pretend_ignore_file(&ignore.text);
        }
        let settings = &self.input.settings;
        let model = Model::build(source, &file, &settings.build_args, context.as_ref());
        let shell = match settings.lint.shellcheck {
            Backend::External => Some(external::lint(shellcheck::scripts(&model))?),
            Backend::Builtin | Backend::Off => None,
        };
        let found = match self.options.no_inline_ignore {
            true => lint::check_all(&model, &settings.lint, shell),
            false => lint::check(&model, &settings.lint, shell),
        };
        Ok((found, file.errors.len()))
    }
}

/// The build context: the one the user names, else the likeliest.
fn context(input: &Input, options: &LintOptions, contexts: &Contexts, file: &Dockerfile) -> Option<Context> {
    let place = input.place.as_deref();
    match &options.context {
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
