//! Builds the image, once for all criteria that need it.

use std::path::{Path, PathBuf};

use crate::engine::{BuildEnd, Engine, EngineError, Image, Pull};
use crate::grade::rubric::EngineRules;
use crate::grade::rubric::values::TextPattern;
use crate::grade::runs::{BUILD_FAILED, Failure};
use crate::grade::runs::policy::EnginePolicy;
use crate::grade::runs::scrub::{build_failure, printable, quoted, unreached};
use crate::model::{BuildArgs, is_published};
use crate::text::{Source, utf16};
use crate::verify::{Project, RunSpec, bases, foreign_frontend};

/// What to build.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct BuildRequest {
    /// The submission's directory; paths outside it are rejected.
    pub(super) root: PathBuf,
    /// The build context.
    pub(super) context: PathBuf,
    /// The path where the Dockerfile is, or should be.
    pub(super) dockerfile: PathBuf,
    /// The Dockerfile's text, if it is not a file.
    pub(super) inline: Option<String>,
    pub(super) target: Option<String>,
    pub(super) args: BuildArgs,
}

/// The largest Dockerfile that is built, in bytes.
const MAX_DOCKERFILE: u64 = 1 << 20;

/// How a failure says that an image is not on this machine, though the rubric's patterns allow it.
pub(in crate::grade) const NOT_AVAILABLE: &str = "is not on the machine that grades, which does not download images";

/// What such a failure says about the name.
const MAY_EXIST: &str = "Without a registry, a rare image looks the same as a mistyped name. If this image exists, tell your \
                         teacher: once it is on that machine, grading again gives the points.";

/// What to do about a name that no image can have.
pub(in crate::grade) const NAME_AND_TAG: &str = "use the name of an image and a tag in `FROM`";

/// Builds the image. The inner error is a failure of the submission.
pub(super) fn build<'e>(
    engine: &'e Engine,
    policy: &EnginePolicy,
    request: &BuildRequest,
) -> Result<Result<Image<'e>, Failure>, EngineError> {
    for (path, what) in [(&request.context, "the build context"), (&request.dockerfile, "the Dockerfile")] {
        if points_outside(path, &request.root) {
            return Ok(Err(Failure::new(
                format!("{what} is a symbolic link that points outside the submission"),
                "submit the files themselves",
            )));
        }
    }
    let text = match text(request) {
        Ok(text) => text,
        Err(failure) => return Ok(Err(*failure)),
    };
    let source = Source::new("Dockerfile", text);
    if let Some(frontend) = foreign_frontend(&source).filter(|_| policy.spec.allow_frontend != Some(true)) {
        let why = format!("`# syntax={}` uses a third-party frontend", printable(&frontend));
        return Ok(Err(Failure::new(why, "remove the line")));
    }
    for image in bases(&source, &request.args) {
        if let Some(failure) = allowed(engine, policy, &image)? {
            return Ok(Err(failure));
        }
    }
    let project = match Project::copy(&request.context, &request.dockerfile, policy.spec.context_limits()) {
        Ok(project) => project,
        // Other errors are those of this machine.
        Err(problem) if ["larger than", "more than"].iter().any(|words| problem.message.contains(words)) => {
            return Ok(Err(Failure::new(
                printable(&problem.message),
                problem.help.first().cloned().unwrap_or_default(),
            )));
        }
        Err(problem) => return Err(EngineError::Other { what: problem.message, said: String::new() }),
    };
    let own = RunSpec {
        target: request.target.clone(),
        build_args: request.args.clone(),
        build_only: Some(true),
        ..RunSpec::default()
    };
    let spec = own.merge(policy.spec.clone());
    let is_offline = spec.offline == Some(true);
    let built = match crate::verify::build(engine, &project, &spec, &source) {
        // The registry responded and does not have the image, so the name in the Dockerfile is wrong.
        Err(EngineError::ImageMissing { image, said }) if is_unknown(&said) => {
            let why = format!("image {} does not exist", quoted(&image));
            return Ok(Err(Failure::new(why, "use an existing image and tag in `FROM`")));
        }
        built => built?,
    };
    // A network error or a wrong host name: only the teacher can tell.
    if let Some(said) = unreached(&built.log).filter(|_| !is_offline && matches!(built.end, BuildEnd::Failed(_))) {
        return Err(EngineError::Unreachable { said });
    }
    let (mut what, seen) = match built.end {
        BuildEnd::Built => {
            let disappeared = || EngineError::Other { what: "the image disappeared".to_owned(), said: String::new() };
            return Ok(Ok(built.image.ok_or_else(disappeared)?));
        }
        BuildEnd::Failed(end) => (BUILD_FAILED.to_owned(), build_failure(&end, &built.log)),
        BuildEnd::TimedOut => {
            (format!("the build did not finish within {} s", spec.build_limits().time.as_secs()), String::new())
        }
        // The exact size at that moment is random.
        BuildEnd::Over(why) if why.contains("of the disk") => ("the build filled the disk".to_owned(), String::new()),
        BuildEnd::Over(why) => (why, String::new()),
    };
    let mut earn_back = "run `docker build .` yourself, and correct the instruction at which it stops";
    if is_offline && (needs_network(&built.log) || fetches(&seen)) {
        what = format!("{what}: this step needs the network");
        earn_back = "make the build work without network access, which is disabled here: copy the file from the submission";
    }
    Ok(Err(Failure::new(what, earn_back).seen(seen)))
}

/// The Dockerfile of a request.
pub(super) fn text(request: &BuildRequest) -> Result<Vec<u8>, Box<Failure>> {
    match &request.inline {
        Some(text) => Ok(text.clone().into_bytes()),
        None => read(&request.dockerfile),
    }
}

/// Whether a path exists but is outside the submission.
fn points_outside(path: &Path, root: &Path) -> bool {
    let (Ok(path), Ok(root)) = (path.canonicalize(), root.canonicalize()) else { return false };
    !path.starts_with(root)
}

fn read(path: &Path) -> Result<Vec<u8>, Box<Failure>> {
    let failure = |why: &str| Box::new(Failure::new(why, "submit a Dockerfile"));
    let meta = path.symlink_metadata().map_err(|_| failure("no Dockerfile found"))?;
    if !meta.is_file() {
        return Err(failure("the Dockerfile is not a regular file"));
    }
    if meta.len() > MAX_DOCKERFILE {
        return Err(failure("the Dockerfile is larger than 1 MiB"));
    }
    let bytes = std::fs::read(path).map_err(|_| failure("the Dockerfile cannot be read"))?;
    // What another encoding costs is for the rubric to say.
    Ok(utf16::decode(&bytes).map_or(bytes, String::into_bytes))
}

/// Why a submission may not use an image; `None` if it may.
pub(super) fn allowed(engine: &Engine, policy: &EnginePolicy, image: &str) -> Result<Option<Failure>, EngineError> {
    let (by_name, by_pattern) = policy.allow(image);
    if !by_name && !by_pattern {
        let why = format!("image {} is not allowed", quoted(image));
        return Ok(Some(Failure::new(why, policy.allowed_images())));
    }
    if !is_reference(image) {
        let why = format!("{} is not the name of an image", quoted(image));
        return Ok(Some(Failure::new(why, NAME_AND_TAG)));
    }
    if policy.spec.pull != Some(Pull::Never) || engine.has(image)? {
        return Ok(None);
    }
    // An image that the rubric names must be present, and so must one that certainly exists. Any other that matches a pattern
    // may not exist at all.
    match by_name || policy.base_images.is_empty() || is_published(image) {
        true => Err(EngineError::ImageMissing { image: image.to_owned(), said: String::new() }),
        false => {
            let what = format!("image {} {NOT_AVAILABLE}", quoted(image));
            let example = example_base(&policy.base_images, image).map(|name| format!(", such as `{name}`")).unwrap_or_default();
            let earn_back = format!("use a base image of this assignment in `FROM`{example}");
            Ok(Some(Failure { what, earn_back, why: MAY_EXIST.to_owned(), ..Failure::default() }))
        }
    }
}

/// A base image that a rubric names, for a Dockerfile that uses another: of the same repository, if there is one.
pub(in crate::grade) fn example_base<'r>(patterns: &'r [TextPattern], instead: &str) -> Option<&'r str> {
    let names = || patterns.iter().map(|pattern| pattern.text.as_str()).filter(|name| is_reference(name));
    let repository = |name: &str| name.split([':', '@']).next().unwrap_or_default().to_owned();
    let tagged = || names().filter(|name| name.contains(':'));
    tagged().find(|name| repository(name) == repository(instead)).or_else(|| tagged().next()).or_else(|| names().next())
}

/// The advice to use a base image that a rubric allows, if it does not allow this one.
pub(in crate::grade) fn instead_of(rules: &EngineRules, image: &str) -> Option<String> {
    let policy = EnginePolicy::of(rules);
    let (by_name, by_pattern) = policy.allow(image);
    (!by_name && !by_pattern).then(|| policy.allowed_images())
}

/// Whether a text has only characters that names of images have.
pub(in crate::grade) fn is_reference(image: &str) -> bool {
    let is_allowed = |ch: char| ch.is_ascii_alphanumeric() || "._-/:@[]".contains(ch);
    let repository = image.split(['@']).next().unwrap_or_default();
    !image.is_empty()
        && image.chars().all(is_allowed)
        && !repository.ends_with(['/', ':', '-', '.'])
        && !repository.starts_with(['/', ':', '-', '.'])
}

/// Whether a registry responded that it does not have the image.
fn is_unknown(said: &str) -> bool {
    let said = said.to_lowercase();
    [
        "manifest unknown", "pull access denied", "not found: not found", "name unknown", "invalid reference format",
        "invalid repository name", "repository name must be lowercase", "invalid tag",
    ]
        .iter()
        .any(|words| said.contains(words))
}

/// Whether the step that failed has a URL: without a network, programs fail in many ways.
fn fetches(seen: &str) -> bool {
    seen.lines().any(|line| (line.contains("] RUN ") || line.contains(": RUN ")) && line.contains("://"))
}

fn needs_network(log: &str) -> bool {
    let words = [
        "Temporary failure", "Could not resolve", "Network is unreachable", "bad address", "EAI_AGAIN",
        "Name or service not known", "unable to resolve",
    ];
    words.iter().any(|words| log.contains(words))
}
