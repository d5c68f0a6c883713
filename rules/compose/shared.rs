//! Helpers for several Compose rules.

use crate::compose::edit::{
    add_entry, add_item, add_resource, joined, reorder, reorder_on_one_line, replace_scalar, replace_test,
};
use crate::compose::{Healthcheck, Image, Port, Problem, Project, Service, Variable};
use crate::finding::compose::*;
use crate::knowledge::bases::{self, releases};
use crate::knowledge::secrets::{Suspicion, Value, judge, suspicion};
use crate::knowledge::service_images::{COMMON_PASSWORDS, ServiceImage, service_image};

/// What is known of the service that a service's image is, or is based on.
pub(crate) fn kind_of(project: &Project<'_>, service: &Service) -> Option<&'static ServiceImage> {
    project.base_image(service).and_then(|(name, _)| service_image(name))
}

/// Whether a service's health can be known: by its own healthcheck or that of its Dockerfile. `None` if its image may have
/// one that is not seen.
pub(crate) fn has_healthcheck(project: &Project<'_>, service: &Service) -> Option<bool> {
    match &service.healthcheck {
        Some(check) if check.disabled || check.test == Some(crate::compose::Test::None) => return Some(false),
        Some(check) if check.test.is_some() => return Some(true),
        // Times alone: the test is the image's.
        _ => {}
    }
    match project.build(service) {
        Some(facts) if facts.healthcheck.is_some() => facts.healthcheck,
        Some(facts) => facts.base.as_deref().filter(|name| lacks_healthcheck(name)).map(|_| false),
        None => project.base_image(service).filter(|(name, _)| lacks_healthcheck(name)).map(|_| false),
    }
}

/// Whether an image is known to have no `HEALTHCHECK`: official images leave it to those who use them.
fn lacks_healthcheck(name: &str) -> bool {
    service_image(name).is_some() || !name.contains('/') && bases::image(name).is_some()
}

/// The words of a healthcheck's test, as far as they can be told apart.
pub(crate) fn test_text(check: &Healthcheck) -> String {
    match &check.test {
        Some(crate::compose::Test::Shell(text)) => text.clone(),
        Some(crate::compose::Test::Exec(words)) => words.join(" "),
        _ => String::new(),
    }
}

/// Whether a variable of this name and value holds a secret that is not one of those that everyone knows.
pub(crate) fn is_secret(name: &str, value: &str) -> bool {
    let is_common = COMMON_PASSWORDS.contains(&value.to_ascii_lowercase().as_str());
    // Confluent's images take the names of files.
    let is_file = name.ends_with("STORE_CREDENTIALS") || name.ends_with("KEY_CREDENTIALS");
    let is_named = suspicion(name) == Some(Suspicion::Strong) && judge(value) == Value::Possible;
    is_named && !is_common && !is_file && value.len() >= 6
}

/// Whether a service's command only keeps the container running.
pub(crate) fn is_idle(service: &Service) -> bool {
    let words = service.words("command");
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    matches!(words[..], ["sleep", _] | ["tail", "-f" | "-F", "/dev/null"]) && service.get("entrypoint").is_none()
}

/// A host and a port that a value names: `user:pass@db:5432/x`, `db:5432`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Address<'t> {
    /// `postgresql`; empty without one.
    pub(crate) scheme: &'t str,
    pub(crate) host: &'t str,
    pub(crate) port: Option<u16>,
}

/// The address in a value that is a URL.
pub(crate) fn address(value: &str) -> Option<Address<'_>> {
    let (scheme, rest) = value.split_once("://")?;
    let scheme = scheme.split('+').next().unwrap_or(scheme);
    let authority = rest.split(['/', '?', ',', ';']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    let (host, port) = host.split_once(':').map_or((host, None), |(host, port)| (host, port.parse().ok()));
    Some(Address { scheme, host, port })
}

/// Whether the host is the container itself.
pub(crate) fn is_loopback(host: &str) -> bool {
    matches!(host, "localhost" | "127.0.0.1" | "::1" | "[::1]")
}

/// Pins an image without a version to the one of the tables.
pub(crate) fn pin(image: &Image, cx: &ComposeCx<'_>) -> Option<Fix> {
    let tag = releases::pin(&image.name, image.tag.as_deref())?;
    let written = image.node.text()?;
    let name = match &image.tag {
        Some(old) => written.strip_suffix(old.as_str())?.strip_suffix(':')?,
        None => written,
    };
    let is_literal = !cx.written(&image.node).contains('$');
    let edit = replace_scalar(&image.node, &format!("{name}:{tag}")).filter(|_| is_literal)?;
    Fix::new(Safety::Unsafe, format!("pin `{}` to `{tag}`", image.name.replace('`', "'")), [edit])
}

/// The test of a service's health that is known for its image; empty if there is none.
pub(crate) fn health_test(service: &Service, kind: &ServiceImage) -> &'static str {
    // On the host's network, the container's name is the host's, which may lead nowhere in the container.
    let is_on_host = service.get("network_mode").and_then(Node::text) == Some("host");
    if is_on_host && kind.check.contains("$$HOSTNAME") { "" } else { kind.check }
}

/// The test of a well-known image in place of one that does not work.
pub(crate) fn known_test(service: &Service, test: &Node, cx: &ComposeCx<'_>) -> Option<Fix> {
    let kind = kind_of(cx.model, service)?;
    let edit = replace_test(cx.source, test, health_test(service, kind))?;
    Fix::new(Safety::Unsafe, format!("test {} itself", kind.what), [edit])
}

/// The same port on the loopback address of the host.
pub(crate) fn publish_on_loopback(port: &Port) -> Option<Fix> {
    let text = port.node.text().filter(|text| port.is_short && port.host_ip.is_none() && text.contains(':'))?;
    // A port is best quoted.
    let style = if port.node.style == Style::Plain { Style::Double } else { port.node.style };
    let edit = replace_scalar(&Node { style, ..port.node.clone() }, &format!("127.0.0.1:{text}"))?;
    Fix::new(Safety::Unsafe, "publish it on 127.0.0.1", [edit])
}

/// The name that is meant, in place of one that is not defined.
pub(crate) fn rename(problem: &Problem, cx: &ComposeCx<'_>) -> Option<Fix> {
    let (old, new) = problem.instead.as_ref()?;
    replace_name(problem.place, old, new, cx)
}

/// Another name where one is written: at the start of a scalar, or the only time in it.
pub(crate) fn replace_name(place: Place, old: &str, new: &str, cx: &ComposeCx<'_>) -> Option<Fix> {
    let written = cx.written(place);
    let quote = written.len() - written.trim_start_matches(['"', '\'']).len();
    let at = match written.get(quote..)?.starts_with(old) {
        true => quote,
        false => written.find(old).filter(|_| written.matches(old).count() == 1)?,
    };
    let start = place.span.start() + at;
    let edit = Edit::replace(Span::new(start, start + old.len()), new);
    Fix::new(Safety::Unsafe, format!("use `{new}`"), [edit])
}

/// Defines a network or volume that a service uses.
pub(crate) fn define(problem: &Problem, kind: &str, cx: &ComposeCx<'_>) -> Option<Fix> {
    let name = problem.undefined.as_deref().filter(|_| problem.place.is_here())?;
    let is_plain = name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    let edit = add_resource(cx.source, &cx.model.own, kind, &[&format!("{name}:")]).filter(|_| is_plain)?;
    Fix::new(Safety::Unsafe, format!("define `{name}`"), [edit])
}

/// A password of a well-known image from a file; shown only, since somebody has to write the file.
pub(crate) fn move_to_secret(service: &Service, variable: &Variable, cx: &ComposeCx<'_>) -> Option<Fix> {
    let kind = kind_of(cx.model, service)?;
    let with_file = format!("{}_FILE", variable.name);
    let name = variable.name.to_ascii_lowercase();
    let is_free = cx.model.secrets.iter().all(|secret| secret.name != name);
    if variable.key.file != 0 || variable.node.file != 0 || !kind.passwords.contains(&with_file.as_str()) || !is_free {
        return None;
    }
    let path = format!("/run/secrets/{name}");
    let text = if variable.in_list { format!("{with_file}={path}") } else { format!("{with_file}: {path}") };
    let span = variable.key.span.cover(variable.node.span);
    let secret = match service.get("secrets") {
        Some(list) => add_item(cx.source, list, &name),
        None => add_entry(cx.source, &service.node, &["secrets:", &format!("  - {name}")]),
    };
    let file = format!("  file: ./{name}.txt");
    let resource = add_resource(cx.source, &cx.model.own, "secrets", &[&format!("{name}:"), &file]);
    let title = format!("read it from the secret `{name}`: write the password to `{name}.txt`");
    Fix::new(Safety::Display, title, joined([Edit::replace(span, text), secret?, resource?]))
}

/// The entries or items of `node` in the order of `rank`; those without one keep it from being changed.
pub(crate) fn put_in_order<K: Ord>(
    node: &Node,
    safety: Safety,
    rank: impl Fn(&Node) -> Option<K>,
    cx: &ComposeCx<'_>,
) -> Option<Fix> {
    if node.file != 0 || !matches!(node.style, Style::Lines | Style::Flow) || cx.model.document.roots.len() != 1 {
        return None;
    }
    let of_items = node.items().iter().map(|item| (item, item.span));
    let of_entries = node.entries().iter().map(|(key, value)| {
        (
            key,
            if value.file == 0 { Span::new(key.span.start(), value.span.end().max(key.span.end())) } else { key.span },
        )
    });
    let entries: Vec<(&Node, Span)> = of_items.chain(of_entries).collect();
    // What a merge key brings is elsewhere.
    if !entries.iter().all(|(key, _)| key.file == 0 && node.span.contains(key.span)) {
        return None;
    }
    let ranks: Vec<K> = entries.iter().map(|(key, _)| rank(key)).collect::<Option<_>>()?;
    let mut order: Vec<usize> = (0..entries.len()).collect();
    order.sort_by(|one, other| ranks[*one].cmp(&ranks[*other]));
    let spans: Vec<Span> = entries.iter().map(|(_, span)| *span).collect();
    let edits = match node.style {
        Style::Flow => reorder_on_one_line(cx.source, node.span, &spans, &order)?,
        _ => vec![reorder(cx.source, &spans, &order)?],
    };
    Fix::new(safety, "sort them", edits)
}
