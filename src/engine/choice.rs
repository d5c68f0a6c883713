//! Which engine a user asks for.

use std::fmt;
use std::str::FromStr;

use super::{Engine, EngineError, Kind};
use crate::text::Variants;

/// An engine by name, or the first one that answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum EngineChoice {
    #[default]
    Auto,
    One(Kind),
}

impl EngineChoice {
    /// Opens the engine.
    ///
    /// # Errors
    /// When it does not answer, or none does.
    pub fn open(self) -> Result<Engine, EngineError> {
        match self {
            EngineChoice::Auto => Engine::auto(),
            EngineChoice::One(kind) => Engine::open(kind),
        }
    }

    /// Which engine that is, without opening it.
    ///
    /// # Errors
    /// When none responds, unless one is named.
    pub fn kind(self) -> Result<Kind, EngineError> {
        match self {
            EngineChoice::Auto => Engine::auto_kind(),
            EngineChoice::One(kind) => Ok(kind),
        }
    }
}

impl FromStr for EngineChoice {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "auto" {
            return Ok(EngineChoice::Auto);
        }
        let unknown = || format!("unknown engine `{text}`; expected one of: auto, {}", Kind::list());
        Kind::from_name(text).map(EngineChoice::One).ok_or_else(unknown)
    }
}

impl fmt::Display for EngineChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            EngineChoice::Auto => f.write_str("auto"),
            EngineChoice::One(kind) => kind.fmt(f),
        }
    }
}

impl<'de> serde::Deserialize<'de> for EngineChoice {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = <String as serde::Deserialize>::deserialize(from)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}
