//! `plimsoll debug-parse`: where instructions begin and end, for comparing with other parsers.

use std::path::PathBuf;

use super::{Exit, Stop};
use crate::command::read;
use crate::syntax;
use crate::text::Problem;

pub(super) fn run(files: &[PathBuf]) -> Result<Exit, Stop> {
    let mut problems = Vec::new();
    for path in files {
        match read::file(path) {
            Ok(source) => _ = super::print(syntax::dump(&source).as_bytes())?,
            Err(error) => problems.push(Problem::error(format!("{}: {error}", path.display()))),
        }
    }
    if problems.is_empty() { Ok(Exit::Clean) } else { Err(Stop::Problems(problems)) }
}
