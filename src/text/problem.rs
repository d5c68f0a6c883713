//! Mistakes in what steers a run, configuration above all: shown as findings in a Dockerfile are.

use std::sync::Arc;

use super::{Source, Span};

/// Something that is wrong with a run itself. Its texts follow the conventions of
/// findings.
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
