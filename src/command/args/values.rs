//! How the values of options are read.

use std::collections::BTreeMap;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

use crate::engine::{EngineChoice, Kind};
use crate::finding::Level;
use crate::text::Variants;
use crate::text::units::Size;

/// One of an enum's values, by name.
pub(super) fn one_of<T: Variants + Send + Sync>() -> impl TypedValueParser<Value = T> {
    let names = PossibleValuesParser::new(T::names());
    names.try_map(|name| T::from_name(&name).ok_or_else(|| format!("unknown value `{name}`")))
}

/// `off` is not among them: no finding has that level.
pub(super) fn failing_level() -> impl TypedValueParser<Value = Level> {
    let levels = Level::ALL.iter().filter(|level| **level != Level::Off).map(|level| {
        let value = PossibleValue::new(level.as_str());
        if *level == Level::Warn { value.alias("warning") } else { value }
    });
    let levels = PossibleValuesParser::new(levels);
    levels.try_map(|name| Level::from_name(&name).ok_or_else(|| format!("unknown level `{name}`")))
}

/// The same for an environment variable.
pub(super) fn failing_level_of(text: &str) -> Result<Level, String> {
    let name = if text == "warning" { "warn" } else { text };
    let level = Level::from_name(name).filter(|level| *level != Level::Off);
    level.ok_or_else(|| "expected one of: note, warn, error".to_owned())
}

pub(super) fn engine_choice() -> impl TypedValueParser<Value = EngineChoice> {
    PossibleValuesParser::new(["auto"].into_iter().chain(Kind::names())).try_map(|name| name.parse::<EngineChoice>())
}

/// `NAME` or `NAME=VALUE`.
pub(super) fn variable(text: &str) -> Result<String, String> {
    let name = text.split('=').next().unwrap_or_default();
    match name.is_empty() || name.contains(char::is_whitespace) {
        true => Err("expected NAME or NAME=VALUE".to_owned()),
        false => Ok(text.to_owned()),
    }
}

/// `NAME=VALUE`.
pub(super) fn assignment(text: &str) -> Result<String, String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() && !value.is_empty() => Ok(text.to_owned()),
        _ => Err("expected NAME=VALUE".to_owned()),
    }
}

/// A size above zero.
pub(super) fn limit(text: &str) -> Result<Size, String> {
    let size: Size = text.parse()?;
    if size.0 > 0 { Ok(size) } else { Err("a limit must be greater than 0".to_owned()) }
}

/// How many things to do at once.
pub(super) fn jobs(text: &str) -> Result<usize, String> {
    let number = text.parse().ok().filter(|number| (1..=1024).contains(number));
    number.ok_or_else(|| "expected a number from 1 to 1024".to_owned())
}

/// A number above zero.
pub(super) fn positive(text: &str) -> Result<f64, String> {
    let number = text.parse().ok().filter(|number: &f64| number.is_finite() && *number > 0.0);
    number.ok_or_else(|| "expected a number greater than 0".to_owned())
}

/// A pair of flags of which the last one counts: clap makes sure that only one is set.
pub(super) fn flag(on: bool, off: bool) -> Option<bool> {
    (on || off).then_some(on)
}

/// `NAME=VALUE`; as for `docker build`, a name without a value takes it from the environment, and is dropped if it is not
/// set there.
pub(super) fn pairs(given: Vec<String>) -> BTreeMap<String, String> {
    let pair = |text: String| match text.split_once('=') {
        Some((name, value)) => Some((name.to_owned(), value.to_owned())),
        None => std::env::var(&text).ok().map(|value| (text, value)),
    };
    given.into_iter().filter_map(pair).collect()
}
