//! Instructions of which only the last in a stage takes effect.

use crate::finding::prelude::*;
use crate::fixes::run_script::remove_lines;

/// Reports every instruction with this keyword that a later one in the stage replaces.
pub(super) fn report_repeated(stage: &Stage<'_>, cx: &Cx<'_>, keyword: Keyword, help: &[&'static str]) {
    // In a template, only one of them may remain.
    if cx.model.file.is_template(cx.source.text()) {
        return;
    }
    let name = keyword.as_str();
    for (earlier, last) in stage.overruled(keyword) {
        let same = cx.text(earlier.instruction.args_span) == cx.text(last.instruction.args_span);
        // Deleting the line loses what was meant to run, unless both are the same.
        let safety = if same { Safety::Safe } else { Safety::Unsafe };
        let edit = remove_lines(cx.model, earlier.instruction.lines_span());
        let message = format!("this `{name}` never runs: a later `{name}` in the stage replaces it");
        let mut found = cx.report(earlier.instruction.span, message);
        found.label(last.instruction.span, "only this one takes effect");
        for help in help {
            found.help(*help);
        }
        found.fix(Fix::new(safety, format!("remove the `{name}` that has no effect"), [edit]));
    }
}
