//! Which steps run before and after a step, over the stages that are `FROM` each other.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::{Model, Stage, Step};

impl<'a> Model<'a> {
    /// The steps that run on the layer of this one: those after it in its stage, and in the stages that are `FROM` that.
    pub fn steps_on_top<'m>(&'m self, step: &Step<'a>) -> impl Iterator<Item = &'m Step<'a>> {
        let own = self.stage(step.stage);
        let behind = own.into_iter().flat_map(move |stage| stage.steps.iter().skip(step.index + 1));
        let above = own.into_iter().flat_map(|stage| self.stages_on_top(stage)).flat_map(|stage| &stage.steps);
        behind.chain(above)
    }

    /// The stages that are `FROM` this one, directly or not, in file order.
    fn stages_on_top<'m>(&'m self, stage: &Stage<'a>) -> impl Iterator<Item = &'m Stage<'a>> {
        // A stage comes after the one it is `FROM`: the smallest index that waits is next.
        let mut waiting: BinaryHeap<Reverse<usize>> = stage.on_top.iter().copied().map(Reverse).collect();
        std::iter::from_fn(move || {
            let Reverse(next) = waiting.pop()?;
            let stage = self.stages.get(next)?;
            waiting.extend(stage.on_top.iter().copied().map(Reverse));
            Some(stage)
        })
    }
}
