//! A name with its places in the files of a project.

use lsp_types::{Location, Range};

use super::session::Loaded;
use crate::text::Span;

/// What a name stands for, as far as a new name has to fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sort {
    Stage,
    Variable,
    Heredoc,
    Service,
    Network,
    Volume,
    Secret,
    Config,
    Model,
}

impl Sort {
    pub(super) fn noun(self) -> &'static str {
        match self {
            Sort::Stage => "stage",
            Sort::Variable => "variable",
            Sort::Heredoc => "heredoc",
            Sort::Service => "service",
            Sort::Network => "network",
            Sort::Volume => "volume",
            Sort::Secret => "secret",
            Sort::Config => "config",
            Sort::Model => "model",
        }
    }

    /// Whether a text may be such a name.
    pub(super) fn accepts(self, text: &str) -> bool {
        let word = |more: &str| {
            let fits = |char: char| char.is_ascii_alphanumeric() || more.contains(char);
            !text.is_empty() && text.chars().all(fits)
        };
        match self {
            Sort::Stage => word("_-.") && text.starts_with(|char: char| char.is_ascii_alphabetic()),
            Sort::Variable => word("_") && !text.starts_with(|char: char| char.is_ascii_digit()),
            Sort::Heredoc => word("_-."),
            _ => word("_-.") && text.starts_with(|char: char| char.is_ascii_alphanumeric()),
        }
    }
}

/// One place of a name.
pub(super) struct Place {
    /// Its file, by index.
    pub(super) file: usize,
    pub(super) span: Span,
    pub(super) is_definition: bool,
    /// Not written as the name, or not certain to mean it: it cannot be renamed.
    pub(super) indirect: bool,
}

/// A name with its places.
pub(super) struct Name<'s> {
    pub(super) sort: Sort,
    /// The first is the file with the cursor.
    pub(super) files: Vec<Loaded<'s>>,
    /// The place under the cursor.
    pub(super) hit: Span,
    /// Whether that place can be renamed.
    pub(super) is_renamable: bool,
    pub(super) places: Vec<Place>,
    /// The definition in force at the cursor, by its index among the places.
    pub(super) target: Option<usize>,
    /// Names that another thing of this sort has.
    pub(super) taken: Vec<String>,
}

impl Name<'_> {
    pub(super) fn location(&self, place: &Place) -> Location {
        let file = &self.files[place.file];
        Location::new(file.uri.clone(), file.range(place.span))
    }

    /// The places in the file with the cursor.
    pub(super) fn here(&self) -> impl Iterator<Item = (Range, bool)> {
        let own = self.places.iter().filter(|place| place.file == 0);
        own.map(|place| (self.files[0].range(place.span), place.is_definition))
    }
}
