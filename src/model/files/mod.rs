//! What exists in the image at each point: files that steps copy, create, change and remove.
//!
//! A stage's changes are recorded once, each at the path that it is about. A question about a path looks at the changes
//! of that path and of the directories above it, oldest first, and follows `FROM` and `COPY --from` to other stages.
//! What a file does not show makes the answer unknown.

mod base;
mod copy;
mod effects;
mod mode;
mod pattern;
mod query;
mod record;
#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;

use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;
use std::sync::atomic::AtomicUsize;

use super::Tri;
use pattern::Names;

/// What is known about a path of the image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileState {
    pub presence: Tri,
    pub directory: Tri,
    /// Whether somebody may execute it.
    pub executable: Tri,
    /// The name or number of its owner; `None` if it is not known.
    pub owner: Option<String>,
    /// Whether a `RUN` has changed its text since it was copied.
    pub edited: Tri,
    /// Where it comes from, if a step of this file certainly put it there.
    pub origin: Option<FileOrigin>,
}

/// The step that put a file into an image, as indices of stage and step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileOrigin {
    pub stage: usize,
    pub step: usize,
    /// Its path in the build context.
    pub context: Option<String>,
    /// The index of the heredoc that contains its text.
    pub heredoc: Option<usize>,
}

impl FileState {
    const ABSENT: FileState = FileState {
        presence: Tri::No,
        directory: Tri::Unknown,
        executable: Tri::Unknown,
        owner: None,
        edited: Tri::No,
        origin: None,
    };

    const UNKNOWN: FileState = FileState { presence: Tri::Unknown, edited: Tri::Unknown, ..FileState::ABSENT };

    /// Whether it is certainly there.
    pub fn exists(&self) -> bool {
        self.presence == Tri::Yes
    }

    /// Whether it is certainly not there.
    pub fn is_absent(&self) -> bool {
        self.presence == Tri::No
    }
}

/// When a change happens: the index of the step, and that of the command in its script.
type When = (usize, usize);

#[derive(Debug)]
struct Change {
    when: When,
    what: What,
}

/// A change at a path, the anchor.
#[derive(Debug)]
enum What {
    Copy(Box<Copied>),
    /// A file is created or written to, with the text of that heredoc if there is one.
    File {
        heredoc: Option<usize>,
        executable: Tri,
        owner: Option<String>,
    },
    /// Text is written to a file, which may have existed.
    Written,
    /// Something of these names is put at the anchor, or into it if that is a directory.
    Placed {
        names: Vec<String>,
        into: Tri,
    },
    Directory {
        owner: Option<String>,
    },
    Removed {
        names: Names,
    },
    Mode {
        names: Names,
        executable: Tri,
    },
    Owner {
        names: Names,
        owner: Option<String>,
    },
    Text {
        names: Names,
    },
    /// Code that is not seen may create files, and perhaps change others.
    Unseen {
        changes: bool,
    },
    /// The system's own directories get new files.
    System,
}

/// A source of COPY or ADD.
#[derive(Debug)]
struct Copied {
    from: Source,
    /// Whether files go into the anchor rather than become it.
    into: Tri,
    /// The bits of `--chmod`: whether they make it executable; the outer `None` without the flag.
    executable: Option<Tri>,
    /// `None` if it is not known.
    owner: Option<String>,
    /// What it names, once somebody has asked.
    found: OnceLock<Vec<Found>>,
}

#[derive(Debug)]
enum Source {
    /// A path or pattern in the build context.
    Context { path: String, pattern: bool },
    /// A path of another stage.
    Stage { stage: usize, path: String },
    /// Elsewhere, under this name: an image, a URL, a named context.
    Elsewhere { name: String },
    /// An archive that is unpacked, or what a variable names.
    Anything,
}

/// A path of the build context that a source names.
#[derive(Debug)]
struct Found {
    path: String,
    directory: bool,
}

/// The changes of a stage, by anchor.
#[derive(Debug, Default)]
struct Log {
    changes: HashMap<String, Vec<Change>>,
    /// Paths that are certainly directories.
    directories: HashSet<String>,
}

/// The changes of all stages, and what may still be spent on questions.
#[derive(Debug, Default)]
pub(super) struct Files {
    logs: OnceLock<Vec<Log>>,
    spent: AtomicUsize,
}
