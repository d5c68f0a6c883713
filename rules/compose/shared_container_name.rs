//! Reports container names that are used twice.

use crate::compose::edit::remove_entry;
use crate::finding::compose::*;

pub const RULE: Rule = Rule::new(Level::Error, "0.1.0", &[Check::OnProject(check)])
    .fix(Fixable::Sometimes)
    .aka(&["no-duplicate-container-names"]);

fn check(cx: &ComposeCx<'_>) {
    let names = || cx.model.services.iter().filter_map(|service| service.entry("container_name"));
    cx.report_problems(ProblemKind::ContainerName, |problem, found| {
        let own = names().find(|(_, name)| Place::from(name) == problem.place);
        let edit = own.and_then(|(key, name)| remove_entry(cx.source, key, name));
        found.fix(edit.and_then(|edit| Fix::new(Safety::Unsafe, "remove `container_name`", [edit])));
    });
}
