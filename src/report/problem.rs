//! Mistakes in what steers a run, configuration above all: shown as findings in a Dockerfile are.

use std::io::{self, Write};
use std::sync::Arc;

use codespan_reporting::diagnostic::{Diagnostic as Block, Label};
use codespan_reporting::term::termcolor::Buffer;

use super::escape::visible;
use super::excerpt::Excerpt;
use super::full;
use crate::select::Unknown;
use crate::source::{Source, Span};

/// Something that is wrong with a run itself. Its texts follow the conventions of
/// [`crate::diagnostic::Diagnostic`].
#[derive(Clone, Debug)]
pub struct Problem {
    /// The run cannot go on; else it is a warning.
    pub fatal: bool,
    pub message: String,
    /// The place, where it is in a file.
    pub place: Option<(Arc<Source>, Span)>,
    pub help: Vec<String>,
}

impl Problem {
    pub fn error(message: impl Into<String>) -> Self {
        Self { fatal: true, message: message.into(), place: None, help: Vec::new() }
    }

    pub fn warning(message: impl Into<String>) -> Self {
        Self { fatal: false, ..Self::error(message) }
    }

    pub fn at(mut self, source: &Arc<Source>, span: Span) -> Self {
        self.place = Some((Arc::clone(source), span));
        self
    }

    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }

    /// Adds "did you mean", if something is near.
    pub fn meant(self, near: Option<&str>) -> Self {
        match near {
            Some(near) => self.help(format!("did you mean `{near}`?")),
            None => self,
        }
    }
}

impl From<Unknown> for Problem {
    fn from(unknown: Unknown) -> Self {
        let problem = Problem::error(unknown.message).meant(unknown.meant.as_deref());
        problem.help("`plimsoll rule` lists all rules")
    }
}

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
