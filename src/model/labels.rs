//! Labels with their keys and values.

use super::{Model, Stage, Step};
use crate::syntax::{Args, Keyword, Pair};
use crate::text::Span;

/// One label that a stage sets.
pub struct Label<'m, 'a> {
    pub step: &'m Step<'a>,
    pub pair: &'a Pair,
    /// Expanded and without quotes; `None` when a variable in it is not known.
    pub key: Option<String>,
    pub value: Option<String>,
    /// The only one of its instruction.
    pub alone: bool,
}

impl Label<'_, '_> {
    /// The place of its value, otherwise its own.
    pub fn value_span(&self) -> Span {
        self.pair.value.as_ref().map_or(self.pair.span, |value| value.span)
    }
}

impl<'a> Stage<'a> {
    /// The labels of its own LABEL instructions, in order.
    pub fn labels<'m>(&'m self, model: &'m Model<'a>) -> impl Iterator<Item = Label<'m, 'a>> {
        self.all(Keyword::Label).flat_map(move |step| {
            let pairs: &'a [Pair] = match &step.instruction.args {
                Args::Pairs(args) => &args.pairs,
                _ => &[],
            };
            let alone = pairs.len() == 1;
            pairs.iter().map(move |pair| Label {
                step,
                pair,
                key: model.expand(step, &pair.name).value,
                value: pair.value.as_ref().and_then(|value| model.expand(step, value).value),
                alone,
            })
        })
    }
}
