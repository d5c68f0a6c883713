//! Builds a Dockerfile of a project, and reads what the build needs: its base images and its frontend.

use super::project::Project;
use crate::engine::{Build, Built, Engine, EngineError, Pull};
use crate::model::{Base, BuildArgs, Model, Origin};
use crate::syntax;
use crate::text::{Problem, Source};
use crate::verify::spec::RunSpec;

/// Builds a Dockerfile of a project.
///
/// # Errors
/// When the engine cannot do its work.
pub fn build<'e>(
    engine: &'e Engine,
    project: &Project,
    spec: &RunSpec,
    source: &Source,
) -> Result<Built<'e>, EngineError> {
    look_for_bases(engine, spec, source)?;
    match build_bytes(engine, project, spec, source.bytes()) {
        // Without a registry BuildKit uses its built-in frontend.
        Err(EngineError::ImageMissing { image, .. }) if is_own_frontend(&image) => {
            build_bytes(engine, project, spec, &without_syntax(source.bytes()))
        }
        built => built,
    }
}

fn build_bytes<'e>(
    engine: &'e Engine,
    project: &Project,
    spec: &RunSpec,
    bytes: &[u8],
) -> Result<Built<'e>, EngineError> {
    let io = |error: std::io::Error| EngineError::Other {
        what: "cannot copy the Dockerfile".to_owned(),
        said: error.to_string(),
    };
    engine.build(&Build {
        context: project.context(),
        dockerfile: project.dockerfile(bytes).map_err(io)?,
        tag: String::new(),
        target: spec.target.clone(),
        build_args: spec.build_args.clone().into_iter().collect(),
        network: spec.offline != Some(true),
        pull: spec.pull.unwrap_or_default(),
        no_cache: spec.no_cache,
        builder: spec.builder.clone(),
        inputs: spec.build_inputs(),
        limits: spec.build_limits(),
        labels: Vec::new(),
        cgroup: None,
    })
}

/// With `--pull never`, missing images are reported before the build: not every builder supports the option.
fn look_for_bases(engine: &Engine, spec: &RunSpec, source: &Source) -> Result<(), EngineError> {
    if spec.pull != Some(Pull::Never) {
        return Ok(());
    }
    // A build context of that name stands for the image.
    let is_context = |image: &str| spec.build_contexts.iter().any(|context| context.split('=').next() == Some(image));
    for image in bases(source, &spec.build_args).into_iter().filter(|image| !is_context(image)) {
        if !engine.has(&image)? {
            return Err(EngineError::ImageMissing { image, said: String::new() });
        }
    }
    Ok(())
}

/// The images that a file is based on, in file order.
pub fn bases(source: &Source, build_args: &BuildArgs) -> Vec<String> {
    let file = syntax::parse(source.text());
    let model = Model::build(source, &file, build_args, None);
    let mut images = Vec::new();
    for stage in model.stages.iter().filter(|stage| stage.reaches_final || stage.in_final) {
        if let Base::Image(image) = &stage.base
            && let Some(name) = image.value.clone()
        {
            images.push(name);
        }
        for import in &stage.imports {
            if let Origin::Image(image) = &import.origin
                && let Some(name) = image.value.clone()
            {
                images.push(name);
            }
        }
    }
    images.dedup();
    images
}

fn is_own_frontend(image: &str) -> bool {
    let image = image.trim_start_matches("docker.io/");
    image.starts_with("docker/dockerfile") || image.starts_with("docker-image://docker/dockerfile")
}

/// Refuses a file with a frontend that is not Docker's own, unless that is allowed.
///
/// # Errors
/// When it is not.
pub fn trusted_frontend(name: &str, source: &Source, spec: &RunSpec) -> Result<(), Problem> {
    match foreign_frontend(source).filter(|_| spec.allow_frontend != Some(true)) {
        None => Ok(()),
        Some(frontend) => Err(Problem::error(format!("{name}: `# syntax={frontend}` is a third-party frontend"))
            .help("a frontend runs arbitrary code; if you trust this one, use `--allow-frontend`")),
    }
}

/// The frontend of a file, if it is not Docker's own.
pub fn foreign_frontend(source: &Source) -> Option<String> {
    let file = syntax::parse(source.text());
    let frontend = file.directives().find(|directive| directive.name == "syntax")?.value.trim().to_owned();
    let image = frontend.trim_start_matches("docker.io/");
    let name = image.split(['@', ':']).next().unwrap_or_default();
    (!matches!(name, "docker/dockerfile" | "docker/dockerfile-upstream")).then_some(frontend)
}

/// The file without its `# syntax=` line.
fn without_syntax(bytes: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(bytes);
    let mut done = false;
    let lines = text.split_inclusive('\n').map(|line| {
        let directive = line.trim_start_matches(['#', ' ', '\t', '\u{feff}']).to_lowercase().starts_with("syntax");
        match directive && !done && line.trim_start_matches('\u{feff}').trim_start().starts_with('#') {
            true => {
                done = true;
                // The other directives must stay at the top: a line of another kind would end them.
                String::new()
            }
            false => line.to_owned(),
        }
    });
    lines.collect::<String>().into_bytes()
}
