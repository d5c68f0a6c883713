//! Finds projects without a name.

use crate::finding::compose::*;

pub const RULE: Rule = Rule::new(Level::Off, "0.1.0", &[Check::OnProject(check)]).aka(&["require-project-name-field"]);

fn check(cx: &ComposeCx<'_>) {
    let project = cx.model;
    if project.root.get("name").is_none()
        && let Some((key, _)) = project.own.entries().first()
    {
        cx.at(key, "the project has no name").help("set `name` at the top; the default is the name of the directory");
    }
}
