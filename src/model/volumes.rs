//! The directories of VOLUME.

use super::{Model, Stage, Step};
use crate::syntax::{Args, Keyword, Word};
use crate::text::Span;

/// A volume that a stage declares.
pub struct Volume<'m, 'a> {
    pub step: &'m Step<'a>,
    pub span: Span,
    /// Absolute and clean.
    pub path: String,
}

impl<'a> Stage<'a> {
    /// The volumes of its own VOLUME instructions whose paths are known, in order.
    pub fn volumes<'m>(&'m self, model: &'m Model<'a>) -> impl Iterator<Item = Volume<'m, 'a>> {
        self.all(Keyword::Volume).flat_map(move |step| {
            let words: &[Word] = match &step.instruction.args {
                Args::Words(args) => &args.words,
                _ => &[],
            };
            words.iter().filter_map(move |word| {
                let text = model.expand(step, word).value?;
                let path = step.resolve(model, text.trim()).filter(|_| !text.starts_with('['))?;
                Some(Volume { step, span: word.span, path })
            })
        })
    }
}

/// Whether a path is a directory, or is below it. Both are absolute and clean.
pub fn lies_below(path: &str, folder: &str) -> bool {
    let rest = path.trim_end_matches('/').strip_prefix(folder.trim_end_matches('/'));
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
