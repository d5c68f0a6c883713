//! Environment variables that set options. An option on the command line takes precedence; an empty
//! variable counts as not set.

use std::path::PathBuf;

use crate::text::Problem;

/// The path in a variable.
pub(super) fn path(name: &str) -> Option<PathBuf> {
    std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from)
}

/// The value of a variable, as `parse` reads it.
///
/// # Errors
/// It is invalid.
pub(super) fn value<T>(name: &str, parse: impl Fn(&str) -> Result<T, String>) -> Result<Option<T>, Problem> {
    let Some(text) = std::env::var_os(name).filter(|value| !value.is_empty()) else { return Ok(None) };
    let text = text.to_string_lossy();
    let failed =
        |why| Problem::error(format!("the environment variable `{name}` has the invalid value `{text}`: {why}"));
    parse(&text).map(Some).map_err(failed)
}
