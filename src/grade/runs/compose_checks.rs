//! Checks a Compose file against the rubric's requirements.

use std::collections::BTreeMap;

use crate::compose::{Condition, MountKind, ProblemKind, Project, Service};
use crate::context::Context;
use crate::grade::rubric::service_role::{ServiceTraits, service_name};
use crate::grade::rubric::static_checks::ComposeRequirements;
use crate::grade::rubric::values::OneOrMany;
use crate::grade::runs::scrub::{printable, quoted};
use crate::grade::runs::{CheckResult, Failure};
use crate::grade::sheet::Location;
use crate::lint::{self, Settings};
use crate::rules;
use crate::text::Source;

/// How a service gets a health check.
const ADD_HEALTH_CHECK: &str = "add `healthcheck: { test: … }` with a command that fails until the service is ready";

/// One result per requirement; see [`crate::grade::runs::compose_checks`].
pub(super) fn checks(
    wanted: &ComposeRequirements,
    file: &str,
    text: Option<&str>,
    context: Option<&Context>,
) -> Vec<CheckResult> {
    let source = Source::new(file, text.unwrap_or_default());
    let name = file.rsplit('/').next().unwrap_or(file);
    let project = Project::load(&source, name, context);
    let bad = project.problems.iter().find(|problem| problem.kind == ProblemKind::Yaml && problem.place.is_here());
    let unreadable = match (text, bad) {
        (None, _) => Some((Failure::new("no Compose file found", format!("submit a `{file}`")), None)),
        (_, Some(problem)) => {
            let line = source.line_index(problem.place.span.start()) + 1;
            let what = format!("`{file}` cannot be read: {}", problem.message);
            Some((Failure::new(what, "make it valid YAML"), Some(line)))
        }
        _ => None,
    };
    let mut compose = ComposeChecks { file, project: &project, unreadable, checks: Vec::new() };
    compose.all(&with_own_names(wanted, &project));
    compose.checks
}

/// The requirements with the names that the project gives to its services.
fn with_own_names(wanted: &ComposeRequirements, project: &Project<'_>) -> ComposeRequirements {
    let traits = |service| {
        let service: &Service = service;
        ServiceTraits { name: &service.name, image: service.text("image"), is_built: service.build.is_some() }
    };
    let services: Vec<ServiceTraits<'_>> = project.services.iter().map(traits).collect();
    let own = |name: &String| service_name(name, &wanted.roles, &services).unwrap_or(name).to_owned();
    let list = |names: &OneOrMany<String>| OneOrMany(names.iter().map(own).collect());
    let pairs = |of: &BTreeMap<String, OneOrMany<String>>| of.iter().map(|(name, others)| (own(name), list(others))).collect();
    ComposeRequirements {
        services: list(&wanted.services),
        depends_on: pairs(&wanted.depends_on),
        depends_on_healthy: pairs(&wanted.depends_on_healthy),
        healthcheck: list(&wanted.healthcheck),
        build: list(&wanted.build),
        image: wanted.image.iter().map(|(name, pattern)| (own(name), pattern.clone())).collect(),
        unpublished: list(&wanted.unpublished),
        volume: list(&wanted.volume),
        ..wanted.clone()
    }
}

struct ComposeChecks<'a> {
    file: &'a str,
    project: &'a Project<'a>,
    /// Why the file could not be read, with the line if known.
    unreadable: Option<(Failure, Option<usize>)>,
    checks: Vec<CheckResult>,
}

impl ComposeChecks<'_> {
    fn all(&mut self, wanted: &ComposeRequirements) {
        for service in wanted.services.iter() {
            self.service(service, format!("service `{service}` exists"), |_, _| None);
        }
        for (service, others) in &wanted.depends_on {
            for other in others.iter() {
                self.service(service, format!("`{service}` starts after `{other}`"), |own, _| {
                    let earn_back = format!("add `{other}` to the `depends_on` of `{service}`");
                    let waits = condition(own, other).is_some();
                    (!waits).then(|| Failure::new(format!("`{service}` does not wait for `{other}`"), earn_back))
                });
            }
        }
        for (service, others) in &wanted.depends_on_healthy {
            for other in others.iter() {
                self.service(service, format!("`{service}` waits until `{other}` is healthy"), |own, _| {
                    let earn_back = format!("use `depends_on: {{ {other}: {{ condition: service_healthy }} }}`");
                    let what = match condition(own, other) {
                        Some(Condition::Healthy) => return None,
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
            self.service(service, format!("`{service}` has a health check"), |own, project| {
                (!has_healthcheck(own, project))
                    .then(|| Failure::new(format!("`{service}` has no health check"), ADD_HEALTH_CHECK))
            });
        }
        for service in wanted.build.iter() {
            self.service(service, format!("`{service}` is built from a Dockerfile"), |own, _| {
                own.build
                    .is_none()
                    .then(|| Failure::new(format!("`{service}` is not built from a Dockerfile"), "use `build: .`"))
            });
        }
        for (service, pattern) in &wanted.image {
            self.service(service, format!("the image of `{service}` matches `{}`", pattern.text), |own, _| {
                let what = match own.text("image") {
                    Some(image) if pattern.fits(image) => return None,
                    Some(image) => format!("the image of `{service}` is {}", quoted(image)),
                    None => format!("`{service}` has no `image`"),
                };
                Some(Failure::new(what, format!("use an image that matches `{}`", pattern.text)))
            });
        }
        for service in wanted.unpublished.iter() {
            self.service(service, format!("`{service}` does not publish a port"), |own, _| {
                let none = own.get("ports").is_none_or(|ports| ports.items().is_empty());
                let earn_back = "remove `ports:`; other services can reach it without";
                (!none).then(|| Failure::new(format!("`{service}` publishes a port"), earn_back))
            });
        }
        for service in wanted.volume.iter() {
            self.service(service, format!("`{service}` stores its data in a volume"), |own, _| {
                let earn_back = "add `volumes: [data:/path]`, and declare `data` under the top-level `volumes:`";
                let missing = || Failure::new(format!("`{service}` does not use a named volume"), earn_back);
                (!own.mounts.iter().any(|mount| mount.kind == MountKind::Volume)).then(missing)
            });
        }
        for rule in wanted.without.iter() {
            self.without(&rule.0);
        }
    }

    /// Adds the result of a rule that must report nothing, with ignore comments disregarded.
    fn without(&mut self, rule: &str) {
        let what = format!("the rule `{rule}` reports nothing");
        let (failure, line) = match (&self.unreadable, rules::find(rule)) {
            (Some((failure, line)), _) => (Some(failure.clone()), *line),
            (None, Some(entry)) => {
                let found = lint::check_compose_all(self.project, &Settings::of([entry])).into_iter().next();
                let line = found.as_ref().map(|found| self.project.source.line_index(found.span.start()) + 1);
                let failure = found.map(|found| Failure::new(printable(&found.message), printable(&found.help.join("; "))));
                (failure, line)
            }
            (None, None) => return,
        };
        self.add(what, failure, line);
    }

    /// Adds the result of `find_failure` for a service.
    fn service(
        &mut self,
        name: &str,
        what: String,
        find_failure: impl FnOnce(&Service, &Project<'_>) -> Option<Failure>,
    ) {
        let line = |service: &Service| {
            (service.node.file == 0).then(|| self.project.source.line_index(service.node.span.start()) + 1)
        };
        let (failure, line) = match (&self.unreadable, self.project.service(name)) {
            (Some((failure, line)), _) => (Some(failure.clone()), *line),
            (None, Some(service)) => (find_failure(service, self.project), line(service)),
            (None, None) => {
                let failure = Failure::new(format!("no service `{name}`"), format!("add `{name}:` under `services:`"));
                let services = self.project.own.get("services");
                (Some(failure), services.map(|node| self.project.source.line_index(node.span.start()) + 1))
            }
        };
        self.add(what, failure, line);
    }

    fn add(&mut self, what: String, failure: Option<Failure>, line: Option<usize>) {
        let mut check = CheckResult::of(what, failure);
        if let Some(Failure { place, .. }) = &mut check.failure {
            *place = Some(Location { file: self.file.to_owned(), line, column: None });
        }
        self.checks.push(check);
    }
}

/// The condition on which a service waits for another one; `None` if it does not wait.
fn condition(service: &Service, other: &str) -> Option<Condition> {
    service.depends_on.iter().find(|dependency| dependency.service == other).map(|dependency| dependency.condition)
}

/// Whether its health is tested, by the Compose file or by the `HEALTHCHECK` of its Dockerfile, which Compose respects.
fn has_healthcheck(service: &Service, project: &Project<'_>) -> bool {
    match &service.healthcheck {
        Some(check) if check.disabled => false,
        Some(check) if check.test.is_some() => check.is_active(),
        _ => project.build(service).is_some_and(|facts| facts.healthcheck == Some(true)),
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
        let failures = checks(&wanted, "compose.yaml", Some(FILE), None).into_iter().filter_map(|check| check.failure);
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
            checks(&none, "compose.yaml", None, None)[0]
                .failure
                .as_ref()
                .is_some_and(|failure| failure.what.contains("no Compose file"))
        );
        assert!(checks(&none, "compose.yaml", Some("a: ["), None).iter().all(|check| check.failure.is_some()));
    }

    #[test]
    fn facts_of_the_project() {
        let wanted: ComposeRequirements =
            toml::from_str("healthcheck = ['app', 'db']\ndepends-on-healthy = { app = 'db' }\nvolume = 'db'").expect("valid");
        let file = "x-db: &db\n  image: postgres:17\n  volumes: [data:/x]\nservices:\n  app:\n    build: .\n    depends_on:\n      \
                    db: {condition: service_healthy}\n  db:\n    <<: *db\n    extends: {file: base.yaml, service: db}\nvolumes:\n  \
                    data:\n";
        let context = Context::in_memory([
            ("compose.yaml", file),
            ("base.yaml", "services:\n  db:\n    healthcheck: {test: pg_isready}\n"),
            ("Dockerfile", "FROM busybox:1.37\nHEALTHCHECK CMD true\n"),
        ]);
        let failures = checks(&wanted, "compose.yaml", Some(file), Some(&context));
        assert!(failures.iter().all(|check| check.failure.is_none()), "{failures:#?}");
    }

    #[test]
    fn rules_that_report_nothing() {
        assert_eq!(messages("without = ['unawaited-dependency', 'invalid-yaml']"), [""; 0]);
        let found = messages("without = ['vacuous-healthcheck', 'untagged-image']");
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found[1].starts_with("7: `nginx` has no tag"), "{found:?}");
        assert!(toml::from_str::<ComposeRequirements>("without = ['shell-form']").is_err());
    }
}
