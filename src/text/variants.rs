//! Enums whose values have names that people write: in options, in configuration files, in reports.

use super::suggest::nearest;

/// A closed set of values with a name each.
pub trait Variants: Copy + Eq + 'static {
    /// In the order to list them in.
    const ALL: &'static [Self];

    /// As it is written: lower case, words joined by `-`.
    fn as_str(self) -> &'static str;

    /// The value of this name.
    fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|value| value.as_str() == name)
    }

    /// All names, in order.
    fn names() -> impl Iterator<Item = &'static str> {
        Self::ALL.iter().map(|value| value.as_str())
    }

    /// `auto, docker, podman`.
    fn list() -> String {
        Self::names().collect::<Vec<_>>().join(", ")
    }

    /// The name that was probably meant.
    fn nearest(name: &str) -> Option<&'static str> {
        nearest(name, Self::names())
    }
}
