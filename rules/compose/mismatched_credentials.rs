//! Finds connections whose user or database does not match the one that the database creates.

use super::shared::{address, kind_of};
use crate::finding::compose::*;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnService(check)]);

fn check(service: &Service, cx: &ComposeCx<'_>) {
    for variable in &service.environment {
        let Some(value) = variable.known() else { continue };
        let Some(address) = address(value) else { continue };
        let Some(other) = cx.model.service(address.host) else { continue };
        let Some(kind) = kind_of(cx.model, other).filter(|kind| kind.schemes.contains(&address.scheme)) else {
            continue;
        };
        let Some((_, rest)) = value.split_once("://") else { continue };
        let Some((login, path)) = rest.split_once('@') else { continue };
        let user = login.split(':').next().unwrap_or_default();
        let database =
            path.split_once('/').map_or("", |(_, rest)| rest.split(['?', '#', '/']).next().unwrap_or_default());
        let set =
            |name: &str| other.variable(name).filter(|_| !name.is_empty()).and_then(|set| Some((set, set.known()?)));
        let place = if variable.in_list { &variable.key } else { &variable.node };
        let report = |what: &str, used: &str, name: &str| {
            let Some((set, expected)) = set(name).filter(|(_, expected)| !used.is_empty() && *expected != used) else {
                return;
            };
            let mut found =
                cx.at(place, format!("{what} `{used}` does not match the configuration of `{}`", other.name));
            found
                .help(format!("use `{expected}`, or change `{name}`"))
                .label_at(&set.key, format!("`{name}` is set to `{expected}`"));
        };
        // Root may always log in, and scripts may add others: what is set is what the image makes.
        if user != "root" && other.mounts.iter().all(|mount| !mount.target.contains("initdb")) {
            report("user", user, kind.user);
            report("database", database, kind.database);
        }
    }
}
