//! How a file is linted: its build context, its settings, its ignore comments.

use std::path::{Path, PathBuf};

use crate::builds::Way;
use crate::command::inputs::Input;
use crate::compose::Project;
use crate::command::options::LintOptions;
use crate::context::{Context, Contexts};
use crate::finding::Diagnostic;
use crate::finding::NewFile;
use crate::lint;
use crate::model::{Model, copied_sources};
use crate::shellcheck::{self, Backend, external};
use crate::syntax::{self, Dockerfile};
use crate::text::Source;
use crate::text::steps::{self, Stopped};

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
        let ways = self.input.ways();
        let context = context(self.input, self.options, self.contexts, &file, ways.first()?)?;
        context.root().map(Path::to_path_buf)
    }

    /// The findings that no comment covers, and how many syntax errors there are.
    pub(in crate::command) fn lint(&self, source: &Source) -> Result<(Vec<Diagnostic>, usize), String> {
        self.lint_with(source, &[])
    }

    /// The same, with files in the context that are still to be written. Ends at a number of steps that depends on the
    /// size of the file alone.
    pub(in crate::command) fn lint_with(
        &self,
        source: &Source,
        new: &[NewFile],
    ) -> Result<(Vec<Diagnostic>, usize), String> {
        let limit = steps::limit(source.bytes().len()).saturating_mul(self.input.ways().len().max(1) as u64);
        steps::within(limit, || self.lint_unlimited(source, new)).unwrap_or_else(|stopped| match stopped {
            Stopped::Limit => Err("analysis limit: checking this file takes too many steps, not checked".to_owned()),
            Stopped::Interrupted => Err("interrupted".to_owned()),
        })
    }

    fn lint_unlimited(&self, source: &Source, new: &[NewFile]) -> Result<(Vec<Diagnostic>, usize), String> {
        if self.input.is_compose {
            return Ok(self.lint_compose(source));
        }
        let file = syntax::parse(source.text());
        if let Some(settings) = &self.input.settings.hadolint {
            return Ok((settings.findings(source), file.errors.len()));
        }
        let ways = self.input.ways();
        let mut found = Vec::new();
        let mut errors = file.errors.len();
        for way in &ways {
            let (of_way, broken) = self.lint_way(source, &file, way, new)?;
            found.push((way.name.clone(), of_way));
            errors = errors.max(file.errors.len() + broken);
        }
        Ok((lint::union(found), errors))
    }

    /// The findings of one way to build a Dockerfile, and how many scripts cannot be read.
    fn lint_way(
        &self,
        source: &Source,
        file: &Dockerfile,
        way: &Way,
        new: &[NewFile],
    ) -> Result<(Vec<Diagnostic>, usize), String> {
        let context = context(self.input, self.options, self.contexts, file, way);
        if let (Some(context), Some(ignore)) = (&context, new.iter().find(|file| file.name == ".dockerignore")) {
            context.pretend_ignore_file(&ignore.text);
        }
        let settings = &self.input.settings;
        let mut model = Model::build_target(source, file, &way.args, context.as_ref(), way.target(), &way.context_names());
        model.is_fragment = model.stages.is_empty() && self.input.is_included();
        let shell = match settings.lint.shellcheck {
            Backend::External => Some(external::lint(shellcheck::scripts(&model))?),
            Backend::Builtin | Backend::Off => None,
        };
        let found = match self.options.no_inline_ignore {
            true => lint::check_all(&model, &settings.lint, shell),
            false => lint::check(&model, &settings.lint, shell),
        };
        // A script that was read and cannot be read any more is an error, too.
        let scripts = model.runs().filter(|(_, script)| !script.clean).count();
        Ok((found, scripts))
    }
}

impl Linter<'_> {
    /// The findings of a Compose file, and how many reasons Compose has to reject it.
    fn lint_compose(&self, source: &Source) -> (Vec<Diagnostic>, usize) {
        let place = self.input.place.as_deref();
        let context = place.map(|place| {
            let parent = place.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
            let context = self.contexts.named(parent, None);
            match self.input.project_root() {
                Some(root) => context.reaching(&root),
                None => context,
            }
        });
        let name = place.and_then(Path::file_name).map(|name| name.to_string_lossy().into_owned());
        let project = Project::load(source, name.as_deref().unwrap_or("compose.yaml"), context.as_ref());
        let settings = &self.input.settings.lint;
        let found = match self.options.no_inline_ignore {
            true => lint::check_compose_all(&project, settings),
            false => lint::check_compose(&project, settings),
        };
        (found, project.problems.len() + lint::count_inline_errors(&project))
    }
}

/// The build context: the one the user or the project names, else the likeliest.
fn context(
    input: &Input,
    options: &LintOptions,
    contexts: &Contexts,
    file: &Dockerfile,
    way: &Way,
) -> Option<Context> {
    let place = input.place.as_deref();
    match options.context.as_deref().or(way.context()) {
        Some(root) => Some(contexts.named(root, place)),
        None => Some(contexts.find(place?, &copied_sources(file))),
    }
}
