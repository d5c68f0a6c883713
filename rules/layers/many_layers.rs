//! More layers than a configured number.

use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Off, "0.1.0", &[Check::OnFile(check)]).options::<Options>();

#[derive(serde::Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Options {
    /// Maximum number of layers that the file may add to its base image.
    max: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self { max: 15 }
    }
}

fn check(cx: &Cx<'_>) {
    let max = cx.options::<Options>().max;
    let stages = cx.model.stages.iter().filter(|stage| stage.in_final);
    let layers = |step: &&Step<'_>| matches!(step.keyword(), Keyword::Run | Keyword::Copy | Keyword::Add);
    let steps: Vec<&Step<'_>> = stages.flat_map(|stage| &stage.steps).filter(layers).collect();
    let Some(over) = steps.get(max) else { return };
    let count = steps.len();
    cx.report(
        over.instruction.keyword_span,
        format!("the file adds {count} layers to its base image; the limit is {max}"),
    )
    .help("merge `RUN`s that belong together, and build in a separate stage that you copy the result from");
}
