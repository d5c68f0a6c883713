//! Finds database volumes that are mounted at the wrong path.

use super::shared::kind_of;
use crate::compose::edit::replace_scalar;
use crate::finding::compose::*;
use crate::knowledge::bases::tag::version;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnService(check)]).fix(Fixable::Sometimes);

fn check(service: &Service, cx: &ComposeCx<'_>) {
    let Some(kind) = kind_of(cx.model, service).filter(|kind| kind.what == "PostgreSQL") else { return };
    let tag = cx.model.base_image(service).and_then(|(_, tag)| tag);
    let is_official = service.image.as_ref().is_some_and(|image| image.name == "postgres");
    let major = tag.and_then(|tag| version(tag).first().copied());
    if !is_official || service.build.is_some() || service.variable("PGDATA").is_some() {
        return;
    }
    for mount in service.mounts.iter().filter(|mount| mount.is_sure) {
        let target = mount.target.trim_end_matches('/');
        let is_new = major.is_some_and(|major| major >= 18);
        let (message, right) = match target {
            _ if target == kind.data && is_new => (
                "since version 18, PostgreSQL uses `/var/lib/postgresql` and refuses to start with this volume"
                    .to_owned(),
                "/var/lib/postgresql",
            ),
            "/var/lib/postgresql" if major.is_some_and(|major| major < 18) => {
                ("the data is in `/var/lib/postgresql/data`, which is a separate volume".to_owned(), kind.data)
            }
            "/var/lib/postgres" | "/var/lib/postgres/data" | "/var/lib/pgsql/data" | "/data/postgres" => {
                (format!("the data is not in `{target}`"), if is_new { "/var/lib/postgresql" } else { kind.data })
            }
            _ => continue,
        };
        // Another mount is at the right place.
        if service.mounts.iter().any(|other| other.target.trim_end_matches('/') == right) {
            continue;
        }
        let node = mount.node.get("target").unwrap_or(&mount.node);
        let mut found = cx.at(node, message);
        found.help(format!("mount it at `{right}`, and move existing data there"));
        let text = node.text().unwrap_or_default();
        let written = cx.written(node);
        if !written.contains('$') && text.matches(&mount.target).count() == 1 {
            let edit = replace_scalar(node, &text.replace(&mount.target, right));
            found.fix(edit.and_then(|edit| Fix::new(Safety::Unsafe, format!("mount it at `{right}`"), [edit])));
        }
    }
}
