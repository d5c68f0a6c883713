//! What a project refers to and does not have, and what cannot be together.

use std::collections::{HashMap, HashSet};

use super::mounts::MountKind;
use super::problem::{Problem, ProblemKind};
use super::service::{Service, Test};
use super::scalar;
use crate::knowledge::service_images::PULL_POLICIES;
use crate::text::suggest::{nearest, shorten};
use crate::text::yaml::Node;

/// Everything that Compose rejects of the project as a whole.
pub(super) fn check(services: &[Service], root: &Node, complete: bool, problems: &mut Vec<Problem>) {
    let names: HashMap<&str, &Service> = services.iter().map(|service| (service.name.as_str(), service)).collect();
    let top = |key: &str| -> HashSet<&str> {
        let entries = root.get(key).map(Node::entries).unwrap_or_default();
        entries.iter().filter_map(|(name, _)| name.text()).collect()
    };
    let checker = Checker {
        names,
        networks: top("networks"),
        volumes: top("volumes"),
        secrets: top("secrets"),
        configs: top("configs"),
        complete,
    };
    for service in services {
        checker.sources(service, problems);
        checker.dependencies(service, problems);
        checker.resources(service, problems);
        conflicts(service, problems);
    }
    container_names(services, problems);
    top_level(root, problems);
    if complete {
        cycles(services, &checker.names, problems);
    }
}

struct Checker<'a> {
    names: HashMap<&'a str, &'a Service>,
    networks: HashSet<&'a str>,
    volumes: HashSet<&'a str>,
    secrets: HashSet<&'a str>,
    configs: HashSet<&'a str>,
    complete: bool,
}

fn shown(text: &str) -> String {
    shorten(text).replace('`', "'")
}

impl Checker<'_> {
    fn sources(&self, service: &Service, problems: &mut Vec<Problem>) {
        let has_other = ["provider", "extends"].iter().any(|key| service.get(key).is_some());
        if service.image.is_some() || service.build.is_some() || !service.node.is_map() || has_other && !self.complete {
            return;
        }
        if service.get("provider").is_some() || service.get("build").is_some() {
            return;
        }
        let name = shown(&service.name);
        let problem = match service.get("image") {
            Some(image) if image.open => {
                let message = format!("`{name}` has no image: the variable in `image` is not set");
                Problem::new(ProblemKind::EmptyVariable, image, message).help("set it in `.env`, or give it a default")
            }
            _ => Problem::new(ProblemKind::NoImage, &service.key, format!("`{name}` has neither `image` nor `build`"))
                .help("add `image:` with a name and tag, or `build:` with the directory that contains the Dockerfile"),
        };
        if self.complete {
            problems.push(problem);
        }
    }

    fn dependencies(&self, service: &Service, problems: &mut Vec<Problem>) {
        for dependency in &service.depends_on {
            if dependency.required {
                self.service(&dependency.service, &dependency.key, problems);
            }
        }
        for link in service.texts("links") {
            let name = link.text().unwrap_or_default().split(':').next().unwrap_or_default();
            self.service(name, link, problems);
        }
        for key in ["network_mode", "ipc", "pid"] {
            if let Some(node) = service.get(key)
                && let Some(name) = node.text().and_then(|text| text.strip_prefix("service:"))
            {
                self.service(name, node, problems);
            }
        }
        for from in service.texts("volumes_from") {
            let text = from.text().unwrap_or_default();
            if !text.starts_with("container:") {
                self.service(text.split(':').next().unwrap_or_default(), from, problems);
            }
        }
    }

    fn service(&self, name: &str, node: &Node, problems: &mut Vec<Problem>) {
        if self.names.contains_key(name) || !self.complete {
            return;
        }
        let near = nearest(name, self.names.keys().copied());
        let help = near.map_or_else(|| "define it under `services`, or remove the reference".to_owned(), |near| {
            format!("did you mean `{near}`?")
        });
        let message = format!("service `{}` is not defined", shown(name));
        problems.push(Problem::new(ProblemKind::UndefinedService, node, message).help(help).instead(name, near));
    }

    fn resources(&self, service: &Service, problems: &mut Vec<Problem>) {
        let mut undefined = |kind: ProblemKind, what: &str, name: &str, node: &Node, known: &HashSet<&str>| {
            if known.contains(name) || !self.complete {
                return;
            }
            let near = nearest(name, known.iter().copied());
            let help = match near {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("add it at the top level: `{what}s:` with `{}:` below", shown(name)),
            };
            let message = format!("{what} `{}` is not defined", shown(name));
            problems.push(Problem::new(kind, node, message).help(help).instead(name, near).undefined(name));
        };
        for (name, node) in service.networks.iter().filter(|(name, _)| name != "default") {
            undefined(ProblemKind::UndefinedNetwork, "network", name, node, &self.networks);
        }
        for mount in service.mounts.iter().filter(|mount| mount.kind == MountKind::Volume) {
            undefined(ProblemKind::UndefinedVolume, "volume", &mount.source, &mount.node, &self.volumes);
        }
        for (key, what, known) in [("secrets", "secret", &self.secrets), ("configs", "config", &self.configs)] {
            for item in service.get(key).map(Node::items).unwrap_or_default() {
                let name = item.get("source").unwrap_or(item).text().unwrap_or_default();
                undefined(ProblemKind::UndefinedSecret, what, name, item, known);
            }
        }
    }
}

/// Values of one service that exclude each other.
fn conflicts(service: &Service, problems: &mut Vec<Problem>) {
    let mut report = |node: &Node, message: String, help: &str| {
        problems.push(Problem::new(ProblemKind::Conflict, node, message).help(help));
    };
    if let (Some((key, _)), Some(_)) = (service.entry("network_mode"), service.get("networks")) {
        report(key, "`network_mode` and `networks` are mutually exclusive".to_owned(), "remove one of the two");
    }
    if let Some(build) = &service.build
        && let (Some(inline), Some(_)) = (&build.inline, &build.dockerfile)
    {
        report(inline, "`dockerfile` and `dockerfile_inline` are mutually exclusive".to_owned(), "remove one of the two");
    }
    if let Some(scale) = service.get("scale")
        && let Some(replicas) = service.get("deploy").and_then(|deploy| deploy.get("replicas"))
        && scale.text() != replicas.text()
    {
        report(scale, "`scale` and `deploy.replicas` differ".to_owned(), "remove `scale`");
    }
    if let (Some((count, _)), Some((key, _))) = (service.replicas(), service.entry("container_name"))
        && count > 1
    {
        let message = format!("`container_name` cannot be shared by {count} replicas");
        report(key, message, "remove `container_name`, so that each container gets its own name");
    }
    if let (Some(build), Some(platform)) = (&service.build, service.text("platform").filter(|text| !text.is_empty()))
        && let Some(platforms) = build.node.get("platforms")
        && !platforms.items().is_empty()
        && platforms.items().iter().all(|item| item.text() != Some(platform))
    {
        let message = format!("`build.platforms` does not contain `{}`, the service's platform", shown(platform));
        report(platforms, message, "add it to the list");
    }
    let devices = ["deploy", "resources", "reservations", "devices"];
    let devices = devices.iter().try_fold(&service.node, |node, key| node.get(key));
    for device in devices.map(Node::items).unwrap_or_default() {
        if let (Some(_), Some((key, _))) = (device.get("count"), device.entry("device_ids")) {
            report(key, "`count` and `device_ids` are mutually exclusive".to_owned(), "remove one of the two");
        }
    }
    if let Some(check) = &service.healthcheck
        && check.test == Some(Test::Other)
        && let Some(test) = check.node.get("test")
    {
        let message = "a healthcheck must start with `CMD`, `CMD-SHELL` or `NONE`".to_owned();
        report(test, message, "put `\"CMD\"` first");
    }
    if let Some(name) = service.get("container_name")
        && let Some(text) = name.text().filter(|_| !name.open)
    {
        let is_valid = |text: &str| {
            text.len() > 1
                && text.starts_with(|first: char| first.is_ascii_alphanumeric())
                && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-'))
        };
        if !is_valid(text) {
            let message = format!("`{}` is not a valid container name", shown(text));
            let help = "use two or more letters, digits, `_`, `.` and `-`";
            problems.push(Problem::new(ProblemKind::Value, name, message).help(help));
        }
    }
    if let Some(policy) = service.get("pull_policy")
        && let Some(text) = policy.text().filter(|_| !policy.open)
        && !PULL_POLICIES.contains(&text) && !text.starts_with("every_") {
            let message = format!("`{}` is not a valid pull policy", shown(text));
            let help = nearest(text, PULL_POLICIES).unwrap_or("missing");
            let problem = Problem::new(ProblemKind::Value, policy, message);
            problems.push(problem.help(format!("did you mean `{help}`?")));
        }
    for item in service.texts("extra_hosts") {
        if let Some(text) = item.text().filter(|text| !item.open && !text.contains([':', '='])) {
            let message = format!("`{}` has no address", shown(text));
            problems.push(Problem::new(ProblemKind::Value, item, message).help("write `NAME=ADDRESS`"));
        }
    }
}

fn container_names(services: &[Service], problems: &mut Vec<Problem>) {
    let mut seen: HashMap<&str, &Node> = HashMap::new();
    for service in services {
        let Some(node) = service.get("container_name").filter(|node| !node.open) else { continue };
        let Some(name) = node.text() else { continue };
        if let Some(first) = seen.insert(name, node) {
            let message = format!("container name `{}` is used twice", shown(name));
            let problem = Problem::new(ProblemKind::ContainerName, node, message);
            problems.push(problem.label(first, "first used here").help("remove one, or give each its own name"));
        }
    }
}

/// Networks, volumes, secrets and configs.
fn top_level(root: &Node, problems: &mut Vec<Problem>) {
    for key in ["networks", "volumes"] {
        for (name, node) in root.get(key).map(Node::entries).unwrap_or_default() {
            let external = node.get("external");
            let is_external = external.is_some_and(|external| {
                external.is_map() || external.text().and_then(scalar::truth) == Some(true)
            });
            let other = node.entries().iter().find(|(key, _)| {
                !matches!(key.text(), Some("external" | "name")) && !key.text().unwrap_or_default().starts_with("x-")
            });
            if let (true, Some((other, _))) = (is_external, other) {
                let (name, other_name) = (shown(name.text().unwrap_or_default()), shown(other.text().unwrap_or_default()));
                let message = format!("`{name}` is external, so `{other_name}` cannot be set here");
                let help = format!("remove `{other_name}`, or `external`");
                problems.push(Problem::new(ProblemKind::Conflict, other, message).help(help));
            }
        }
    }
    for (key, sources) in [("secrets", &["file", "environment"][..]), ("configs", &["file", "environment", "content"])] {
        for (name, node) in root.get(key).map(Node::entries).unwrap_or_default() {
            if !node.is_map() || node.get("external").is_some() || node.get("driver").is_some() {
                continue;
            }
            let given: Vec<_> = sources.iter().filter_map(|source| node.entry(source)).collect();
            let shown_name = shown(name.text().unwrap_or_default());
            let list = sources.iter().map(|source| format!("`{source}`")).collect::<Vec<_>>().join(", ");
            if given.is_empty() {
                let message = format!("`{shown_name}` does not specify where its content comes from");
                problems.push(Problem::new(ProblemKind::Type, name, message).help(format!("add one of {list}")));
            } else if let [_, (second, _), ..] = &given[..] {
                let message = format!("`{shown_name}` has more than one source");
                problems.push(Problem::new(ProblemKind::Conflict, second, message).help(format!("keep one of {list}")));
            }
        }
    }
}

/// Services that wait for each other.
fn cycles(services: &[Service], names: &HashMap<&str, &Service>, problems: &mut Vec<Problem>) {
    // 1: being visited, 2: done. Without recursion: chains may be long.
    let mut state: HashMap<&str, u8> = HashMap::new();
    for start in services {
        if state.contains_key(start.name.as_str()) {
            continue;
        }
        // The service, what it depends on, and how many of these were followed.
        type Frame<'s> = (&'s Service, Vec<(&'s str, &'s Node)>, usize);
        let mut stack: Vec<Frame<'_>> = vec![(start, edges(start), 0)];
        state.insert(&start.name, 1);
        while let Some((service, targets, at)) = stack.last_mut() {
            let Some((target, node)) = targets.get(*at).copied() else {
                state.insert(&service.name, 2);
                stack.pop();
                continue;
            };
            *at += 1;
            match (state.get(target), names.get(target)) {
                (Some(1), _) => {
                    let from = stack.iter().position(|(service, ..)| service.name == target).unwrap_or(0);
                    let path: Vec<_> = stack[from..].iter().map(|(service, ..)| shown(&service.name)).collect();
                    let message = match &path[..] {
                        [only] => format!("`{only}` depends on itself"),
                        _ => format!("`{}` depend on each other in a cycle", path[..path.len().min(4)].join("`, `")),
                    };
                    let problem = Problem::new(ProblemKind::Cycle, node, message);
                    problems.push(problem.help("remove one of the dependencies, because Compose cannot order these services"));
                }
                (None, Some(next)) => {
                    state.insert(&next.name, 1);
                    stack.push((next, edges(next), 0));
                }
                _ => {}
            }
        }
    }
}

/// What has to be started before a service.
fn edges(service: &Service) -> Vec<(&str, &Node)> {
    let depends = service.depends_on.iter().map(|dependency| (dependency.service.as_str(), &dependency.key));
    let links = service.texts("links").into_iter();
    let links = links.filter_map(|link| Some((link.text()?.split(':').next()?, link)));
    let modes = ["network_mode", "ipc", "pid"].into_iter().filter_map(|key| service.get(key));
    let modes = modes.filter_map(|node| Some((node.text()?.strip_prefix("service:")?, node)));
    let from = service.texts("volumes_from").into_iter();
    let from = from.filter_map(|node| Some((node.text()?.split(':').next()?, node)));
    depends.chain(links).chain(modes).chain(from).collect()
}
