//! Checks a Compose file against the rubric's requirements.

use crate::grade::rubric::static_checks::ComposeRequirements;
use crate::grade::runs::scrub::quoted;
use crate::grade::runs::{CheckResult, Failure};
use crate::grade::sheet::Location;
use crate::text::Source;
use crate::text::yaml::{self, Node};

/// One result per requirement; see [`crate::grade::runs::compose_checks`].
pub(super) fn checks(wanted: &ComposeRequirements, file: &str, text: Option<&str>) -> Vec<CheckResult> {
    let source = Source::new(file, text.unwrap_or_default());
    let tree = match text.map(|_| yaml::parse(&source)) {
        Some(Ok(tree)) => Ok(tree),
        Some(Err(error)) => {
            let line = source.line_index(error.span.start()) + 1;
            let what = format!("`{file}` cannot be read: {}", error.message);
            Err((Failure::new(what, "make it valid YAML"), Some(line)))
        }
        None => Err((Failure::new("no Compose file found", format!("submit a `{file}`")), None)),
    };
    let services = tree.as_ref().ok().and_then(Option::as_ref).and_then(|tree| tree.get("services"));
    let unreadable = tree.as_ref().err().cloned();
    let mut compose = ComposeChecks { file, source: &source, unreadable, services, checks: Vec::new() };
    compose.all(wanted);
    compose.checks
}

struct ComposeChecks<'a> {
    file: &'a str,
    source: &'a Source,
    /// Why the file could not be read, with the line if known.
    unreadable: Option<(Failure, Option<usize>)>,
    services: Option<&'a Node>,
    checks: Vec<CheckResult>,
}

impl ComposeChecks<'_> {
    fn all(&mut self, wanted: &ComposeRequirements) {
        for service in wanted.services.iter() {
            self.service(service, format!("service `{service}` exists"), |_| None);
        }
        for (service, others) in &wanted.depends_on {
            for other in others.iter() {
                self.service(service, format!("`{service}` starts after `{other}`"), |node| {
                    let earn_back = format!("add `{other}` to the `depends_on` of `{service}`");
                    condition(node, other)
                        .is_none()
                        .then(|| Failure::new(format!("`{service}` does not wait for `{other}`"), earn_back))
                });
            }
        }
        for (service, others) in &wanted.depends_on_healthy {
            for other in others.iter() {
                self.service(service, format!("`{service}` waits until `{other}` is healthy"), |node| {
                    let earn_back = format!("use `depends_on: {{ {other}: {{ condition: service_healthy }} }}`");
                    let what = match condition(node, other) {
                        Some("service_healthy") => return None,
                        Some(_) => {
                            format!("`{service}` only waits for `{other}` to start, not until it is healthy")
                        }
                        None => format!("`{service}` does not wait for `{other}`"),
                    };
                    Some(Failure::new(what, earn_back))
                });
            }
        }
        for service in wanted.healthcheck.iter() {
            self.service(service, format!("`{service}` has a health check"), |node| {
                let check = node.get("healthcheck").filter(|check| !check.entries().is_empty());
                let is_disabled = check.and_then(|check| check.get("disable")).and_then(Node::text) == Some("true");
                let has = check.is_some() && !is_disabled;
                (!has)
                    .then(|| Failure::new(format!("`{service}` has no health check"), "add `healthcheck: { test: … }`"))
            });
        }
        for service in wanted.build.iter() {
            self.service(service, format!("`{service}` is built from a Dockerfile"), |node| {
                node.get("build")
                    .is_none()
                    .then(|| Failure::new(format!("`{service}` is not built from a Dockerfile"), "use `build: .`"))
            });
        }
        for (service, pattern) in &wanted.image {
            self.service(service, format!("the image of `{service}` matches `{}`", pattern.text), |node| {
                let image = node.get("image").and_then(Node::text);
                let what = match image {
                    Some(image) if pattern.fits(image) => return None,
                    Some(image) => format!("the image of `{service}` is {}", quoted(image)),
                    None => format!("`{service}` has no `image`"),
                };
                Some(Failure::new(what, format!("use an image that matches `{}`", pattern.text)))
            });
        }
        for service in wanted.unpublished.iter() {
            self.service(service, format!("`{service}` does not publish a port"), |node| {
                let none = node.get("ports").is_none_or(|ports| ports.items().is_empty());
                let earn_back = "remove `ports:`; other services can reach it without";
                (!none).then(|| Failure::new(format!("`{service}` publishes a port"), earn_back))
            });
        }
        for service in wanted.volume.iter() {
            self.service(service, format!("`{service}` stores its data in a volume"), |node| {
                let volumes = node.get("volumes").map(Node::items).unwrap_or_default();
                let earn_back = "add `volumes: [data:/path]`, and declare `data` under the top-level `volumes:`";
                let missing = || Failure::new(format!("`{service}` does not use a named volume"), earn_back);
                (!volumes.iter().any(is_named)).then(missing)
            });
        }
    }

    /// Adds the result of `find_failure` for a service.
    fn service(&mut self, name: &str, what: String, find_failure: impl FnOnce(&Node) -> Option<Failure>) {
        let line = |node: &Node| self.source.line_index(node.span.start()) + 1;
        let (failure, line) = match (&self.unreadable, self.services.and_then(|services| services.get(name))) {
            (Some((failure, line)), _) => (Some(failure.clone()), *line),
            (None, Some(node)) => (find_failure(node), Some(line(node))),
            (None, None) => {
                let failure = Failure::new(format!("no service `{name}`"), format!("add `{name}:` under `services:`"));
                (Some(failure), self.services.map(line))
            }
        };
        let mut check = CheckResult::of(what, failure);
        if let Some(Failure { place, .. }) = &mut check.failure {
            *place = Some(Location { file: self.file.to_owned(), line, column: None });
        }
        self.checks.push(check);
    }
}

/// The condition on which a service waits for another one; `None` if it does not wait.
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

    fn messages(text: &str) -> Vec<String> {
        let wanted: ComposeRequirements = toml::from_str(text).expect("valid requirements");
        let failures = checks(&wanted, "compose.yaml", Some(FILE)).into_iter().filter_map(|check| check.failure);
        failures
            .map(|failure| format!("{}: {}", failure.place.and_then(|place| place.line).unwrap_or(0), failure.what))
            .collect()
    }

    #[test]
    fn requirements() {
        let right = "services = ['app', 'db']\ndepends-on = { web = 'app' }\ndepends-on-healthy = { app = 'db' }\nhealthcheck = 'db'\n\
                     build = 'app'\nimage = { db = 'postgres:*' }\nunpublished = 'db'\nvolume = 'db'";
        assert_eq!(messages(right), [""; 0]);
        let wrong = "services = ['cache']\ndepends-on = { db = 'app' }\ndepends-on-healthy = { web = 'app' }\nhealthcheck = 'app'\n\
                     build = 'web'\nimage = { web = 'nginx:*' }\nunpublished = 'app'\nvolume = 'web'";
        assert_eq!(
            messages(wrong),
            [
                "2: no service `cache`",
                "9: `db` does not wait for `app`",
                "7: `web` only waits for `app` to start, not until it is healthy",
                "3: `app` has no health check",
                "7: `web` is not built from a Dockerfile",
                "7: the image of `web` is `nginx`",
                "3: `app` publishes a port",
                "7: `web` does not use a named volume",
            ]
        );
        let none: ComposeRequirements = toml::from_str("services = 'app'").expect("valid requirements");
        assert!(
            checks(&none, "compose.yaml", None)[0]
                .failure
                .as_ref()
                .is_some_and(|failure| failure.what.contains("no Compose file"))
        );
        assert!(checks(&none, "compose.yaml", Some("a: [")).iter().all(|check| check.failure.is_some()));
    }
}
