//! A service, with what rules ask about it.

use super::mounts::{self, Mount};
use super::ports::{self, Port};
use super::problem::{Problem, ProblemKind};
use super::{merge, scalar};
use crate::knowledge::bases::tag::{TagKind, tag_kind};
use crate::knowledge::bases;
use crate::text::yaml::{Node, Style, Value};

/// A service of a project, all its files and what it extends taken together.
#[derive(Clone, Debug)]
pub struct Service {
    pub name: String,
    /// Its name.
    pub key: Node,
    pub node: Node,
    pub image: Option<Image>,
    pub build: Option<Build>,
    pub environment: Vec<Variable>,
    pub env_files: Vec<Node>,
    pub ports: Vec<Port>,
    pub mounts: Vec<Mount>,
    pub depends_on: Vec<Dependency>,
    /// The networks that it names; see [`Service::joins`].
    pub networks: Vec<(String, Node)>,
    pub healthcheck: Option<Healthcheck>,
    /// More than one reason why it may not be what it seems: a variable, a file that is not there.
    pub profiles: Vec<String>,
}

/// The image of a service.
#[derive(Clone, Debug)]
pub struct Image {
    pub node: Node,
    /// As people call it: `postgres`, `bitnami/redis`, `ghcr.io/x/y`.
    pub name: String,
    pub tag: Option<String>,
    pub digest: Option<String>,
    /// All of it is known.
    pub is_sure: bool,
}

/// Where an image is built from.
#[derive(Clone, Debug)]
pub struct Build {
    pub node: Node,
    pub context: Option<Node>,
    pub dockerfile: Option<Node>,
    pub inline: Option<Node>,
    pub target: Option<Node>,
    pub args: Vec<Variable>,
}

/// `NAME=value` of an environment or of build arguments.
#[derive(Clone, Debug)]
pub struct Variable {
    pub name: String,
    /// `None`: taken from where Compose runs.
    pub value: Option<String>,
    /// The value has a variable in it that is not known.
    pub open: bool,
    pub key: Node,
    pub node: Node,
    /// In the form of a list.
    pub in_list: bool,
}

/// An entry of `depends_on`.
#[derive(Clone, Debug)]
pub struct Dependency {
    pub service: String,
    pub condition: Condition,
    /// The name, as it is written here.
    pub key: Node,
    pub node: Node,
    pub required: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Condition {
    Started,
    Healthy,
    Completed,
    Other,
}

/// `healthcheck`.
#[derive(Clone, Debug)]
pub struct Healthcheck {
    pub node: Node,
    pub test: Option<Test>,
    pub disabled: bool,
}

/// The test of a healthcheck.
#[derive(Clone, Debug, PartialEq)]
pub enum Test {
    None,
    /// A command line for the shell.
    Shell(String),
    Exec(Vec<String>),
    /// Neither.
    Other,
}

impl Image {
    fn read(node: &Node) -> Option<Self> {
        let text = node.text().filter(|text| !text.is_empty())?;
        let (text, digest) = text.split_once('@').map_or((text, None), |(text, digest)| (text, Some(digest)));
        let slash = text.rfind('/').map_or(0, |slash| slash + 1);
        let (name, tag) = match text[slash..].rsplit_once(':') {
            Some((_, tag)) => (&text[..text.len() - tag.len() - 1], Some(tag)),
            None => (text, None),
        };
        let name = name.strip_prefix("docker.io/").unwrap_or(name);
        let name = name.strip_prefix("library/").unwrap_or(name);
        Some(Self {
            node: node.clone(),
            name: name.to_owned(),
            tag: tag.map(str::to_owned),
            digest: digest.map(str::to_owned),
            is_sure: !node.open,
        })
    }

    pub fn tag_kind(&self) -> TagKind {
        tag_kind(&self.name, self.tag.as_deref())
    }

    /// Whether the tables know it: an official image.
    pub fn is_known(&self) -> bool {
        bases::image(&self.name).is_some()
    }
}

impl Variable {
    /// The value, if it is known.
    pub fn known(&self) -> Option<&str> {
        self.value.as_deref().filter(|_| !self.open)
    }
}

impl Healthcheck {
    /// Whether there is something that is run.
    pub fn is_active(&self) -> bool {
        !self.disabled && self.test.as_ref().is_some_and(|test| *test != Test::None)
    }
}

/// What to do where a variable leaves a part of a value empty.
pub(super) const SET_VARIABLE: &str = "set it in `.env`, or give it a default";

impl Service {
    pub(super) fn read(key: &Node, node: &Node, problems: &mut Vec<Problem>) -> Self {
        let list = |name: &str| node.get(name).map(Node::items).unwrap_or_default();
        let mut ports = Vec::new();
        for port in list("ports") {
            let report = |message: String| Problem::new(ProblemKind::Port, port, message);
            match ports::read(port) {
                Ok(read) => ports.push(read),
                Err(message) if !port.open => problems.push(report(message)),
                Err(_) if port.text() == Some("") => {
                    let message = "the port is empty because a variable is not set";
                    problems.push(report(message.to_owned()).help(SET_VARIABLE));
                }
                Err(_) => {}
            }
        }
        let mut mounts: Vec<Mount> = Vec::new();
        for mount in list("volumes") {
            match mounts::read(mount) {
                Ok(read) => mounts.push(read),
                Err(_) if mount.open => {
                    let message = "part of this volume is empty because a variable is not set";
                    problems.push(Problem::new(ProblemKind::EmptyVariable, mount, message).help(SET_VARIABLE));
                }
                Err(message) => problems.push(Problem::new(ProblemKind::Mount, mount, message)),
            }
        }
        // Of two files, the later one says what is at a place.
        let last: std::collections::HashMap<String, u16> =
            mounts.iter().map(|mount| (mount.target.clone(), mount.node.file)).collect();
        mounts.retain(|mount| last.get(&mount.target).is_none_or(|file| *file == mount.node.file));
        let env_files = match node.get("env_file") {
            Some(files) if files.is_list() => files.items().to_vec(),
            Some(file) => vec![file.clone()],
            None => Vec::new(),
        };
        Self {
            name: key.text().unwrap_or_default().to_owned(),
            key: key.clone(),
            image: node.get("image").and_then(Image::read),
            build: node.get("build").and_then(Build::read),
            environment: variables(node.get("environment")),
            env_files,
            ports,
            mounts,
            depends_on: dependencies(node.get("depends_on")),
            networks: networks(node.get("networks")),
            healthcheck: node.get("healthcheck").filter(|check| check.is_map()).map(Healthcheck::read),
            profiles: list("profiles").iter().filter_map(Node::text).map(str::to_owned).collect(),
            node: node.clone(),
        }
    }

    pub fn get(&self, key: &str) -> Option<&Node> {
        self.node.get(key)
    }

    pub fn entry(&self, key: &str) -> Option<&(Node, Node)> {
        self.node.entry(key)
    }

    /// The text of a value.
    pub fn text(&self, key: &str) -> Option<&str> {
        self.get(key).and_then(Node::text)
    }

    pub fn is_true(&self, key: &str) -> bool {
        self.text(key).and_then(scalar::truth) == Some(true)
    }

    /// The items of a list, or the one text in its place.
    pub fn texts(&self, key: &str) -> Vec<&Node> {
        match self.get(key) {
            Some(node) if node.is_list() => node.items().iter().collect(),
            Some(node) if !node.is_map() => vec![node],
            _ => Vec::new(),
        }
    }

    /// A variable of its environment; of several the last.
    pub fn variable(&self, name: &str) -> Option<&Variable> {
        self.environment.iter().rev().find(|variable| variable.name == name)
    }

    /// The words of `command` or `entrypoint`, as far as they can be told apart.
    pub fn words(&self, key: &str) -> Vec<String> {
        match self.get(key) {
            Some(node) if node.is_list() => node.items().iter().filter_map(Node::text).map(str::to_owned).collect(),
            Some(node) => node.text().unwrap_or_default().split_whitespace().map(str::to_owned).collect(),
            None => Vec::new(),
        }
    }

    /// How many containers it is asked to have.
    pub fn replicas(&self) -> Option<(u64, &Node)> {
        let deploy = self.get("deploy").and_then(|deploy| deploy.get("replicas"));
        let node = deploy.or_else(|| self.get("scale"))?;
        Some((node.text()?.parse().ok()?, node))
    }

    /// The names of the networks that it is on.
    pub fn joins(&self) -> Vec<&str> {
        match self.networks.is_empty() {
            true => vec!["default"],
            false => self.networks.iter().map(|(name, _)| name.as_str()).collect(),
        }
    }

    /// Whether it has an address of its own on the networks of the project.
    pub fn has_own_network(&self) -> bool {
        self.get("network_mode").is_none()
    }

    /// Whether it is only started when it is asked for.
    pub fn has_profile(&self) -> bool {
        !self.profiles.is_empty()
    }
}

impl Build {
    /// Additional contexts: their names and values.
    pub fn contexts(&self) -> Vec<(&str, &str)> {
        let Some(contexts) = self.node.get("additional_contexts") else { return Vec::new() };
        let entries = contexts.entries().iter().filter_map(|(name, value)| Some((name.text()?, value.text()?)));
        entries.chain(contexts.items().iter().filter_map(|item| item.text()?.split_once('='))).collect()
    }

    fn read(node: &Node) -> Option<Self> {
        let get = |key: &str| node.get(key).cloned();
        match &node.value {
            Value::Scalar(_) => Some(Self {
                node: node.clone(),
                context: Some(node.clone()),
                dockerfile: None,
                inline: None,
                target: None,
                args: Vec::new(),
            }),
            Value::Map(_) => Some(Self {
                node: node.clone(),
                context: get("context"),
                dockerfile: get("dockerfile"),
                inline: get("dockerfile_inline"),
                target: get("target"),
                args: variables(node.get("args")),
            }),
            Value::List(_) => None,
        }
    }
}

impl Healthcheck {
    fn read(node: &Node) -> Self {
        let test = node.get("test").map(|test| match &test.value {
            Value::Scalar(text) => Test::Shell(text.clone()),
            Value::List(items) => {
                let words: Vec<_> = items.iter().filter_map(Node::text).map(str::to_owned).collect();
                match words.first().map(String::as_str) {
                    Some("NONE") | None => Test::None,
                    Some("CMD-SHELL") => Test::Shell(words[1..].join(" ")),
                    Some("CMD") => Test::Exec(words[1..].to_vec()),
                    _ => Test::Other,
                }
            }
            Value::Map(_) => Test::Other,
        });
        let disabled = node.get("disable").and_then(Node::text).and_then(scalar::truth) == Some(true);
        Self { node: node.clone(), test, disabled }
    }
}

/// The entries of a mapping or of a list of `NAME=value`.
pub(super) fn variables(node: Option<&Node>) -> Vec<Variable> {
    let Some(node) = node else { return Vec::new() };
    let in_list = node.is_list();
    let of_items = if in_list { merge::pairs(node.items()) } else { Vec::new() };
    let entries = if in_list { &of_items[..] } else { node.entries() };
    let variable = |(key, value): &(Node, Node)| {
        // Of two files merged, one may have had the other form: then key and value are at the same place.
        let in_list = in_list || key.span == value.span && key.file == value.file;
        let is_bare = if in_list { value.style == Style::Plain } else { value.is_null() };
        Some(Variable {
            name: key.text()?.to_owned(),
            value: value.text().filter(|_| !is_bare).map(str::to_owned),
            open: value.open,
            key: key.clone(),
            node: value.clone(),
            in_list,
        })
    };
    entries.iter().filter_map(variable).collect()
}

fn dependencies(node: Option<&Node>) -> Vec<Dependency> {
    let Some(node) = node else { return Vec::new() };
    let short = |item: &Node| {
        Some(Dependency {
            service: item.text()?.to_owned(),
            condition: Condition::Started,
            key: item.clone(),
            node: item.clone(),
            required: true,
        })
    };
    let long = |(key, value): &(Node, Node)| {
        let condition = match value.get("condition").and_then(Node::text) {
            None | Some("service_started") => Condition::Started,
            Some("service_healthy") => Condition::Healthy,
            Some("service_completed_successfully") => Condition::Completed,
            Some(_) => Condition::Other,
        };
        Some(Dependency {
            service: key.text()?.to_owned(),
            condition,
            key: key.clone(),
            node: value.clone(),
            required: value.get("required").and_then(Node::text) != Some("false"),
        })
    };
    match node.is_list() {
        true => node.items().iter().filter_map(short).collect(),
        false => node.entries().iter().filter_map(long).collect(),
    }
}

fn networks(node: Option<&Node>) -> Vec<(String, Node)> {
    let Some(node) = node else { return Vec::new() };
    let of_items = node.items().iter().filter_map(|item| Some((item.text()?.to_owned(), item.clone())));
    let of_keys = node.entries().iter().filter_map(|(key, _)| Some((key.text()?.to_owned(), key.clone())));
    of_items.chain(of_keys).collect()
}
