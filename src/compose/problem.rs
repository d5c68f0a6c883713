//! What Compose rejects.

use super::Place;

/// Why Compose rejects a project. Each has a rule of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ProblemKind {
    /// Not YAML, or more than is read.
    Yaml,
    DuplicateKey,
    UnknownKey,
    Type,
    /// A value of the right type that cannot be meant.
    Value,
    /// The format of before 2016, without `services`.
    Version1,
    Interpolation,
    /// `${NAME:?}` that is not set.
    RequiredVariable,
    /// An empty value where a variable is not set.
    EmptyVariable,
    NoImage,
    UndefinedService,
    UndefinedNetwork,
    UndefinedVolume,
    UndefinedSecret,
    Cycle,
    /// Keys that exclude each other.
    Conflict,
    Port,
    Mount,
    MissingFile,
    /// One name for several containers.
    ContainerName,
}

/// One reason, and where.
#[derive(Clone, Debug)]
pub struct Problem {
    pub kind: ProblemKind,
    pub place: Place,
    pub message: String,
    pub help: String,
    pub label: Option<(Place, String)>,
    /// The name that is written, and the one that is likely meant.
    pub instead: Option<(String, String)>,
    /// The name of a resource that is not defined.
    pub undefined: Option<String>,
}

impl Problem {
    pub fn new(kind: ProblemKind, place: impl Into<Place>, message: impl Into<String>) -> Self {
        Self { kind, place: place.into(), message: message.into(), help: String::new(), label: None, instead: None, undefined: None }
    }

    pub fn help(self, help: impl Into<String>) -> Self {
        Self { help: help.into(), ..self }
    }

    /// With the name that is likely meant, if there is one.
    pub fn instead(self, written: &str, meant: Option<&str>) -> Self {
        Self { instead: meant.map(|meant| (written.to_owned(), meant.to_owned())), ..self }
    }

    pub fn undefined(self, name: &str) -> Self {
        Self { undefined: Some(name.to_owned()), ..self }
    }

    pub fn label(self, place: impl Into<Place>, text: impl Into<String>) -> Self {
        Self { label: Some((place.into(), text.into())), ..self }
    }
}
