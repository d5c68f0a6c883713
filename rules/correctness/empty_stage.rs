//! Files copied from an empty stage.

use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Error, "0.1.0", &[Check::OnStage(check)]);

fn check(stage: &Stage<'_>, cx: &Cx<'_>) {
    let model = cx.model;
    for import in stage.imports.iter().filter(|import| !import.onbuild) {
        let (Origin::Stage(index), Some(step)) = (&import.origin, stage.steps.get(import.step)) else {
            continue;
        };
        let Some(source) = model.stage(*index).filter(|source| source.is_from_scratch(model)) else {
            continue;
        };
        let copies_all = step
            .copy()
            .is_none_or(|copy| copy.sources.iter().all(|word| matches!(word.text.as_str(), "/" | "." | "/.")));
        let writes = |step: &Step<'_>| {
            matches!(step.keyword(), Keyword::Run | Keyword::Copy | Keyword::Add | Keyword::Workdir | Keyword::Onbuild)
        };
        let mut steps = std::iter::once(source).chain(source.chain(model)).flat_map(|stage| &stage.steps);
        if copies_all || steps.any(writes) {
            continue;
        }
        let name = cx.text(import.span);
        cx.report(
            import.span,
            format!("stage `{name}` is empty, so this step fails: nothing is added to its `scratch` base"),
        )
        .label(source.from.keyword_span, "the empty stage")
        .help("copy from the stage that creates the file, or add files to this stage first");
    }
}
