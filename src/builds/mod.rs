//! Which Dockerfiles a project builds, and with what: as its Compose files, bake files, dev containers and workflows say.

mod bake;
mod compose;
mod devcontainer;
mod fragments;
mod invocations;
mod names;
mod way;
mod workflow;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

pub use invocations::Invocations;
pub use names::{Name, NameKind};
pub use way::{Way, ways};

use crate::context::{Context, Contexts, Unsaved};

/// The longest file that is read for what it builds, in bytes.
const MAX_LEN: usize = 512 << 10;
/// How many builds of one file are read.
const MAX_BUILDS: usize = 64;

/// One build of a Dockerfile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invocation {
    /// The file that asks for it.
    pub file: PathBuf,
    /// What builds it there: "service `web`".
    pub by: String,
    /// With `is_inline` the file that asks for it.
    pub dockerfile: PathBuf,
    /// The Dockerfile is written in the file that asks for it.
    pub is_inline: bool,
    pub context: PathBuf,
    /// The stage that is built; `None`: the last one.
    pub target: Option<String>,
    /// Build arguments whose values are known.
    pub args: BTreeMap<String, String>,
    /// Names of build arguments whose values are not known.
    pub open_args: Vec<String>,
    /// Additional contexts by name.
    pub contexts: BTreeMap<String, String>,
    /// Where the file names the stage and build arguments.
    pub names: Vec<Name>,
}

impl Invocation {
    /// Whether two builds make the same image, as far as a Dockerfile tells.
    pub fn is_same_build(&self, other: &Self) -> bool {
        (&self.context, &self.target, &self.args) == (&other.context, &other.target, &other.args)
    }
}

/// A build as a file writes it, with paths that are still relative.
#[derive(Debug, Default)]
struct Written {
    by: String,
    /// From the directory that paths are relative to.
    context: String,
    dockerfile: Option<String>,
    is_inline: bool,
    /// The Dockerfile's path is relative to the context, not to the directory.
    dockerfile_in_context: bool,
    target: Option<String>,
    args: BTreeMap<String, String>,
    open_args: Vec<String>,
    contexts: BTreeMap<String, String>,
    names: Vec<Name>,
}

impl Written {
    /// The build, from `directory`; `None` where the context is somewhere else than on this disk.
    fn resolve(self, file: &Path, directory: &Path) -> Option<Invocation> {
        if is_remote(&self.context) || self.context.contains('\0') {
            return None;
        }
        let context = join(directory, &self.context);
        let base = if self.dockerfile_in_context { &context } else { directory };
        let dockerfile = match &self.dockerfile {
            _ if self.is_inline => file.to_path_buf(),
            Some(path) if is_remote(path) => return None,
            Some(path) => join(base, path),
            None => join(&context, "Dockerfile"),
        };
        let Self { by, is_inline, target, args, open_args, contexts, names, .. } = self;
        let file = file.to_path_buf();
        Some(Invocation { file, by, dockerfile, is_inline, context, target, args, open_args, contexts, names })
    }
}

/// A path from a directory, without `.` and `..` where they can be left out.
fn join(directory: &Path, path: &str) -> PathBuf {
    let joined = directory.join(path);
    match joined.to_str() {
        Some(text) => PathBuf::from(crate::context::path::clean(text)),
        None => joined,
    }
}

/// Whether a context is a repository or an archive elsewhere, standard input, another target or an image.
fn is_remote(path: &str) -> bool {
    let is_scheme = path.contains("://") || path.starts_with("git@") || path.starts_with("target:");
    is_scheme || path == "-" || path.ends_with(".git") || path.starts_with("service:")
}

/// All that a file builds, by its name; nothing for a file of another kind.
pub fn read(file: &Path, unsaved: &Unsaved) -> Vec<Invocation> {
    let Some(name) = file.file_name().and_then(|name| name.to_str()) else { return Vec::new() };
    let text = context(file, unsaved).read(name).map(|text| text.into_owned());
    text.map(|text| read_text(file, &text, unsaved)).unwrap_or_default()
}

/// The same, of a text that may be newer than the file.
pub fn read_text(file: &Path, text: &str, unsaved: &Unsaved) -> Vec<Invocation> {
    let Some(name) = file.file_name().and_then(|name| name.to_str()) else { return Vec::new() };
    if text.len() > MAX_LEN {
        return Vec::new();
    }
    let parent = directory(file);
    let context = context(file, unsaved);
    let is_workflow = || parent.ends_with(".github/workflows");
    let (written, directory) = match kind(name) {
        Some(Kind::Compose) => (compose::read(name, text, &context), parent.to_path_buf()),
        Some(Kind::Hcl) => (bake::read_hcl(text), parent.to_path_buf()),
        Some(Kind::Json) => (bake::read_json(text), parent.to_path_buf()),
        Some(Kind::DevContainer) => (devcontainer::read(text), parent.to_path_buf()),
        Some(Kind::Yaml) if is_workflow() => (workflow::read(text), join(parent, "../..")),
        _ => return Vec::new(),
    };
    written.into_iter().take(MAX_BUILDS).filter_map(|written| written.resolve(file, &directory)).collect()
}

/// The directory that a file is in.
fn directory(file: &Path) -> &Path {
    file.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn context(file: &Path, unsaved: &Unsaved) -> Context {
    Contexts::with_unsaved(unsaved.clone()).named(directory(file), None)
}

/// Whether a file of this name is a bake file.
pub fn is_bake(name: &str) -> bool {
    matches!(kind(name), Some(Kind::Hcl | Kind::Json))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Compose,
    Hcl,
    Json,
    DevContainer,
    Yaml,
}

fn kind(name: &str) -> Option<Kind> {
    let is_yaml = name.ends_with(".yml") || name.ends_with(".yaml");
    Some(match name {
        "docker-bake.hcl" | "docker-bake.override.hcl" => Kind::Hcl,
        "docker-bake.json" | "docker-bake.override.json" => Kind::Json,
        "devcontainer.json" | ".devcontainer.json" => Kind::DevContainer,
        _ if crate::discover::is_compose(Path::new(name)) => Kind::Compose,
        _ if is_yaml => Kind::Yaml,
        _ => return None,
    })
}

/// `NAME=value` lines as build arguments: known values, and names whose values are not.
fn add_arg(written: &mut Written, name: &str, value: Option<String>) {
    match value {
        _ if name.is_empty() => {}
        Some(value) => _ = written.args.insert(name.to_owned(), value),
        None => written.open_args.push(name.to_owned()),
    }
}

#[cfg(test)]
mod tests;
