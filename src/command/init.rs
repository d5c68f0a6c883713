//! `plimsoll init`: a configuration file that says what could be in it.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::path::Path;

use super::{Exit, Stop};
use crate::config::{FILE_NAMES, KEYS};
use crate::report::Problem;

/// How wide comments are, in bytes.
const WIDTH: usize = 90;

pub(super) fn run() -> Result<Exit, Stop> {
    if let Some(name) = FILE_NAMES.iter().find(|name| Path::new(name).symlink_metadata().is_ok()) {
        return Err(exists(name).into());
    }
    let name = FILE_NAMES[0];
    // Another process may be as quick.
    let written = OpenOptions::new().write(true).create_new(true).open(name);
    let written = written.and_then(|mut file| file.write_all(text().as_bytes()));
    match written {
        Ok(()) => super::print(format!("wrote {name}\n").as_bytes()),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Err(exists(name).into()),
        Err(error) => Err(Problem::error(format!("cannot write `{name}`: {error}")).into()),
    }
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
