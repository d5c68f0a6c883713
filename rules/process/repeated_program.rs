//! Finds a CMD that begins with the program that the base image's entrypoint already starts.

use crate::finding::prelude::*;
use crate::knowledge::bases::Entrypoint;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnStage(check)]).fix(Fixable::Sometimes);

fn check(stage: &Stage<'_>, cx: &Cx<'_>) {
    if !stage.is_final || stage.base_entrypoint(cx.model) != Some(Entrypoint::Takes) {
        return;
    }
    let Some(program) = stage.contents(cx.model).and_then(|contents| contents.entry_program()) else { return };
    let Some(cmd) = stage.cmd(cx.model) else { return };
    let Some([first, rest @ ..]) = cmd.instruction.exec_items() else { return };
    if first.value.rsplit('/').next() != Some(program) {
        return;
    }
    let image = stage.root_image(cx.model).map_or_else(String::new, |image| image.written.replace('`', "'"));
    // `java -jar` takes one file.
    let jar = rest.first().is_some_and(|item| item.value == "-jar");
    let keeps = rest.get(usize::from(jar));
    let mut found = cx.report(first.span, format!("the entrypoint of `{image}` already starts `{program}`"));
    found.help(format!("`{program}` becomes an argument of the entrypoint, so the container fails: omit it"));
    if let Some(next) = keeps {
        let edit = Edit::delete(Span::new(first.span.start(), next.span.start()));
        found.fix(Fix::new(Safety::Unsafe, "omit the program", [edit]));
    }
}
