//! Finds `external` with a name below.

use crate::finding::compose::*;

pub const RULE: Rule = Rule::new(Level::Note, "0.1.0", &[Check::OnProject(check)]).fix(Fixable::Sometimes);

fn check(cx: &ComposeCx<'_>) {
    let all = cx.model.networks.iter().chain(&cx.model.volumes);
    for resource in all {
        let Some((key, external)) = resource.node.entry("external").filter(|(_, external)| external.is_map()) else {
            continue;
        };
        let Some((name_key, name)) = external.entry("name") else { continue };
        if [key, name_key, name].iter().any(|node| node.file != 0) {
            continue;
        }
        let mut found = cx.at(name_key, "`external.name` is deprecated");
        found.help("use `external: true` and `name`");
        let lines =
            cx.source.line_index(name.span.end().max(1) - 1).saturating_sub(cx.source.line_index(key.span.start()));
        let between = Span::new(key.span.end(), name_key.span.start().max(key.span.end()));
        let is_alone = external.entries().len() == 1 && lines == 1 && cx.text(between).trim() == ":";
        if is_alone && external.style == Style::Lines && resource.node.get("name").is_none() {
            let column = crate::compose::edit::indentation(cx.source, key.span.start());
            let at = Span::new(key.span.end(), name_key.span.start());
            let text = format!(": true{}{column}", crate::compose::edit::line_end(cx.source));
            found.fix(Fix::new(Safety::Safe, "use `external: true` and `name`", [Edit::replace(at, text)]));
        }
    }
}
