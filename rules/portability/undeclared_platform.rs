//! Finds platform arguments that a `RUN` uses and that its stage does not declare.

use std::collections::BTreeMap;

use crate::finding::prelude::*;
use crate::knowledge::variables;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnStage(check)]).linux_only().fix(Fixable::Sometimes);

fn check(stage: &Stage<'_>, cx: &Cx<'_>) {
    if cx.model.file.is_template(cx.source.text()) {
        return;
    }
    // The first use of each, by name.
    let mut lost: BTreeMap<&str, Span> = BTreeMap::new();
    for step in stage.steps.iter().filter(|step| step.keyword() == Keyword::Run) {
        for (name, span) in step.free_variables(cx.source) {
            let known = variables::PLATFORM.iter().find(|known| **known == name && **known != "TARGETSTAGE");
            // `arg-out-of-scope` reports what the file declares before the first `FROM`.
            let global = |known: &&&str| cx.model.globals.get(**known).is_some_and(|it| it.span.is_some());
            if let Some(known) = known.filter(|known| !global(known))
                && step.state.variables.get(*known).is_none()
            {
                lost.entry(known).or_insert(span);
            }
        }
    }
    let line_break = cx.source.line_end();
    let lines: String = lost.keys().map(|name| format!("{line_break}ARG {name}")).collect();
    for (name, span) in &lost {
        let edit = Edit::insert(stage.from.span.end(), lines.as_str());
        cx.report(*span, format!("`{name}` is empty here: the stage does not declare it"))
            .help(format!("add `ARG {name}` above: BuildKit sets it in stages that declare it"))
            .fix(Fix::new(Safety::Unsafe, "declare the platform arguments in this stage", [edit]));
    }
}
