//! `plimsoll init`: a configuration file that says what could be in it.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::path::Path;

use super::terminal::Terminal;
use super::{Exit, Stop};
use crate::command::args::Init;
use crate::config::{FILE_NAMES, KEYS, import_hadolint, read_file};
use crate::lint::registry;
use crate::report::write_problems;
use crate::text::Problem;

/// How wide comments are, in bytes.
const WIDTH: usize = 90;

pub(super) fn run(init: &Init, terminal: &Terminal) -> Result<Exit, Stop> {
    if let Some(name) = FILE_NAMES.iter().find(|name| Path::new(name).symlink_metadata().is_ok()) {
        return Err(exists(name).into());
    }
    let text = match &init.from_hadolint {
        Some(path) => from_hadolint(path.as_deref(), terminal)?,
        None => text(),
    };
    let name = FILE_NAMES[0];
    // Another process may be as quick.
    let written = OpenOptions::new().write(true).create_new(true).open(name);
    let written = written.and_then(|mut file| file.write_all(text.as_bytes()));
    match written {
        Ok(()) => super::print(format!("wrote {name}\n").as_bytes()),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Err(exists(name).into()),
        Err(error) => Err(Problem::error(format!("cannot write `{name}`: {error}")).into()),
    }
}

/// What hadolint's configuration says, as ours; what cannot be said is told on standard error.
fn from_hadolint(path: Option<&Path>, terminal: &Terminal) -> Result<String, Stop> {
    let found = import_hadolint::FILE_NAMES.iter().map(Path::new).find(|path| path.is_file());
    let Some(path) = path.or(found) else {
        let problem = Problem::error("there is no `.hadolint.yaml` here");
        return Err(problem.help("name the file: `--from-hadolint FILE`").into());
    };
    let source =
        read_file(path).map_err(|error| Problem::error(format!("cannot read `{}`: {error}", path.display())))?;
    let (table, problems) = import_hadolint::convert(&source, registry::all());
    if problems.iter().any(|problem| problem.fatal) {
        return Err(Stop::Problems(problems));
    }
    write_problems(&problems, &mut std::io::stderr().lock(), terminal.color_err)?;
    let name = source.name().rsplit('/').next().unwrap_or_default();
    Ok(format!("# Made from {name}. `plimsoll config` explains what else can be said.\n\n{table}"))
}

fn exists(name: &str) -> Problem {
    Problem::error(format!("`{name}` is already here")).help("`plimsoll config` explains what can be in it")
}

/// Every key, its explanation, and an example that is commented out.
fn text() -> String {
    let mut text = String::from("# Configuration of plimsoll, the Dockerfile linter. Every key may be left out.\n");
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

/// Lines of at most `width` bytes, where words allow it.
pub(super) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let last = lines.len() - 1;
        if !lines[last].is_empty() && lines[last].len() + 1 + word.len() > width {
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
