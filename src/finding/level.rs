//! How serious a finding is.

use crate::text::Variants;

/// How loud a finding is. Ordered: `Off < Note < Warn < Error`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Deserialize, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Not reported.
    Off,
    /// Worth knowing; never fails a run by default.
    Note,
    /// Should be changed.
    #[serde(alias = "warning")]
    Warn,
    /// Will not build, or is dangerous.
    Error,
}

impl Level {
    pub fn as_str(self) -> &'static str {
        match self {
            Level::Off => "off",
            Level::Note => "note",
            Level::Warn => "warn",
            Level::Error => "error",
        }
    }
}

impl Variants for Level {
    const ALL: &'static [Self] = &[Self::Off, Self::Note, Self::Warn, Self::Error];

    fn as_str(self) -> &'static str {
        Level::as_str(self)
    }

    /// `warning` is accepted, too: other tools call it so.
    fn from_name(name: &str) -> Option<Self> {
        let name = if name == "warning" { "warn" } else { name };
        Self::ALL.iter().copied().find(|level| level.as_str() == name)
    }
}
