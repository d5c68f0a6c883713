//! The image is built, once for all criteria that need it.

use std::path::{Path, PathBuf};

use crate::engine::{BuildEnd, Engine, EngineError, Image, Pull};
use crate::grade::runs::runner::{Miss, Terms};
use crate::grade::runs::scrub::{build_failure, plain, quoted, unreached};
use crate::model::BuildArgs;
use crate::text::Source;
use crate::verify::{Project, RunSpec, bases, foreign_frontend};

/// What of a folder is built.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Order {
    /// The submission's folder, out of which nothing leads.
    pub(super) root: PathBuf,
    /// The build context.
    pub(super) context: PathBuf,
    /// Where the Dockerfile is, or should be.
    pub(super) dockerfile: PathBuf,
    /// Its text, where it is no file.
    pub(super) inline: Option<String>,
    pub(super) target: Option<String>,
    pub(super) args: BuildArgs,
}

/// A Dockerfile is no larger.
const MOST_TEXT: u64 = 1 << 20;

/// Builds it; a Dockerfile that does not build is the student's.
pub(super) fn build<'e>(
    engine: &'e Engine,
    terms: &Terms,
    order: &Order,
) -> Result<Result<Image<'e>, Miss>, EngineError> {
    for (path, what) in [(&order.context, "the build context"), (&order.dockerfile, "the Dockerfile")] {
        if leads_out(path, &order.root) {
            return Ok(Err(Miss::new(
                format!("{what} is a link out of the submission"),
                "hand in the files themselves",
            )));
        }
    }
    let text = match &order.inline {
        Some(text) => text.clone().into_bytes(),
        None => match read(&order.dockerfile) {
            Ok(text) => text,
            Err(miss) => return Ok(Err(miss)),
        },
    };
    let source = Source::new("Dockerfile", text);
    if let Some(frontend) = foreign_frontend(&source).filter(|_| terms.spec.allow_frontend != Some(true)) {
        let why =
            format!("`# syntax={}` asks for a program that is not Docker's own to read the file", plain(&frontend));
        return Ok(Err(Miss::new(why, "leave the line out")));
    }
    for image in bases(&source, &order.args) {
        if let Some(miss) = allowed(engine, terms, &image)? {
            return Ok(Err(miss));
        }
    }
    let project = match Project::copy(&order.context, &order.dockerfile, terms.spec.context_limits()) {
        Ok(project) => project,
        // Else it is this machine that cannot.
        Err(problem) if ["larger than", "more than"].iter().any(|words| problem.message.contains(words)) => {
            return Ok(Err(Miss::new(plain(&problem.message), problem.help.first().cloned().unwrap_or_default())));
        }
        Err(problem) => return Err(EngineError::Other { what: problem.message, said: String::new() }),
    };
    let own = RunSpec {
        target: order.target.clone(),
        build_args: order.args.clone(),
        build_only: Some(true),
        ..RunSpec::default()
    };
    let spec = own.merge(terms.spec.clone());
    let is_offline = spec.offline == Some(true);
    let built = match crate::verify::build(engine, &project, &spec, &source) {
        // With a registry at hand, an image that it does not have is the student's to know.
        Err(EngineError::ImageMissing { image, said }) if is_unknown(&said) => {
            let why = format!("there is no image {}", quoted(&image));
            return Ok(Err(Miss::new(why, "`FROM` names an image and a tag that there are")));
        }
        built => built?,
    };
    // The network's fault, or that of a name that is wrong: only the teacher can tell.
    if let Some(said) = unreached(&built.log).filter(|_| !is_offline && matches!(built.end, BuildEnd::Failed(_))) {
        return Err(EngineError::Unreachable { said });
    }
    let (what, seen) = match built.end {
        BuildEnd::Built => {
            let gone = || EngineError::Other { what: "the image is gone".to_owned(), said: String::new() };
            return Ok(Ok(built.image.ok_or_else(gone)?));
        }
        BuildEnd::Failed(end) => ("the image does not build".to_owned(), build_failure(&end, &built.log)),
        BuildEnd::TimedOut => {
            (format!("the build did not end within {} s", spec.build_limits().time.as_secs()), String::new())
        }
        // How much it was by then is chance.
        BuildEnd::Over(why) if why.contains("of the disk") => ("the build filled the disk".to_owned(), String::new()),
        BuildEnd::Over(why) => (why, String::new()),
    };
    let mut earn = "`docker build` ends without an error";
    if is_offline && asks_for_network(&built.log) {
        earn = "the build does without a network: none is given here";
    }
    Ok(Err(Miss::new(what, earn).seen(seen)))
}

/// Whether something is there, but not in the submission.
fn leads_out(path: &Path, root: &Path) -> bool {
    let (Ok(path), Ok(root)) = (path.canonicalize(), root.canonicalize()) else { return false };
    !path.starts_with(root)
}

fn read(path: &Path) -> Result<Vec<u8>, Miss> {
    let miss = |why: &str| Miss::new(why, "hand in a Dockerfile");
    let meta = path.symlink_metadata().map_err(|_| miss("there is no Dockerfile"))?;
    if !meta.is_file() {
        return Err(miss("the Dockerfile is no file"));
    }
    if meta.len() > MOST_TEXT {
        return Err(miss("the Dockerfile has more than 1 MiB"));
    }
    std::fs::read(path).map_err(|_| miss("the Dockerfile cannot be read"))
}

/// Whether a submission may use an image; `None` if so.
pub(super) fn allowed(engine: &Engine, terms: &Terms, image: &str) -> Result<Option<Miss>, EngineError> {
    let (by_name, by_pattern) = terms.allow(image);
    if !by_name && !by_pattern {
        let why = format!("the image {} is not among those that are allowed", quoted(image));
        return Ok(Some(Miss::new(why, format!("`FROM` names one of: {}", terms.bases_shown()))));
    }
    if terms.spec.pull != Some(Pull::Never) || engine.has(image)? {
        return Ok(None);
    }
    // What the rubric names has to be here. Of a pattern nobody can say whether there is such an image at all.
    match by_name || terms.bases.is_empty() {
        true => Err(EngineError::ImageMissing { image: image.to_owned(), said: String::new() }),
        false => {
            let why = format!("there is no image {} here", quoted(image));
            Ok(Some(Miss::new(why, "`FROM` names an image and a tag that there are")))
        }
    }
}

/// A registry that has answered, and does not know the image.
fn is_unknown(said: &str) -> bool {
    let said = said.to_lowercase();
    ["manifest unknown", "pull access denied", "not found: not found", "name unknown"]
        .iter()
        .any(|words| said.contains(words))
}

fn asks_for_network(log: &str) -> bool {
    let words = [
        "Temporary failure", "Could not resolve", "Network is unreachable", "bad address", "EAI_AGAIN",
        "Name or service not known", "unable to resolve",
    ];
    words.iter().any(|words| log.contains(words))
}
