//! Finds build arguments that the Dockerfile does not declare.

use super::shared::replace_name;
use crate::compose::edit::remove_or_holder;
use crate::finding::compose::*;
use crate::text::suggest::nearest;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnService(check)]).fix(Fixable::Sometimes);

fn check(service: &Service, cx: &ComposeCx<'_>) {
    let Some(build) = &service.build else { return };
    let Some(facts) = cx.model.build(service).filter(|facts| facts.count > 0) else { return };
    for arg in &build.args {
        let name = arg.name.as_str();
        // BuildKit takes these without an `ARG`.
        let is_predefined = name.to_ascii_lowercase().ends_with("_proxy")
            || name.starts_with("BUILDKIT_")
            || name == "SOURCE_DATE_EPOCH";
        if is_predefined || facts.args.iter().any(|own| own == name) {
            continue;
        }
        let mut found = cx.at(&arg.key, format!("the Dockerfile has no `ARG {}`", name.replace('`', "'")));
        match meant(name, &facts.args) {
            Some(near) => {
                let is_given = build.args.iter().any(|other| other.name == near);
                let fix = replace_name((&arg.key).into(), name, near, cx).filter(|_| !is_given);
                found.help(format!("did you mean `{near}`?")).fix(fix);
            }
            None => {
                let edit = remove_or_holder(cx.source, (&arg.key, &arg.node), build.node.entry("args"));
                found.help("add it to the Dockerfile, or remove it here");
                found.fix(edit.and_then(|edit| Fix::new(Safety::Unsafe, "remove the argument", [edit])));
            }
        }
    }
}

/// The argument that is likely meant: one of a similar name, or the only one that the name begins, as `PYTHON_VERSION`.
fn meant<'a>(name: &str, declared: &'a [String]) -> Option<&'a str> {
    let longer = || {
        let mut all =
            declared.iter().filter(|other| other.strip_prefix(name).is_some_and(|rest| rest.starts_with('_')));
        all.next().filter(|_| all.next().is_none())
    };
    nearest(name, declared.iter().map(String::as_str)).or_else(|| longer().map(String::as_str))
}
