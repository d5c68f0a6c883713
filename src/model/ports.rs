//! The ports of EXPOSE.

use super::{Model, Stage, Step};
use crate::syntax::{Args, Keyword};
use crate::text::Span;

/// One port, or a range of them.
pub struct Exposed<'m, 'a> {
    pub step: &'m Step<'a>,
    /// The word.
    pub span: Span,
    pub first: u16,
    pub last: u16,
    /// In lower case; `tcp` if none is written.
    pub protocol: String,
    /// The only one of its instruction.
    pub alone: bool,
}

impl<'a> Stage<'a> {
    /// The ports of its own EXPOSE instructions whose numbers are known, in order.
    pub fn ports<'m>(&'m self, model: &'m Model<'a>) -> impl Iterator<Item = Exposed<'m, 'a>> {
        self.all(Keyword::Expose).flat_map(move |step| {
            let words = match &step.instruction.args {
                Args::Words(args) => args.words.as_slice(),
                _ => &[],
            };
            words.iter().filter_map(move |word| {
                let text = model.expand(step, word).value?;
                let (ports, protocol) = text.split_once('/').unwrap_or((&text, "tcp"));
                let ports = ports.rsplit(':').next()?;
                let (first, last) = ports.split_once('-').unwrap_or((ports, ports));
                let (first, last) = (first.parse().ok()?, last.parse().ok()?);
                let protocol = if protocol.is_empty() { "tcp".to_owned() } else { protocol.to_ascii_lowercase() };
                Some(Exposed { step, span: word.span, first, last, protocol, alone: words.len() == 1 })
            })
        })
    }
}
