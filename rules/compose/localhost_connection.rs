//! Finds connections to `localhost` that are meant for another service.

use super::shared::{address, is_loopback, kind_of};
use crate::finding::compose::*;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnService(check)]).fix(Fixable::Sometimes);

fn check(service: &Service, cx: &ComposeCx<'_>) {
    // With the host's network, localhost is the host.
    if !service.has_own_network() {
        return;
    }
    for variable in &service.environment {
        let Some(value) = variable.value.as_deref() else { continue };
        let is_service = |port: Option<u16>, scheme: &str| {
            cx.model.services.iter().find(|other| {
                other.name != service.name
                    && kind_of(cx.model, other).is_some_and(|kind| {
                        kind.schemes.contains(&scheme)
                            && port.is_none_or(|port| port == kind.port || is_published(other, port))
                    })
            })
        };
        let other = match address(value) {
            Some(address) if is_loopback(address.host) => is_service(address.port, address.scheme),
            Some(_) => None,
            None if is_loopback(value) => by_name(&variable.name, service, cx),
            None => None,
        };
        let Some(other) = other else { continue };
        let place = if variable.in_list { &variable.key } else { &variable.node };
        let mut found = cx.at(place, format!("`localhost` is this container, not `{}`", other.name));
        found.help(format!("use `{}` as the host", other.name)).label_at(&other.key, "this service was probably meant");
        let written = cx.written(place);
        let mut hosts = ["localhost", "127.0.0.1"].into_iter().filter(|host| written.matches(host).count() == 1);
        if let (Some(host), None) = (hosts.next(), hosts.next())
            && let Some(at) = written.find(host)
        {
            let start = place.span.start() + at;
            let edit = Edit::replace(Span::new(start, start + host.len()), other.name.as_str());
            found.fix(Fix::new(Safety::Unsafe, format!("use `{}` as the host", other.name), [edit]));
        }
    }
}

fn is_published(service: &Service, port: u16) -> bool {
    service.ports.iter().any(|own| own.published.is_some_and(|range| range.contains(port)))
}

/// `DB_HOST=localhost`, where there is one database.
fn by_name<'p>(name: &str, service: &Service, cx: &'p ComposeCx<'_>) -> Option<&'p Service> {
    let name = name.to_ascii_lowercase();
    if !name.ends_with("host") && !name.ends_with("hostname") {
        return None;
    }
    let is_meant = |other: &&Service| {
        other.name != service.name
            && kind_of(cx.model, other).is_some_and(|kind| {
                let what = kind.what.to_ascii_lowercase();
                let is_any = kind.is_database
                    && kind.is_slow
                    && ["db_", "database", "sql"].iter().any(|word| name.contains(word));
                is_any || kind.schemes.iter().any(|scheme| name.contains(scheme)) || name.contains(&what)
            })
    };
    let mut others = cx.model.services.iter().filter(is_meant);
    others.next().filter(|_| others.next().is_none())
}
