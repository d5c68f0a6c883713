//! `plimsoll init`: a configuration file with a comment for every key.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::path::Path;

use super::terminal::Terminal;
use super::{Exit, Stop};
use crate::command::args::init::InitArgs;
use crate::config::{FILE_NAMES, KEYS, hadolint_file, import_hadolint, read_file};
use crate::report::write_problems;
use crate::text::Problem;

/// How wide comments are, in columns.
const WIDTH: usize = 90;

pub(super) fn run(init: &InitArgs, terminal: &Terminal) -> Result<Exit, Stop> {
    if let Some(name) = FILE_NAMES.iter().find(|name| Path::new(name).symlink_metadata().is_ok()) {
        return Err(exists(name).into());
    }
    let theirs = import_hadolint::FILE_NAMES.iter().find(|name| Path::new(name).is_file());
    if let Some(theirs) = theirs.filter(|_| init.from_hadolint.is_none()) {
        let problem = Problem::error(format!("`{theirs}` is in use here and would be ignored"));
        let problem = problem.help("convert it with `plimsoll init --from-hadolint`");
        return Err(problem.help(format!("or remove `{theirs}` to start from scratch")).into());
    }
    let text = match &init.from_hadolint {
        Some(path) => from_hadolint(path.as_deref(), terminal)?,
        None => text(),
    };
    let name = FILE_NAMES[0];
    // Another process may create it at the same time.
    let written = OpenOptions::new().write(true).create_new(true).open(name);
    let written = written.and_then(|mut file| file.write_all(text.as_bytes()));
    match written {
        Ok(()) => super::print(format!("wrote {name}\n").as_bytes()),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Err(exists(name).into()),
        Err(error) => Err(Problem::error(format!("cannot write `{name}`: {error}")).into()),
    }
}

/// hadolint's configuration converted to ours; what has no equivalent is reported on standard error.
fn from_hadolint(path: Option<&Path>, terminal: &Terminal) -> Result<String, Stop> {
    let variable = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(std::path::PathBuf::from);
    let (home, config_home) = (variable("HOME"), variable("XDG_CONFIG_HOME"));
    let found = hadolint_file::find(home.as_deref(), config_home.as_deref());
    let Some(path) = path.or(found.as_deref()) else {
        let problem = Problem::error("no `.hadolint.yaml` found in the working directory or the user's configuration");
        return Err(problem.help("pass the file: `--from-hadolint FILE`").into());
    };
    let source =
        read_file(path).map_err(|error| Problem::error(format!("cannot read `{}`: {error}", path.display())))?;
    let (table, problems) = hadolint_file::convert(&source);
    if problems.iter().any(|problem| problem.fatal) {
        return Err(Stop::Problems(problems));
    }
    write_problems(&problems, &mut std::io::stderr().lock(), terminal.color_err)?;
    let name = source.name().rsplit('/').next().unwrap_or_default();
    Ok(format!("# Converted from {name}. `plimsoll config` explains all keys.\n\n{table}"))
}

fn exists(name: &str) -> Problem {
    Problem::error(format!("`{name}` already exists")).help("`plimsoll config` explains its keys")
}

/// Every key with its explanation and a commented-out example.
fn text() -> String {
    let mut text = String::from("# Configuration of plimsoll, the Dockerfile linter. Every key is optional.\n");
    for key in KEYS {
        text.push('\n');
        for line in wrap(&format!("{} {}", key.summary, key.details), WIDTH) {
            text.push_str(&format!("# {line}\n"));
        }
        if !key.default.is_empty() && !key.example.starts_with('[') {
            text.push_str(&format!("# Default: {}\n", key.default));
        }
        for line in key.example.lines() {
            text.push_str(&format!("#{line}\n"));
        }
    }
    text
}

/// Wraps text into lines of at most `width` columns, where words allow it.
pub(super) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let last = lines.len() - 1;
        if !lines[last].is_empty() && lines[last].chars().count() + 1 + word.chars().count() > width {
            lines.push(word.to_owned());
        } else {
            let gap = if lines[last].is_empty() { "" } else { " " };
            lines[last] += &format!("{gap}{word}");
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uncommented_it_is_what_keys_are() {
        let text = text();
        let lines = text.lines().filter_map(|line| line.strip_prefix('#')).filter(|line| !line.starts_with(' '));
        let toml = lines.collect::<Vec<_>>().join("\n");
        let table: toml::Table = toml.parse().expect("it is TOML");
        let mut keys: Vec<_> = KEYS.iter().map(|key| key.name).collect();
        keys.sort();
        assert_eq!(table.keys().collect::<Vec<_>>(), keys);
    }

    #[test]
    fn long_lines_are_broken() {
        assert_eq!(wrap("aa bb  cc ddddddd", 5), ["aa bb", "cc", "ddddddd"]);
    }
}
