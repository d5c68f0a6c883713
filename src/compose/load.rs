//! The files of a project: the one that is checked, those that Compose lays over it, and those that it names.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::merge::{Merger, drop_filled};
use super::problem::{Problem, ProblemKind};
use super::service::SET_VARIABLE;
use super::variables::{self, Fallback};
use super::validate::validate;
use super::{Place, env_file};
use crate::context::{Context, path::clean};
use crate::text::suggest::{nearest, shorten};
use crate::text::yaml::{self, Document, Node, Style, Value};
use crate::text::{Source, Span};

/// How many files a project may have.
const MAX_FILES: usize = 32;
/// How deep files may include each other, and services extend each other.
const MAX_DEPTH: usize = 16;

/// The names of the file that Compose reads by itself, in its order.
pub const BASE_NAMES: [&str; 4] = ["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"];
const OVERRIDE_NAMES: [&str; 4] =
    ["compose.override.yml", "compose.override.yaml", "docker-compose.override.yml", "docker-compose.override.yaml"];

/// A file of a project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProjectFile {
    /// From the directory of the file that is checked.
    pub path: String,
    /// The directory that its paths are relative to; empty for the project's own.
    pub directory: String,
    /// What includes it or extends from it; `None` for the file itself and what Compose lays over it.
    pub named_at: Option<Place>,
}

/// A use of a variable in a value.
#[derive(Clone, Debug)]
pub struct VariableUse {
    pub name: String,
    pub place: Place,
    /// As written.
    pub text: String,
    pub fallback: Fallback,
    /// What follows the operator.
    pub word: String,
    pub is_set: bool,
}

/// What the files of a project say together.
#[derive(Debug)]
pub struct Loaded {
    /// The file that is checked, as it is.
    pub main: Document,
    /// Its own tree.
    pub own: Node,
    /// All files, merged.
    pub root: Node,
    pub files: Vec<ProjectFile>,
    pub variables: HashMap<String, String>,
    pub has_env_file: bool,
    pub uses: Vec<VariableUse>,
    pub problems: Vec<Problem>,
    /// Every file that belongs to it was read.
    pub complete: bool,
    /// Whether the file can be read at all.
    pub is_yaml: bool,
}

pub(super) struct Loader<'a> {
    context: Option<&'a Context>,
    files: Vec<ProjectFile>,
    variables: HashMap<String, String>,
    uses: Vec<VariableUse>,
    problems: Vec<Problem>,
    complete: bool,
    merger: Merger,
    /// Trees of files that services extend from, by path.
    extended: HashMap<String, Option<Node>>,
}

fn empty_map() -> Node {
    Node {
        span: Span::at(0),
        value: Value::Map(Arc::new([])),
        style: Style::Lines,
        file: 0,
        open: false,
        tag: Arc::from(""),
    }
}

/// Loads the project of a file. `path` is its path in `context`, which is its directory. With it comes the name of the file
/// that it may be laid over, if its own name does not say so.
pub(super) fn load(source: &Source, path: &str, context: Option<&Context>) -> (Loaded, Option<&'static str>) {
    let name = path.rsplit('/').next().unwrap_or(path);
    let exists = |name: &&&str| context.is_some_and(|context| context.exists(name));
    let base = BASE_NAMES.iter().find(exists).filter(|base| **base != name).copied();
    if OVERRIDE_NAMES.contains(&name) {
        return (load_with(source, path, context, base, None), None);
    }
    if BASE_NAMES.contains(&name) {
        let over = OVERRIDE_NAMES.iter().find(exists);
        return (load_with(source, path, context, None, over.copied()), None);
    }
    (load_with(source, path, context, None, None), base)
}

/// Loads the project of a file that is laid over `base`.
pub(super) fn load_over(source: &Source, path: &str, context: Option<&Context>, base: &str) -> Loaded {
    load_with(source, path, context, Some(base), None)
}

fn load_with(source: &Source, path: &str, context: Option<&Context>, below: Option<&str>, above: Option<&str>) -> Loaded {
    let mut loader = Loader {
        context,
        files: vec![ProjectFile { path: path.to_owned(), directory: String::new(), named_at: None }],
        variables: HashMap::new(),
        uses: Vec::new(),
        problems: Vec::new(),
        complete: true,
        merger: Merger::default(),
        extended: HashMap::new(),
    };
    let env = context.and_then(|context| context.read(".env"));
    loader.set_variables(env.as_deref().unwrap_or_default());
    if let Some((line, why)) = env.as_deref().and_then(env_file::mistake) {
        let message = format!("`.env` cannot be read: {why}");
        let problem = Problem::new(ProblemKind::Value, Place::new(0, Span::at(0)), message);
        loader.problems.push(problem.help(format!("fix line {line} in `.env`")));
    }
    let (main, is_yaml) = match loader.document(source, 0) {
        Ok(document) => (document, true),
        Err(problem) => {
            loader.problems.push(*problem);
            (Document::default(), false)
        }
    };
    let own = loader.join(&main);
    if is_yaml {
        loader.problems.extend(validate(source, &own));
    }
    let mut root = loader.whole(own.clone(), 0, path, 0);
    if let Some(below) = below {
        match loader.beside(below) {
            Some(base) => {
                drop_filled(&base, &own, &mut loader.problems);
                root = loader.merger.merge(&base, &root, "");
            }
            None => loader.complete = false,
        }
    }
    if let Some(above) = above {
        match loader.beside(above) {
            Some(over) => root = loader.merger.merge(&root, &over, ""),
            None => loader.complete = false,
        }
    }
    if loader.merger.is_full() {
        loader.complete = false;
        let message = "too many values after files and services are merged";
        loader.problems.push(Problem::new(ProblemKind::Yaml, Place::new(0, Span::at(0)), message));
    }
    let Loader { files, variables, uses, problems, complete, .. } = loader;
    Loaded { main, own, root, files, variables, has_env_file: env.is_some(), uses, problems, complete, is_yaml }
}

impl Loader<'_> {
    /// As [`Loader::set_variables`], for a file that is included: what the project sets comes first.
    fn set_defaults(&mut self, text: &str) {
        let outer = self.variables.clone();
        self.set_variables(text);
        self.variables.extend(outer);
    }

    fn set_variables(&mut self, text: &str) {
        for line in env_file::read(text) {
            let value = if line.literal {
                line.value
            } else {
                let lookup = |name: &str| self.variables.get(name).cloned();
                variables::fill(&line.value, &lookup).map(|filled| filled.text).unwrap_or(line.value.clone())
            };
            self.variables.insert(line.name, value);
        }
    }

    /// Reads a file's text.
    fn document(&mut self, source: &Source, file: u16) -> Result<Document, Box<Problem>> {
        let (mut uses, mut problems) = (Vec::new(), Vec::new());
        let known = &self.variables;
        let lookup = |name: &str| known.get(name).cloned();
        let document = yaml::read(source, file, &mut |text, span, _| {
            if !text.contains('$') {
                return None;
            }
            match variables::fill(text, &lookup) {
                Ok(filled) => {
                    place_uses(source, file, span, &filled.uses, &mut uses);
                    Some((filled.text, filled.open))
                }
                Err(bad) => {
                    let shown = shorten(bad.0.lines().next().unwrap_or_default()).replace('`', "'");
                    let message = format!("`{shown}` is not a valid variable");
                    let problem = Problem::new(ProblemKind::Interpolation, Place::new(file, span), message);
                    problems.push(problem.help("write `$$` for a literal dollar sign"));
                    None
                }
            }
        });
        let document = document.map_err(|error| {
            let kind = ProblemKind::Yaml;
            Box::new(Problem::new(kind, Place::new(file, error.span), error.message))
        })?;
        for used in uses.iter().filter(|used| used.fallback == Fallback::Required && !used.is_set) {
            let name = &used.name;
            let message = format!("the required variable `{name}` is not set");
            let help = match self.context {
                Some(_) => format!("set `{name}` in `.env`, or in the environment where you run Compose"),
                None => format!("set `{name}` in the environment where you run Compose"),
            };
            problems.push(Problem::new(ProblemKind::RequiredVariable, used.place, message).help(help));
        }
        for duplicate in &document.duplicates {
            let key = shorten(&duplicate.key).replace('`', "'");
            let message = format!("`{key}` is already set in this mapping");
            let problem = Problem::new(ProblemKind::DuplicateKey, Place::new(file, duplicate.again), message);
            let help = match key.as_str() {
                "<<" => "use one `<<` with a list: `<<: [*a, *b]`".to_owned(),
                // Others refer to the anchors of both.
                _ if key.starts_with("x-") => format!("rename one `{key}`"),
                _ if is_collection(source.slice(duplicate.value)) => format!("keep one `{key}`, with the entries of both"),
                _ => format!("remove one `{key}`"),
            };
            problems.push(problem.help(help).label(Place::new(file, duplicate.first), "first set here"));
        }
        self.uses.append(&mut uses);
        self.problems.append(&mut problems);
        Ok(document)
    }

    /// The documents of a file as one.
    fn join(&mut self, document: &Document) -> Node {
        let roots: Vec<_> = document.roots.iter().filter(|root| !root.is_null()).collect();
        let mut roots = roots.into_iter();
        let Some(first) = roots.next() else { return empty_map() };
        roots.fold(first.clone(), |below, above| self.merger.merge(&below, above, ""))
    }

    /// Another file, by its path from the project's directory: its number, text and tree.
    fn open(&mut self, path: &str, directory: &str, named_at: Option<Place>) -> Option<(u16, Node)> {
        let context = self.context?;
        let text = context.read(path)?;
        if self.files.len() >= MAX_FILES {
            self.complete = false;
            return None;
        }
        let source = Source::new(path, text.into_owned());
        let file = self.files.len() as u16;
        self.files.push(ProjectFile { path: path.to_owned(), directory: directory.to_owned(), named_at });
        match self.document(&source, file) {
            Ok(document) => Some((file, self.join(&document))),
            Err(_) => {
                self.complete = false;
                None
            }
        }
    }

    /// The base or override file beside the one that is checked.
    fn beside(&mut self, name: &str) -> Option<Node> {
        let (file, tree) = self.open(name, "", None)?;
        Some(self.whole(tree, file, name, 0))
    }

    /// A file's tree with what its services extend, and with the files that it includes.
    fn whole(&mut self, tree: Node, file: u16, path: &str, depth: usize) -> Node {
        let tree = self.extend_services(tree, path);
        let includes = tree.get("include").map(|node| node.items().to_vec()).unwrap_or_default();
        let mut root = tree;
        for include in includes {
            let directory = self.files.get(usize::from(file)).map(|file| file.directory.clone()).unwrap_or_default();
            if let Some(included) = self.include(&include, &directory, depth) {
                root = self.merger.merge(&included, &root, "");
            }
        }
        root
    }

    fn include(&mut self, include: &Node, directory: &str, depth: usize) -> Option<Node> {
        let paths: Vec<Node> = match include.get("path") {
            None => vec![include.clone()],
            Some(path) if path.is_list() => path.items().to_vec(),
            Some(path) => vec![path.clone()],
        };
        if depth >= MAX_DEPTH {
            self.complete = false;
            let message = "files include each other in a cycle";
            self.problems.push(Problem::new(ProblemKind::Cycle, include, message));
            return None;
        }
        if self.files.len() >= MAX_FILES {
            self.complete = false;
            return None;
        }
        let outer = self.variables.clone();
        let read = self.included(include, &paths, directory, depth);
        self.variables = outer;
        read
    }

    /// The files of an include as one, with the variables that they are read with.
    fn included(&mut self, include: &Node, paths: &[Node], directory: &str, depth: usize) -> Option<Node> {
        let env_files = match include.get("env_file") {
            Some(files) if files.is_list() => files.items(),
            Some(file) => std::slice::from_ref(file),
            None => &[],
        };
        for file in env_files.iter().filter_map(Node::text).take(MAX_FILES) {
            let text = self.context.filter(|_| !is_outside(file)).and_then(|context| context.read(&join(directory, file)));
            self.set_defaults(text.as_deref().unwrap_or_default());
        }
        let mut all: Option<Node> = None;
        let mut own_directory = None;
        for node in paths {
            let path = self.resolve(node, directory)?;
            let below = path.rsplit_once('/').map_or("", |(directory, _)| directory).to_owned();
            if own_directory.is_none() && env_files.is_empty() {
                let env = self.context.and_then(|context| context.read(&join(&below, ".env")));
                self.set_defaults(env.as_deref().unwrap_or_default());
            }
            let below = own_directory.get_or_insert(below).clone();
            if self.files.iter().filter(|file| file.path == path).count() > 1 {
                self.complete = false;
                return None;
            }
            let (file, tree) = self.open(&path, &below, Some(node.into()))?;
            let tree = self.whole(tree, file, &path, depth + 1);
            all = Some(match all {
                Some(base) => self.merger.merge(&base, &tree, ""),
                None => tree,
            });
        }
        all
    }

    /// The path that a value names, if there is such a file; what is missing is reported.
    fn resolve(&mut self, node: &Node, directory: &str) -> Option<String> {
        let text = node.text()?;
        if node.open && (text.is_empty() || text.starts_with('/')) {
            let message = "this path is incomplete because a variable is not set";
            self.problems.push(Problem::new(ProblemKind::EmptyVariable, node, message).help(SET_VARIABLE));
            self.complete = false;
            return None;
        }
        let path = join(directory, text);
        let readable = self.context.is_some_and(|context| context.exists(&path));
        if let (Some(path), true) = (path.clone().into(), readable)
            && !is_outside(&path)
        {
            return Some(path);
        }
        self.complete = false;
        let is_remote = text.contains("://") || text.starts_with("git@") || text.starts_with("oci:");
        if self.context.is_some() && !is_remote && !is_outside(&path) && !node.open {
            let message = format!("`{}` does not exist", shorten(text).replace('`', "'"));
            let problem = Problem::new(ProblemKind::MissingFile, node, message);
            self.problems.push(problem.help("the path is relative to the directory of this file"));
        }
        None
    }

    /// Each service laid over the one that it extends.
    fn extend_services(&mut self, tree: Node, path: &str) -> Node {
        let Some((key, services)) = tree.entry("services") else { return tree };
        if services.entries().iter().all(|(_, service)| service.get("extends").is_none()) {
            return tree;
        }
        let by_name: HashMap<&str, &Node> =
            services.entries().iter().filter_map(|(key, service)| Some((key.text()?, service))).collect();
        let mut done: HashMap<String, Node> = HashMap::new();
        let mut entries = Vec::with_capacity(services.entries().len());
        for (name, service) in services.entries() {
            let mut stack = HashSet::new();
            let text = name.text().unwrap_or_default();
            let service = self.extended_service(text, service, &by_name, path, &mut done, &mut stack);
            entries.push((name.clone(), service));
        }
        let services = Node { value: Value::Map(entries.into()), ..services.clone() };
        let mut top = tree.entries().to_vec();
        if let Some(slot) = top.iter_mut().rev().find(|(name, _)| name.text() == Some("services")) {
            *slot = (key.clone(), services);
        }
        Node { value: Value::Map(top.into()), ..tree.clone() }
    }

    fn extended_service(
        &mut self,
        name: &str,
        service: &Node,
        by_name: &HashMap<&str, &Node>,
        path: &str,
        done: &mut HashMap<String, Node>,
        stack: &mut HashSet<String>,
    ) -> Node {
        let Some(extends) = service.get("extends") else { return service.clone() };
        if let Some(known) = done.get(name) {
            return known.clone();
        }
        let target = extends.get("service").unwrap_or(extends);
        let Some(base_name) = target.text().filter(|_| target.text().is_some_and(|text| !text.is_empty())) else {
            return service.clone();
        };
        if stack.len() >= MAX_DEPTH * 4 || !stack.insert(name.to_owned()) {
            let message = format!("`{}` extends itself", shorten(name).replace('`', "'"));
            self.problems.push(Problem::new(ProblemKind::Cycle, target, message));
            return service.clone();
        }
        let base = match extends.get("file") {
            Some(file) => {
                let directory = path.rsplit_once('/').map_or("", |(directory, _)| directory).to_owned();
                let Some(other) = self.resolve(file, &directory) else { return service.clone() };
                if other == path {
                    by_name.get(base_name).map(|base| (*base).clone())
                } else {
                    let services = self.services_of(&other, file.into());
                    if services.is_none() {
                        return service.clone();
                    }
                    services.and_then(|services| services.get(base_name).cloned())
                }
            }
            None => {
                let base = by_name.get(base_name).copied();
                base.map(|base| self.extended_service(base_name, base, by_name, path, done, stack))
            }
        };
        let Some(base) = base else {
            let shown = shorten(base_name).replace('`', "'");
            let message = format!("service `{shown}` to extend does not exist");
            let help = nearest(base_name, by_name.keys().copied()).map(|near| format!("did you mean `{near}`?"));
            let problem = Problem::new(ProblemKind::UndefinedService, target, message);
            self.problems.push(problem.help(help.unwrap_or_default()));
            return service.clone();
        };
        let merged = self.merger.merge(&base, service, name);
        done.insert(name.to_owned(), merged.clone());
        merged
    }

    /// The services of another file.
    fn services_of(&mut self, path: &str, named_at: Place) -> Option<Node> {
        if let Some(known) = self.extended.get(path) {
            return known.as_ref().and_then(|tree| tree.get("services").cloned());
        }
        // While it is read, it has no services: two files may extend from each other.
        self.extended.insert(path.to_owned(), None);
        let directory = path.rsplit_once('/').map_or("", |(directory, _)| directory).to_owned();
        let tree = self.open(path, &directory, Some(named_at)).map(|(_, tree)| self.extend_services(tree, path));
        self.extended.insert(path.to_owned(), tree.clone());
        tree.and_then(|tree| tree.get("services").cloned())
    }
}

/// A path of a file in `directory`, from the project's directory.
pub(super) fn join(directory: &str, path: &str) -> String {
    if directory.is_empty() || path.starts_with('/') {
        return clean(path);
    }
    clean(&format!("{directory}/{path}"))
}

/// Whether a path leads out of the project's directory.
pub(super) fn is_outside(path: &str) -> bool {
    path == ".." || path.starts_with("../") || path.starts_with('/') || path.starts_with('~')
}

/// Finds the uses of variables in the source: their own places where they are written as they read.
fn place_uses(
    source: &Source,
    file: u16,
    span: Span,
    uses: &[variables::VariableUse<'_>],
    out: &mut Vec<VariableUse>,
) {
    let written = source.slice(span);
    let mut from = 0;
    for used in uses {
        let at = written.get(from..).and_then(|rest| rest.find(used.text)).map(|at| from + at);
        let place = match at {
            Some(at) => {
                from = at + 2;
                Span::new(span.start() + at, span.start() + at + used.text.len())
            }
            None => {
                from = written.len();
                span
            }
        };
        out.push(VariableUse {
            name: used.name.to_owned(),
            place: Place::new(file, place),
            text: used.text.to_owned(),
            fallback: used.fallback,
            word: used.word.to_owned(),
            is_set: used.is_set,
        });
    }
}

/// Whether a value as it is written has entries of its own.
fn is_collection(written: &str) -> bool {
    written.starts_with(['{', '[']) || written.starts_with("- ") || written.contains('\n')
}
