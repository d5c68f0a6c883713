//! Fixes: edits that apply whole or not at all.

use crate::text::Edit;

/// How sure it is that a fix does no harm. Ordered: what is allowed is `fix.safety <= allowed`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Safety {
    /// The image behaves the same, by argument.
    Safe,
    /// Likely wanted, but it may change what the image does.
    Unsafe,
    /// Shown, never applied.
    Display,
}

/// In which order fixes of many edits are applied: see [`Order::waits_for`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Order {
    /// The base image gets a version.
    Pin,
    /// The base image becomes a newer one.
    Base,
    /// The stage gets a working directory.
    Workdir,
    /// The stage is split in two.
    Split,
    /// The stage is left to an unprivileged user.
    User,
}

impl Order {
    /// Whether this fix is left for a later round of the fix loop because that one is offered, too. What is split has a
    /// version and a working directory, and the unprivileged user is given directories of the last stage. The first three do
    /// not depend on each other.
    pub fn waits_for(self, other: Order) -> bool {
        self >= Order::Split && self > other
    }
}

/// A file to be written beside others, where there is none of that name.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct NewFile {
    /// In the build context's directory: `.dockerignore`.
    pub name: &'static str,
    pub text: String,
}

/// A fix. Its edits are sorted and disjoint by construction.
#[derive(Clone, Debug, PartialEq)]
pub struct Fix {
    /// What it does, in the imperative: ``pin `python` to `3.13-slim-bookworm` ``.
    pub title: String,
    pub safety: Safety,
    /// Its turn, if it has to wait for others.
    pub order: Option<Order>,
    edits: Vec<Edit>,
    /// Then there are no edits.
    new_file: Option<NewFile>,
}

impl Fix {
    /// Writes a file that is not there; the Dockerfile stays as it is.
    pub fn write(safety: Safety, title: impl Into<String>, file: NewFile) -> Self {
        Self { title: title.into(), safety, order: None, edits: Vec::new(), new_file: Some(file) }
    }

    pub fn new_file(&self) -> Option<&NewFile> {
        self.new_file.as_ref()
    }

    /// `None` when two edits overlap, or when there is none: such a fix would not mean anything.
    pub fn new(safety: Safety, title: impl Into<String>, edits: impl IntoIterator<Item = Edit>) -> Option<Self> {
        let mut edits: Vec<Edit> = edits.into_iter().collect();
        edits.sort_by_key(|edit| edit.span);
        let overlap =
            edits.windows(2).any(|pair| pair[1].span.start < pair[0].span.end || pair[0].span == pair[1].span);
        (!overlap && !edits.is_empty()).then(|| Self {
            title: title.into(),
            safety,
            order: None,
            edits,
            new_file: None,
        })
    }

    /// The same fix, applied in its turn.
    pub fn in_order(self, order: Order) -> Self {
        Self { order: Some(order), ..self }
    }

    pub fn edits(&self) -> &[Edit] {
        &self.edits
    }

    /// Whether it is applied when everything up to `allowed` is.
    pub fn is_allowed(&self, allowed: Safety) -> bool {
        self.safety <= allowed && self.safety != Safety::Display
    }
}
