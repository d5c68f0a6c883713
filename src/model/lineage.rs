//! Which steps run before and after a step, over the stages that are `FROM` each other.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::{Base, Model, Stage, Step};
use crate::text::steps;

/// How many stages may be `FROM` each other before the lowest are left out: more than in any real file.
pub(super) const MAX_LINEAGE: usize = 33;

/// How many later steps a search that may begin at every step looks at: more than any real file has.
pub const MAX_LATER_STEPS: usize = 128;

impl<'a> Model<'a> {
    /// The steps that run before this one, first to last: those of the stages that its own is `FROM`, and the earlier
    /// ones of its own. At most `MAX_LINEAGE` stages are looked at.
    pub fn before<'m>(&'m self, step: &Step<'a>) -> impl DoubleEndedIterator<Item = &'m Step<'a>> {
        let own = self.stage(step.stage);
        let below = own.into_iter().flat_map(|stage| stage.below(self)).flat_map(|stage| &stage.steps);
        below.chain(own.into_iter().flat_map(|stage| &stage.steps[..step.index])).inspect(|_| steps::count(1))
    }

    /// The steps that run on the layer of this one: those after it in its stage, and in the stages that are `FROM` that.
    pub fn after<'m>(&'m self, step: &Step<'a>) -> impl Iterator<Item = &'m Step<'a>> {
        let own = self.stage(step.stage);
        let later = own.into_iter().flat_map(move |stage| stage.steps.iter().skip(step.index + 1));
        let above = own.into_iter().flat_map(|stage| self.stages_on_top(stage)).flat_map(|stage| &stage.steps);
        later.chain(above).inspect(|_| steps::count(1))
    }

    /// The stages that are `FROM` this one, directly or not, in file order.
    pub fn stages_on_top<'m>(&'m self, stage: &Stage<'a>) -> impl Iterator<Item = &'m Stage<'a>> {
        // A stage comes after the one it is `FROM`: the smallest index that waits is next.
        let mut waiting: BinaryHeap<Reverse<usize>> = stage.on_top.iter().copied().map(Reverse).collect();
        std::iter::from_fn(move || {
            let Reverse(next) = waiting.pop()?;
            let stage = self.stages.get(next)?;
            steps::count(1);
            waiting.extend(stage.on_top.iter().copied().map(Reverse));
            Some(stage)
        })
    }
}

impl<'a> Stage<'a> {
    /// The stages it is `FROM`, nearest first, itself not included.
    pub fn chain<'m>(&self, model: &'m Model<'a>) -> impl Iterator<Item = &'m Stage<'a>> {
        let parent = |stage: &Stage<'_>| match stage.base {
            Base::Stage(parent) => {
                steps::count(1);
                model.stages.get(parent)
            }
            _ => None,
        };
        std::iter::successors(parent(self), move |stage| parent(stage))
    }

    /// The stage and those it is `FROM`, nearest first; at most `MAX_LINEAGE`.
    pub fn lineage<'m>(&'m self, model: &'m Model<'a>) -> impl Iterator<Item = &'m Stage<'a>> {
        std::iter::once(self).chain(self.chain(model).take(MAX_LINEAGE - 1))
    }

    /// The stages it is `FROM`, the lowest first; at most [`MAX_LINEAGE`], the nearest.
    fn below<'m>(&self, model: &'m Model<'a>) -> Vec<&'m Stage<'a>> {
        let mut below: Vec<_> = self.chain(model).take(MAX_LINEAGE - 1).collect();
        below.reverse();
        below
    }

    /// The steps that make its image, first to last: those of the stages that it is `FROM`, and its own.
    pub fn history<'m>(&'m self, model: &'m Model<'a>) -> impl DoubleEndedIterator<Item = &'m Step<'a>> {
        self.below(model).into_iter().chain([self]).flat_map(|stage| &stage.steps).inspect(|_| steps::count(1))
    }
}
