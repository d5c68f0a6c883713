//! A project: a Compose file with all that belongs to it.

use std::collections::HashMap;

use super::build::{BuildFacts, Builds};
use super::load::{self, Loaded, ProjectFile, VariableUse};
use super::problem::{Problem, ProblemKind};
use super::service::{Build, Image, Service};
use super::{Place, references};
use crate::context::{Context, Contexts};
use crate::text::yaml::{Document, Node};
use crate::text::{Source, Span};

/// A network, volume, secret or config of a project.
#[derive(Clone, Debug)]
pub struct Resource {
    pub name: String,
    pub key: Node,
    pub node: Node,
}

/// A Compose file, read together with its override, what it includes and extends, and `.env`.
#[derive(Debug)]
pub struct Project<'a> {
    pub source: &'a Source,
    /// The file that is checked, as it is written.
    pub document: Document,
    /// Its tree, without any other file.
    pub own: Node,
    /// All files, merged.
    pub root: Node,
    pub files: Vec<ProjectFile>,
    pub services: Vec<Service>,
    pub networks: Vec<Resource>,
    pub volumes: Vec<Resource>,
    pub secrets: Vec<Resource>,
    pub configs: Vec<Resource>,
    /// What `.env` sets.
    pub variables: HashMap<String, String>,
    pub has_env_file: bool,
    pub uses: Vec<VariableUse>,
    /// Why Compose would reject it.
    pub problems: Vec<Problem>,
    /// Every file that belongs to it was read.
    pub complete: bool,
    /// The directory of the file.
    pub context: Option<&'a Context>,
    by_name: HashMap<String, usize>,
    /// The services that depend on each.
    dependents: HashMap<String, Vec<usize>>,
    /// The services name images and nothing else: a list of images to pull.
    pub lists_images: bool,
    builds: Builds,
    /// The build contexts that have been asked for: what services share is read once.
    pub(super) contexts: Contexts,
}

/// The services and resources of merged files.
pub(super) struct Parts {
    pub(super) services: Vec<Service>,
    networks: Vec<Resource>,
    volumes: Vec<Resource>,
    secrets: Vec<Resource>,
    configs: Vec<Resource>,
}

impl<'a> Project<'a> {
    /// Reads a project. `path` is the file's name in `context`, the directory that it is in.
    pub fn load(source: &'a Source, path: &str, context: Option<&'a Context>) -> Self {
        let (mut loaded, base) = load::load(source, path, context);
        // `compose.prod.yaml`: whether it is laid over another is seen by what it lacks.
        if let Some(base) = base.filter(|_| lacks_base(&loaded)) {
            loaded = load::load_over(source, path, context, base);
        }
        let mut problems = std::mem::take(&mut loaded.problems);
        let parts = Project::of(&loaded, &mut problems);
        let is_first_version = loaded.is_yaml && is_first_version(&loaded.own);
        if is_first_version {
            problems.retain(|problem| problem.kind != ProblemKind::UnknownKey);
            if let Some((key, _)) = loaded.own.entries().iter().find(|(_, value)| is_service(value)) {
                let message = "this file uses the version 1 format, without `services`";
                let problem = Problem::new(ProblemKind::Version1, key, message);
                let has_net = loaded.own.entries().iter().any(|(_, service)| service.get("net").is_some());
                problems.push(problem.help(match has_net {
                    true => "move the services below `services:`, and rename `net` to `network_mode`",
                    false => "move the services below `services:`",
                }));
            }
        } else if loaded.is_yaml {
            references::check(&parts.services, &loaded.root, loaded.complete, &mut problems);
            if loaded.own.entries().is_empty() && loaded.own.is_map() && loaded.files.len() == 1 {
                let end = Span::at(0);
                let problem = Problem::new(ProblemKind::Type, Place::new(0, end), "the Compose file is empty");
                problems.push(problem.help("add `services:`"));
            }
        }
        name_at_its_origin(&mut problems, &loaded.files);
        let by_name = parts.services.iter().enumerate().map(|(at, service)| (service.name.clone(), at)).collect();
        let mut dependents: HashMap<String, Vec<usize>> = HashMap::new();
        for (at, service) in parts.services.iter().enumerate() {
            for dependency in &service.depends_on {
                dependents.entry(dependency.service.clone()).or_default().push(at);
            }
        }
        let is_image_alone = |service: &Service| service.image.is_some() && service.node.entries().len() == 1;
        let lists_images = parts.services.len() > 2 && parts.services.iter().all(is_image_alone);
        let Loaded { main, own, root, files, variables, has_env_file, uses, complete, .. } = loaded;
        let Parts { services, networks, volumes, secrets, configs } = parts;
        Self {
            source,
            document: main,
            own,
            root,
            files,
            services,
            networks,
            volumes,
            secrets,
            configs,
            variables,
            has_env_file,
            uses,
            problems,
            complete,
            context,
            by_name,
            dependents,
            lists_images,
            builds: Builds::default(),
            contexts: Contexts::new(),
        }
    }

    pub(super) fn of(loaded: &Loaded, problems: &mut Vec<Problem>) -> Parts {
        let entries = |key: &str| loaded.root.get(key).map(Node::entries).unwrap_or_default();
        let resources = |key: &str| {
            let resource = |(key, node): &(Node, Node)| {
                Some(Resource { name: key.text()?.to_owned(), key: key.clone(), node: node.clone() })
            };
            entries(key).iter().filter_map(resource).collect()
        };
        let is_own = |key: &Node| !key.text().unwrap_or_default().starts_with("x-");
        let services = entries("services").iter().filter(|(key, _)| is_own(key));
        Parts {
            services: services.map(|(key, node)| Service::read(key, node, problems)).collect(),
            networks: resources("networks"),
            volumes: resources("volumes"),
            secrets: resources("secrets"),
            configs: resources("configs"),
        }
    }

    pub fn service(&self, name: &str) -> Option<&Service> {
        self.by_name.get(name).and_then(|at| self.services.get(*at))
    }

    /// A path that a value in one of the files names, from the directory of the file that is checked. `None` if that is
    /// outside of it, or there is no such directory.
    pub fn path(&self, node: &Node, path: &str) -> Option<String> {
        self.context?;
        let directory = self.files.get(usize::from(node.file)).map_or("", |file| file.directory.as_str());
        let path = load::join(directory, path);
        (!load::is_outside(&path)).then_some(path)
    }

    /// What the Dockerfile of a service says, if it can be read.
    pub fn build(&self, service: &Service) -> Option<&BuildFacts> {
        self.builds.of(self, service.build.as_ref()?)
    }

    /// The path of a service's Dockerfile, from the directory of the file that is checked. `None` where it is not known,
    /// or out of reach.
    pub fn dockerfile(&self, build: &Build) -> Option<String> {
        let context = build.context.as_ref();
        let text = context.map_or(Some("."), |node| node.text().filter(|_| !node.open))?;
        let place = context.unwrap_or(&build.node);
        let directory = self.files.get(usize::from(place.file)).map_or("", |file| file.directory.as_str());
        let directory = load::join(directory, text);
        let name = match &build.dockerfile {
            Some(node) => node.text().filter(|_| !node.open)?,
            None => "Dockerfile",
        };
        let path = load::join(if directory == "." { "" } else { &directory }, name);
        (self.context?.reaches(&path) && !path.starts_with(['/', '~'])).then_some(path)
    }

    /// The image that a service runs or that its own image is based on: name and tag.
    pub fn base_image<'s>(&'s self, service: &'s Service) -> Option<(&'s str, Option<&'s str>)> {
        let of_image = |image: &'s Image| (image.name.as_str(), image.tag.as_deref());
        match &service.build {
            Some(_) => {
                let facts = self.build(service)?;
                Some((facts.base.as_deref()?, facts.base_tag.as_deref()))
            }
            None => service.image.as_ref().filter(|image| image.is_sure || !image.name.is_empty()).map(of_image),
        }
    }

    /// Whether a service builds a variant of the image of another: its own image has the same name, perhaps with a version,
    /// or a build argument is the other's tag.
    pub fn builds_on(&self, service: &Service, other: &Service) -> bool {
        let (Some(build), Some(base)) = (&service.build, &other.image) else { return false };
        let last = |name: &str| name.rsplit('/').next().unwrap_or_default().to_owned();
        let is_version = |rest: &str| rest.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b'_'));
        let is_named = service.image.as_ref().is_some_and(|image| {
            last(&image.name).strip_prefix(last(&base.name).as_str()).is_some_and(is_version)
        });
        let tag = base.tag.as_deref().filter(|tag| *tag != "latest");
        is_named || tag.is_some_and(|tag| build.args.iter().any(|arg| arg.known() == Some(tag)))
    }

    /// Whether a service is there only so that others build on its image.
    pub fn is_only_built_on(&self, service: &Service) -> bool {
        let dependents = self.dependents.get(&service.name).map(Vec::as_slice).unwrap_or_default();
        let builds_on = |at: &usize| self.services.get(*at).is_some_and(|dependent| self.builds_on(dependent, service));
        !dependents.is_empty() && dependents.iter().all(builds_on)
    }

    /// Whether what the file shows is all there is: no other file is missing, and YAML could be read.
    pub fn is_readable(&self) -> bool {
        self.problems.iter().all(|problem| problem.kind != ProblemKind::Yaml)
    }
}

/// Puts what is wrong in a file that is not checked by itself where that file is named, once for each such place.
fn name_at_its_origin(problems: &mut Vec<Problem>, files: &[ProjectFile]) {
    let mut seen = std::collections::HashSet::new();
    problems.retain_mut(|problem| {
        let mut outermost = None;
        while let Some(file) = files.get(usize::from(problem.place.file)).filter(|_| !problem.place.is_here()) {
            let name = file.path.rsplit('/').next().unwrap_or_default();
            let Some(place) = file.named_at else { return true };
            if name.starts_with("compose") || name.starts_with("docker-compose") {
                return true;
            }
            outermost.get_or_insert_with(|| file.path.clone());
            (problem.place, problem.label, problem.instead, problem.undefined) = (place, None, None, None);
        }
        let Some(path) = outermost else { return true };
        problem.message = format!("`{}`: {}", path.replace('`', "'"), problem.message);
        seen.insert(problem.place)
    });
}

/// Whether a file makes sense only on top of another.
fn lacks_base(loaded: &Loaded) -> bool {
    let mut problems = Vec::new();
    let parts = Project::of(loaded, &mut problems);
    let is_of_base = |problem: &Problem| {
        use ProblemKind::{NoImage, UndefinedNetwork, UndefinedSecret, UndefinedService, UndefinedVolume};
        matches!(problem.kind, NoImage | UndefinedNetwork | UndefinedSecret | UndefinedService | UndefinedVolume)
    };
    loaded.root.get("services").is_none_or(Node::is_null) || {
        references::check(&parts.services, &loaded.root, true, &mut problems);
        problems.iter().any(is_of_base)
    }
}

/// Whether a file has services at its top, as in version 1.
fn is_first_version(root: &Node) -> bool {
    let has_key = |key: &str| root.get(key).is_some();
    !has_key("services") && !has_key("include") && root.entries().iter().any(|(_, value)| is_service(value))
        && root.entries().iter().all(|(key, value)| {
            is_service(value) || key.text().is_some_and(|key| key.starts_with("x-") || super::schema::FILE.find(key).is_some())
        })
}

fn is_service(node: &Node) -> bool {
    node.get("image").is_some() || node.get("build").is_some()
}
