//! What a Compose file says, held against what it should say.

use crate::grade::rubric::static_checks::ComposeFacts;
use crate::grade::runs::runner::{Miss, check};
use crate::grade::runs::scrub::quoted;
use crate::grade::runs::{Check, Fault, Spot};
use crate::text::Source;
use crate::text::yaml::{self, Node};

/// One check for each thing that is asked for; see [`crate::grade::runs::compose_facts`].
pub(super) fn checks(wanted: &ComposeFacts, file: &str, text: Option<&str>) -> Vec<Check> {
    let source = Source::new(file, text.unwrap_or_default());
    let tree = match text.map(|_| yaml::parse(&source)) {
        Some(Ok(tree)) => Ok(tree),
        Some(Err(error)) => {
            let line = source.line_index(error.span.start()) + 1;
            Err((Miss::new(format!("`{file}` cannot be read: {}", error.message), "it is valid YAML"), Some(line)))
        }
        None => Err((Miss::new("there is no Compose file", format!("hand in a `{file}`")), None)),
    };
    let services = tree.as_ref().ok().and_then(Option::as_ref).and_then(|tree| tree.get("services"));
    let unread = tree.as_ref().err().cloned();
    let mut teller = Teller { file, source: &source, unread, services, checks: Vec::new() };
    teller.all(wanted);
    teller.checks
}

struct Teller<'a> {
    file: &'a str,
    source: &'a Source,
    /// Why there is nothing to look at.
    unread: Option<(Miss, Option<usize>)>,
    services: Option<&'a Node>,
    checks: Vec<Check>,
}

impl Teller<'_> {
    fn all(&mut self, wanted: &ComposeFacts) {
        for service in wanted.services.iter() {
            self.service(service, format!("there is a service `{service}`"), |_| None);
        }
        for (service, others) in &wanted.depends_on {
            for other in others.iter() {
                self.service(service, format!("`{service}` starts after `{other}`"), |node| {
                    let earn = format!("`depends_on` of `{service}` names `{other}`");
                    condition(node, other)
                        .is_none()
                        .then(|| Miss::new(format!("`{service}` does not wait for `{other}`"), earn))
                });
            }
        }
        for (service, others) in &wanted.depends_on_healthy {
            for other in others.iter() {
                self.service(service, format!("`{service}` waits until `{other}` is healthy"), |node| {
                    let earn = format!("`depends_on: {{ {other}: {{ condition: service_healthy }} }}`");
                    let what = match condition(node, other) {
                        Some("service_healthy") => return None,
                        Some(_) => {
                            format!("`{service}` waits for `{other}` to start only, and not until it is healthy")
                        }
                        None => format!("`{service}` does not wait for `{other}`"),
                    };
                    Some(Miss::new(what, earn))
                });
            }
        }
        for service in wanted.healthcheck.iter() {
            self.service(service, format!("`{service}` has a health check"), |node| {
                let check = node.get("healthcheck").filter(|check| !check.entries().is_empty());
                let off = check.and_then(|check| check.get("disable")).and_then(Node::text) == Some("true");
                let has = check.is_some() && !off;
                (!has).then(|| {
                    Miss::new(
                        format!("`{service}` has no health check"),
                        "`healthcheck: { test: … }` asks whether it works",
                    )
                })
            });
        }
        for service in wanted.build.iter() {
            self.service(service, format!("`{service}` is built"), |node| {
                node.get("build")
                    .is_none()
                    .then(|| Miss::new(format!("`{service}` is not built from a Dockerfile"), "`build: .`"))
            });
        }
        for (service, pattern) in &wanted.image {
            self.service(service, format!("the image of `{service}` fits `{}`", pattern.text), |node| {
                let image = node.get("image").and_then(Node::text);
                let what = match image {
                    Some(image) if pattern.fits(image) => return None,
                    Some(image) => format!("the image of `{service}` is {}", quoted(image)),
                    None => format!("`{service}` names no image"),
                };
                Some(Miss::new(what, format!("it fits `{}`", pattern.text)))
            });
        }
        for service in wanted.unpublished.iter() {
            self.service(service, format!("`{service}` publishes no port"), |node| {
                let none = node.get("ports").is_none_or(|ports| ports.items().is_empty());
                let earn = "without `ports:` only the other services reach it";
                (!none).then(|| Miss::new(format!("`{service}` publishes a port"), earn))
            });
        }
        for service in wanted.volume.iter() {
            self.service(service, format!("`{service}` keeps its data in a volume"), |node| {
                let volumes = node.get("volumes").map(Node::items).unwrap_or_default();
                let earn = "`volumes: [data:/path]`, and `data` under `volumes:` of the file";
                let missing = || Miss::new(format!("`{service}` keeps nothing in a named volume"), earn);
                (!volumes.iter().any(is_named)).then(missing)
            });
        }
    }

    /// One check of a service; `amiss` looks at it.
    fn service(&mut self, name: &str, what: String, amiss: impl FnOnce(&Node) -> Option<Miss>) {
        let line = |node: &Node| self.source.line_index(node.span.start()) + 1;
        let (miss, line) = match (&self.unread, self.services.and_then(|services| services.get(name))) {
            (Some((miss, line)), _) => (Some(miss.clone()), *line),
            (None, Some(node)) => (amiss(node), Some(line(node))),
            (None, None) => {
                let miss = Miss::new(format!("there is no service `{name}`"), format!("`services:` has a `{name}:`"));
                (Some(miss), self.services.map(line))
            }
        };
        let mut check = check(what, miss);
        if let Some(Fault { place, .. }) = &mut check.fault {
            *place = Some(Spot { file: self.file.to_owned(), line, column: None });
        }
        self.checks.push(check);
    }
}

/// How a service waits for another one; `None` if it does not.
fn condition<'n>(service: &'n Node, other: &str) -> Option<&'n str> {
    let depends = service.get("depends_on")?;
    if depends.items().iter().any(|item| item.text() == Some(other)) {
        return Some("service_started");
    }
    let entry = depends.get(other)?;
    Some(entry.get("condition").and_then(Node::text).unwrap_or("service_started"))
}

/// `data:/path`, or `{ type: volume, source: data, target: /path }`.
fn is_named(volume: &Node) -> bool {
    match volume.text() {
        Some(text) => text
            .split_once(':')
            .is_some_and(|(source, _)| !source.is_empty() && !source.starts_with(['.', '/', '~', '$'])),
        None => {
            let of = |key| volume.get(key).and_then(Node::text).unwrap_or_default();
            matches!(of("type"), "volume" | "") && !of("source").is_empty()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "services:\n  app:\n    build: .\n    ports: ['80:80']\n    depends_on:\n      db: {condition: service_healthy}\n  \
                        web: {image: 'nginx', depends_on: [app]}\n  db:\n    image: postgres:17\n    healthcheck: {test: [CMD, 'true']}\n    \
                        volumes: ['data:/var', './x:/x']\n";

    fn amiss(facts: &str) -> Vec<String> {
        let facts: ComposeFacts = toml::from_str(facts).expect("they are facts");
        let faults = checks(&facts, "compose.yaml", Some(FILE)).into_iter().filter_map(|check| check.fault);
        faults
            .map(|fault| format!("{}: {}", fault.place.and_then(|place| place.line).unwrap_or(0), fault.what))
            .collect()
    }

    #[test]
    fn facts() {
        let right = "services = ['app', 'db']\ndepends-on = { web = 'app' }\ndepends-on-healthy = { app = 'db' }\nhealthcheck = 'db'\n\
                     build = 'app'\nimage = { db = 'postgres:*' }\nunpublished = 'db'\nvolume = 'db'";
        assert_eq!(amiss(right), [""; 0]);
        let wrong = "services = ['cache']\ndepends-on = { db = 'app' }\ndepends-on-healthy = { web = 'app' }\nhealthcheck = 'app'\n\
                     build = 'web'\nimage = { web = 'nginx:*' }\nunpublished = 'app'\nvolume = 'web'";
        assert_eq!(
            amiss(wrong),
            [
                "2: there is no service `cache`",
                "9: `db` does not wait for `app`",
                "7: `web` waits for `app` to start only, and not until it is healthy",
                "3: `app` has no health check",
                "7: `web` is not built from a Dockerfile",
                "7: the image of `web` is `nginx`",
                "3: `app` publishes a port",
                "7: `web` keeps nothing in a named volume",
            ]
        );
        let none: ComposeFacts = toml::from_str("services = 'app'").expect("they are facts");
        assert!(
            checks(&none, "compose.yaml", None)[0]
                .fault
                .as_ref()
                .is_some_and(|fault| fault.what.contains("no Compose file"))
        );
        assert!(checks(&none, "compose.yaml", Some("a: [")).iter().all(|check| check.fault.is_some()));
    }
}
