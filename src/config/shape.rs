//! What the values of keys look like: the source of the JSON Schema.

use crate::finding::Level;
use crate::text::Variants;

/// The shape of a value.
pub(super) enum Shape {
    Text,
    Flag,
    /// A number that is not negative.
    Count,
    /// A number or text, such as `90` or `"90s"`.
    CountOrText,
    Any,
    Texts,
    /// One of these names.
    Name(fn() -> Names),
    /// A list of these names.
    Names(fn() -> Names),
    /// A list of rules, as in `select`.
    Rules,
    /// A table with keys of any name.
    Table(&'static Shape),
    /// A table with these keys.
    Keys(&'static [(&'static str, Shape)]),
    /// A list of such tables.
    Tables(&'static [(&'static str, Shape)]),
}

/// The names of a value.
pub(super) type Names = Vec<&'static str>;

/// The names of an enum's values.
pub(super) fn names<T: Variants>() -> Names {
    T::names().collect()
}

/// All levels that findings have.
pub(super) fn failing_levels() -> Names {
    Level::names().filter(|name| *name != Level::Off.as_str()).collect()
}

/// `[[overrides]]`.
pub(super) const OVERRIDE: &[(&str, Shape)] = &[
    ("files", Shape::Texts),
    ("select", Shape::Rules),
    ("extend-select", Shape::Rules),
    ("ignore", Shape::Rules),
    ("levels", Shape::Table(&Shape::Name(names::<Level>))),
];

/// `[weigh]`.
pub(super) const WEIGH: &[(&str, Shape)] =
    &[("max-size", Shape::CountOrText), ("max-wasted", Shape::CountOrText), ("max-layer", Shape::CountOrText)];

/// `[verify]`.
pub(super) const VERIFY: &[(&str, Shape)] = &[
    ("engine", Shape::Text),
    ("run-on", Shape::Text),
    ("target", Shape::Text),
    ("builder", Shape::Text),
    ("pull", Shape::Name(|| vec!["missing", "never", "always"])),
    ("offline", Shape::Flag),
    ("allow-frontend", Shape::Flag),
    ("build-only", Shape::Flag),
    ("weigh", Shape::Flag),
    ("args", Shape::Texts),
    ("entrypoint", Shape::Text),
    ("env", Shape::Table(&Shape::Text)),
    ("cap-add", Shape::Texts),
    ("network", Shape::Flag),
    ("read-only", Shape::Flag),
    ("expect-exit", Shape::Count),
    ("expect-stdout", Shape::Text),
    ("http", Shape::Texts),
    ("port", Shape::Count),
    ("build-timeout", Shape::CountOrText),
    ("build-memory", Shape::CountOrText),
    ("build-cpus", Shape::Count),
    ("max-context", Shape::CountOrText),
    ("run-timeout", Shape::CountOrText),
    ("grace", Shape::CountOrText),
    ("memory", Shape::CountOrText),
    ("cpus", Shape::Count),
    ("pids", Shape::Count),
    ("disk", Shape::CountOrText),
    ("timeout", Shape::CountOrText),
];

/// `[hadolint]`.
pub(super) const HADOLINT: &[(&str, Shape)] = &[
    ("ignored", Shape::Texts),
    ("failure-threshold", Shape::Name(|| vec!["error", "warning", "info", "style", "ignore", "none"])),
    ("no-fail", Shape::Flag),
    ("disable-ignore-pragma", Shape::Flag),
    ("override", Shape::Table(&Shape::Texts)),
    ("trusted-registries", Shape::Texts),
    ("label-schema", Shape::Table(&Shape::Text)),
    ("strict-labels", Shape::Flag),
];

/// `[format]`.
pub(super) const FORMAT: &[(&str, Shape)] = &[
    ("indent-style", Shape::Name(|| vec!["space", "tab"])),
    ("indent-width", Shape::Count),
    ("line-length", Shape::Count),
    ("operators", Shape::Name(|| vec!["first", "last", "keep"])),
    ("keyword-case", Shape::Name(|| vec!["upper", "lower", "keep"])),
    ("blank-lines", Shape::Count),
    ("align-pairs", Shape::Flag),
];
