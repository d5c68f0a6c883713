//! Problems of the run itself, shown like findings.

use std::io::{self, Write};

use codespan_reporting::diagnostic::{Diagnostic as Block, Label};
use codespan_reporting::term::termcolor::Buffer;

use super::excerpt::Excerpt;
use super::full;
use crate::text::escape::visible;
use crate::text::{Problem, Source};

/// Writes each problem as a block with an excerpt of its place, if it has one.
///
/// # Errors
/// When `out` cannot be written.
pub fn write_problems(problems: &[Problem], out: &mut dyn Write, color: bool) -> io::Result<()> {
    let mut buffer = if color { Buffer::ansi() } else { Buffer::no_color() };
    for problem in problems {
        let block = if problem.fatal { Block::error() } else { Block::warning() };
        let help = problem.help.iter().map(|help| format!("help: {}", visible(help))).collect();
        let block = block.with_message(visible(&problem.message)).with_notes(help);
        match &problem.place {
            Some((source, span)) => {
                let (excerpt, shown) = Excerpt::new(source, &[*span], &[]);
                let labels = shown.into_iter().map(|shown| Label::primary((), shown.range)).collect();
                full::emit(&mut buffer, &excerpt, &block.with_labels(labels))?;
            }
            None => full::emit(&mut buffer, &Excerpt::new(&Source::new("", ""), &[], &[]).0, &block)?,
        }
    }
    out.write_all(buffer.as_slice())
}
