//! `plimsoll pin --packages`: packages → the versions that a build of their stage has installed.

use std::collections::BTreeSet;
use std::path::Path;

use crate::command::build;
use crate::command::inputs::Input;
use crate::command::linter::Linter;
use crate::command::options::PinOptions;
use crate::command::progress::Progress;
use crate::command::verify::spec;
use crate::context::Contexts;
use crate::engine::Engine;
use crate::fixes::package_versions::{QUERY, Versions, has_unpinned, pins};
use crate::model::{Model, Stage};
use crate::syntax;
use crate::text::{Edit, Problem, Source};
use crate::verify::{self, Project, RunSpec};

/// The engine that builds the stages of all files; opened when the first one needs it.
pub(super) struct Builds<'a> {
    options: &'a PinOptions,
    progress: &'a Progress,
    engine: Option<Engine>,
}

impl<'a> Builds<'a> {
    pub(super) fn new(options: &'a PinOptions, progress: &'a Progress) -> Self {
        Self { options, progress, engine: None }
    }

    /// The edits that pin the packages of a file, and notes on those that cannot be pinned.
    ///
    /// # Errors
    /// When a stage does not build, or the engine cannot do its work.
    pub(super) fn pins(
        &mut self,
        input: &Input,
        path: &Path,
        source: &Source,
    ) -> Result<(Vec<Edit>, Vec<String>), Problem> {
        let file = syntax::parse(source.text());
        let model = Model::build(source, &file, &input.settings.build_args, None);
        let stages: Vec<&Stage<'_>> = model
            .stages
            .iter()
            .filter(|stage| (stage.reaches_final || stage.in_final) && !stage.windows && has_unpinned(stage))
            .collect();
        let (mut edits, mut absent) = (Vec::new(), BTreeSet::new());
        if stages.is_empty() {
            return Ok((edits, Vec::new()));
        }
        let about = |problem: Problem| Problem { message: format!("{}: {}", input.name, problem.message), ..problem };
        let contexts = Contexts::new();
        let linter = Linter { input, options: &self.options.lint, contexts: &contexts };
        let spec = spec(&self.options.spec, &linter);
        let project = build::project(&linter, path, source, &spec)?;
        let engine = match self.engine.take() {
            Some(engine) => engine,
            None => spec.engine.unwrap_or_default().open().map_err(|error| error.problem())?,
        };
        let engine = &*self.engine.insert(engine);
        for stage in stages {
            let (named, target) = named(stage, source);
            self.progress.tell(&format!("building stage `{target}` of {}", input.name));
            let spec = RunSpec { target: Some(target), ..spec.clone() };
            let versions = Versions::read(&listed(engine, &project, &spec, &named).map_err(about)?);
            let found = pins(stage, &model, &versions);
            edits.extend(found.edits);
            absent.extend(found.absent);
        }
        self.progress.clear();
        let note = |name: String| format!("`{name}` is not in the image under that name and was not pinned");
        Ok((edits, absent.into_iter().map(note).collect()))
    }
}

/// The file with a name for a stage, and that name: BuildKit does not build a stage by its number.
fn named(stage: &Stage<'_>, source: &Source) -> (Source, String) {
    if let Some(name) = stage.name {
        return (Source::new(source.name(), source.bytes()), name.text.clone());
    }
    let name = format!("plimsoll-{}", stage.index);
    let mut text = source.text().to_owned();
    text.insert_str(stage.from.span.end(), &format!(" AS {name}"));
    (Source::new(source.name(), text.as_bytes()), name)
}

/// Builds a stage, and lists the packages in it.
fn listed(engine: &Engine, project: &Project, spec: &RunSpec, source: &Source) -> Result<String, Problem> {
    let image = build::image(engine, project, spec, source).map_err(build::NoImage::problem)?;
    verify::printed(engine, &image, QUERY).map_err(|error| error.problem())
}
