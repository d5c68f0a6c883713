//! Finds files in the version 1 format.

use crate::compose::edit::line_end;
use crate::finding::compose::*;

pub const RULE: Rule = Rule::new(Level::Error, "0.1.0", &[Check::OnProject(check)]).fix(Fixable::Sometimes);

fn check(cx: &ComposeCx<'_>) {
    cx.report_problems(ProblemKind::Version1, |_, found| {
        found.fix(convert(cx));
    });
}

/// All services below `services`, two spaces further in.
fn convert(cx: &ComposeCx<'_>) -> Option<Fix> {
    let source = cx.source;
    let entries = cx.model.own.entries();
    // Anything else at the top would be moved along; a text over lines may mean its spaces.
    let is_service = |node: &Node| node.get("image").is_some() || node.get("build").is_some();
    let (first, _) = entries.first()?;
    let is_block = cx.model.own.style == Style::Lines && cx.model.document.roots.len() == 1;
    if !is_block || !entries.iter().all(|(_, node)| is_service(node)) {
        return None;
    }
    let start = source.line_index(first.span.start());
    let mut edits = vec![Edit::insert(source.line_span(start).start(), format!("services:{}", line_end(source)))];
    for index in start..source.line_count() {
        let line = source.line_span(index);
        let text = source.slice(line);
        if text.starts_with('\t') || text.starts_with("---") || text.starts_with("...") {
            return None;
        }
        if !text.trim().is_empty() {
            edits.push(Edit::insert(line.start(), "  "));
        }
    }
    let renamed = entries.iter().filter_map(|(_, service)| service.entry("net"));
    edits.extend(renamed.map(|(key, _)| Edit::replace(key.span, "network_mode")));
    // The first line has both: they are one edit.
    let second = edits.remove(1);
    edits[0].text.push_str(&second.text);
    Fix::new(Safety::Unsafe, "move the services below `services:`", edits)
}
