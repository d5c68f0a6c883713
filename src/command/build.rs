//! What commands that build a Dockerfile have in common: its build context, and its image.

use std::path::{Path, PathBuf};

use super::linter::Linter;
use crate::engine::{BuildEnd, Engine, Image};
use crate::text::{Problem, Source};
use crate::verify::{self, Project, RunSpec, trusted_frontend};

/// The build context of a Dockerfile.
pub(super) fn context(linter: &Linter<'_>, dockerfile: &Path, source: &Source) -> PathBuf {
    let root = linter.root(source).or_else(|| dockerfile.parent().map(Path::to_path_buf));
    root.filter(|root| !root.as_os_str().is_empty()).unwrap_or_else(|| PathBuf::from("."))
}

/// A copy of the build context, for a file that may be built.
///
/// # Errors
/// When the file has a frontend that is not allowed, or the context cannot be copied.
pub(super) fn project(
    linter: &Linter<'_>,
    dockerfile: &Path,
    source: &Source,
    spec: &RunSpec,
) -> Result<Project, Problem> {
    let name = &linter.input.name;
    trusted_frontend(name, source, spec)?;
    let about = |problem: Problem| Problem { message: format!("{name}: {}", problem.message), ..problem };
    Project::copy(&context(linter, dockerfile, source), dockerfile, spec.context_limits()).map_err(about)
}

/// Why there is no image.
pub(super) enum NoImage {
    /// The file does not build.
    Unbuilt(Problem),
    /// The engine cannot do its work.
    Engine(Problem),
}

impl NoImage {
    pub(super) fn problem(self) -> Problem {
        match self {
            NoImage::Unbuilt(problem) | NoImage::Engine(problem) => problem,
        }
    }
}

/// Builds a file of a project.
///
/// # Errors
/// When there is no image then.
pub(super) fn image<'e>(
    engine: &'e Engine,
    project: &Project,
    spec: &RunSpec,
    source: &Source,
) -> Result<Image<'e>, NoImage> {
    let built = verify::build(engine, project, spec, source).map_err(|error| NoImage::Engine(error.problem()))?;
    built.image.ok_or_else(|| {
        NoImage::Unbuilt(Problem::error(match built.end {
            BuildEnd::Failed(said) => format!("does not build: {said}"),
            BuildEnd::TimedOut => "the build took too long".to_owned(),
            BuildEnd::Over(why) => format!("does not build: {why}"),
            BuildEnd::Built => "the image is gone".to_owned(),
        }))
    })
}
