//! Where something is written in a project of several files.

use crate::text::Span;
use crate::text::yaml::Node;

/// A span in one of the files of a project. File 0 is the one that is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    pub file: u16,
    pub span: Span,
}

impl Place {
    pub fn new(file: u16, span: Span) -> Self {
        Self { file, span }
    }

    /// Whether it is in the file that is checked.
    pub fn is_here(self) -> bool {
        self.file == 0
    }
}

impl From<&Node> for Place {
    fn from(node: &Node) -> Self {
        Self { file: node.file, span: node.span }
    }
}

impl From<&Place> for Place {
    fn from(place: &Place) -> Self {
        *place
    }
}
