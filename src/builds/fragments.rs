//! Pieces of Dockerfiles that others include, with a frontend that has an instruction for it.

use std::path::Path;

use super::{MAX_LEN, join};
use crate::context::Context;

/// How many Dockerfiles of one directory are read.
const MAX_FILES: usize = 16;
/// How many entries of a directory are looked at.
const MAX_ENTRIES: usize = 4096;

/// Whether a Dockerfile of a directory includes `file`, a path without links: `INCLUDE ./base.dockerfile`, `INCLUDE+ base`.
pub(super) fn includes(directory: &Path, file: &Path) -> bool {
    let Ok(entries) = directory.read_dir() else { return false };
    let context = Context::on_disk(directory, None);
    let mut names: Vec<String> =
        entries.take(MAX_ENTRIES).flatten().filter_map(|entry| entry.file_name().into_string().ok()).collect();
    names.retain(|name| ["dockerfile", "containerfile"].iter().any(|part| name.to_ascii_lowercase().contains(part)));
    names.sort();
    let texts = names.iter().take(MAX_FILES).filter_map(|name| context.read(name)).filter(|text| text.len() <= MAX_LEN);
    texts.into_iter().any(|text| {
        let paths = text.lines().filter_map(included);
        paths.into_iter().any(|path| join(directory, path).canonicalize().is_ok_and(|path| path == file))
    })
}

/// The path that a line includes.
fn included(line: &str) -> Option<&str> {
    let (keyword, path) = line.trim().split_once(char::is_whitespace)?;
    let path = path.trim().trim_matches(['"', '\'']);
    let is_include = keyword.trim_end_matches('+').eq_ignore_ascii_case("INCLUDE");
    (is_include && !path.is_empty() && !path.contains("://")).then_some(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_include() {
        assert_eq!(included("INCLUDE ./other/dockerfile"), Some("./other/dockerfile"));
        assert_eq!(included("  include+  \"Dockerfile.common\" "), Some("Dockerfile.common"));
        for line in ["RUN x", "INCLUDE", "# INCLUDE x", "INCLUDE https://example.com/dockerfile", "INCLUDED x"] {
            assert_eq!(included(line), None, "{line}");
        }
    }
}
