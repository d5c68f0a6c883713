//! Configuration inside the project files of other tools: `[tool.plimsoll]` in pyproject.toml, `plimsoll` in package.json.

use std::path::{Path, PathBuf};

use serde_json::Value;
use toml::de::DeTable;

use super::read_file;
use crate::text::Source;

pub(super) const PYPROJECT: &str = "pyproject.toml";
pub(super) const PACKAGE: &str = "package.json";

/// The file in this directory that has a table for us. A file that cannot be read has no such table: it belongs to another tool.
pub(super) fn find(directory: &Path) -> Option<PathBuf> {
    let pyproject = directory.join(PYPROJECT);
    let package = directory.join(PACKAGE);
    let has = |path: &Path, fits: &dyn Fn(&Source) -> bool| {
        path.is_file() && read_file(path).is_ok_and(|source| source.text().contains("plimsoll") && fits(&source))
    };
    if has(&pyproject, &in_pyproject) {
        return Some(pyproject);
    }
    has(&package, &|source| of_package(source).is_ok_and(|table| table.is_some())).then_some(package)
}

fn in_pyproject(source: &Source) -> bool {
    let (table, _) = DeTable::parse_recoverable(source.text());
    let tool = table.get_ref().get("tool").and_then(|tool| tool.get_ref().as_table());
    tool.is_some_and(|tool| tool.get("plimsoll").is_some_and(|own| own.get_ref().is_table()))
}

/// The object `plimsoll` of package.json as TOML.
///
/// # Errors
/// When the file is not JSON, or the object has a value that TOML does not have.
pub(super) fn of_package(source: &Source) -> Result<Option<toml::Table>, String> {
    let package: Value = serde_json::from_slice(source.bytes()).map_err(|error| format!("invalid JSON: {error}"))?;
    match package.get("plimsoll") {
        Some(own @ Value::Object(_)) => {
            let table = toml::Table::try_from(own).map_err(|_| "`plimsoll` contains `null`".to_owned())?;
            Ok(Some(table))
        }
        _ => Ok(None),
    }
}
