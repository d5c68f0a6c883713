//! Arguments → the files to check, each with its settings.

use std::cell::LazyCell;
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::builds::{self, Invocation, Invocations, Way};
use crate::command::Exit;
use crate::command::options::FileOptions;
use crate::config::{Config, Configs, Settings};
use crate::context::Unsaved;
use crate::discover::{Globs, PathGlobs, RealPaths, SearchOptions, Skip, discover, is_compose};
use crate::report::FileReport;
use crate::text::Problem;
use crate::text::escape::visible;

/// A file to check.
pub(in crate::command) struct Input {
    /// What reports call it.
    pub(in crate::command) name: String,
    /// `None` is standard input.
    pub(in crate::command) path: Option<PathBuf>,
    /// Where it is, or is assumed to be.
    pub(in crate::command) place: Option<PathBuf>,
    pub(in crate::command) settings: Arc<Settings>,
    /// A Compose file, by its name.
    pub(in crate::command) is_compose: bool,
    /// What the files of its project build.
    builds: Arc<Invocations>,
}

impl Input {
    /// The outermost directory of its project.
    pub(in crate::command) fn project_root(&self) -> Option<PathBuf> {
        self.builds.root_of(self.place.as_deref()?)
    }

    /// The builds of this file that its project asks for.
    pub(in crate::command) fn invocations(&self) -> Vec<Invocation> {
        match &self.place {
            Some(place) if !self.is_compose => self.builds.of(place),
            _ => Vec::new(),
        }
    }

    /// The builds of this Compose file whose Dockerfiles are written in it.
    pub(in crate::command) fn inline_builds(&self) -> Vec<Invocation> {
        let place = self.place.as_deref().filter(|_| self.is_compose);
        let mut all = place.map(|place| builds::read(place, &Unsaved::default())).unwrap_or_default();
        all.retain(|invocation| invocation.is_inline);
        all
    }

    /// The different ways to build this file, at least one.
    pub(in crate::command) fn ways(&self) -> Vec<Way> {
        builds::ways(self.invocations(), &self.settings.build_args)
    }

    /// Whether another Dockerfile of its project includes it.
    pub(in crate::command) fn is_included(&self) -> bool {
        self.place.as_deref().is_some_and(|place| self.builds.is_included(place))
    }
}

pub(in crate::command) struct Inputs {
    /// By name, each file once.
    pub(in crate::command) files: Vec<Input>,
    /// What could not be read.
    pub(in crate::command) errors: Vec<FileReport>,
    pub(in crate::command) skipped: Vec<(PathBuf, Skip)>,
}

/// The paths that share one configuration.
struct Group {
    config: Arc<Config>,
    paths: Vec<PathBuf>,
}

/// The files to check. Mistakes in configurations are left in `configs`.
pub(in crate::command) fn inputs(options: &FileOptions, configs: &mut Configs) -> Inputs {
    let here = Globs { root: PathBuf::from("."), globs: options.exclude.clone() };
    let also = Globs { root: PathBuf::from("."), globs: options.include.clone() };
    let mut inputs = Inputs { files: Vec::new(), errors: Vec::new(), skipped: Vec::new() };
    let mut seen: BTreeMap<PathBuf, PathBuf> = BTreeMap::new();
    let mut paths = RealPaths::default();
    // Few runs have a configuration that asks for it.
    let named: LazyCell<Vec<_>, _> =
        LazyCell::new(|| options.paths.iter().filter_map(|path| path.canonicalize().ok()).collect());
    for group in groups(&options.paths, configs) {
        let exclude = [Some(here.clone()), group.config.exclude.clone()].into_iter().flatten().collect();
        let include = [Some(also.clone()), group.config.include.clone()].into_iter().flatten().collect();
        let (force_exclude, gitignore) = (options.force_exclude, !options.no_ignore);
        let search = SearchOptions { exclude, include, force_exclude, gitignore };
        let found = discover(&group.paths, &search);
        for error in &found.errors {
            let text = format!("{}; {}", error.message, error.help);
            inputs.errors.push(FileReport::unreadable(error.path.display().to_string(), text));
        }
        inputs.skipped.extend(found.skipped);
        let compose = if options.compose { found.compose } else { Vec::new() };
        for path in found.files.into_iter().chain(compose) {
            let Ok(real) = paths.of(&path) else {
                inputs.errors.push(FileReport::unreadable(path.display().to_string(), "the file no longer exists"));
                continue;
            };
            // A directory further down may have a configuration of its own.
            let config = configs.of_file(&path);
            let own =
                config.exclude.as_ref().filter(|_| !Arc::ptr_eq(&config, &group.config) && !named.contains(&real));
            let excluded = own.is_some_and(|globs| {
                PathGlobs::new(std::slice::from_ref(globs)).is_ok_and(|globs| globs.with_parents(&real))
            });
            if !excluded {
                seen.entry(real).or_insert(path);
            }
        }
    }
    let roots = options.paths.iter().filter(|path| path.is_dir()).cloned();
    let builds = Arc::new(Invocations::new(roots.chain([PathBuf::from(".")])));
    for path in seen.into_values() {
        let settings = configs.settings(&path);
        inputs.files.push(Input {
            name: path.display().to_string(),
            place: Some(path.clone()),
            is_compose: is_compose(&path),
            path: Some(path),
            settings,
            builds: Arc::clone(&builds),
        });
    }
    if options.paths.iter().any(|path| is_stdin(path)) {
        let place = options.stdin_filename.clone();
        let settings = configs.settings(place.as_deref().unwrap_or(Path::new("Dockerfile")));
        let name = place.as_ref().map_or_else(|| "-".to_owned(), |place| place.display().to_string());
        let is_compose = place.as_deref().is_some_and(is_compose);
        inputs.files.push(Input { name, path: None, place, settings, is_compose, builds });
    }
    inputs.files.sort_by(|a, b| (&a.name, a.path.is_some()).cmp(&(&b.name, b.path.is_some())));
    inputs.skipped.sort();
    inputs.skipped.dedup();
    inputs
}

/// Reports globs of the command line that are malformed, before anything is searched.
pub(in crate::command) fn check_globs(options: &FileOptions, problems: &mut Vec<Problem>) {
    for (option, globs) in [("exclude", &options.exclude), ("include", &options.include)] {
        for glob in globs {
            let globs = Globs { root: PathBuf::from("."), globs: vec![glob.clone()] };
            if let Err(error) = PathGlobs::new(&[globs]) {
                problems.push(Problem::error(format!("`--{option}`: `{glob}` {}", error.message)));
            }
        }
    }
}

fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == "-"
}

fn groups(paths: &[PathBuf], configs: &mut Configs) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for path in paths.iter().filter(|path| !is_stdin(path)) {
        let config = if path.is_dir() { configs.of_directory(path) } else { configs.of_file(path) };
        match groups.iter_mut().find(|group| Arc::ptr_eq(&group.config, &config)) {
            Some(group) => group.paths.push(path.clone()),
            None => groups.push(Group { config, paths: vec![path.clone()] }),
        }
    }
    groups
}

/// Why a file could not be checked.
pub(super) fn problem(file: &FileReport) -> Option<Problem> {
    Some(Problem::error(format!("{}: {}", file.source.name(), file.error.as_deref()?)))
}

impl Inputs {
    /// How the run ends if there is nothing to check. That everything is excluded by force is what
    /// was asked for.
    pub(in crate::command) fn nothing(&self, allow_empty: bool) -> Option<Exit> {
        let allowed = allow_empty || self.skipped.iter().any(|(_, skip)| *skip == Skip::Excluded);
        (self.files.is_empty() && self.errors.is_empty()).then_some(if allowed { Exit::Clean } else { Exit::Nothing })
    }

    /// Warnings about links that lead nowhere.
    pub(in crate::command) fn broken_links(&self) -> impl Iterator<Item = Problem> + '_ {
        let broken = self.skipped.iter().filter(|(_, skip)| *skip == Skip::BrokenLink);
        broken.map(|(path, _)| Problem::warning(format!("{}: broken symbolic link, not checked", path.display())))
    }

    pub(in crate::command) fn problems(&self) -> Vec<Problem> {
        self.errors.iter().filter_map(problem).collect()
    }

    /// What `--verbose` prints.
    pub(super) fn explain(&self, err: &mut dyn Write) -> io::Result<()> {
        for input in &self.files {
            let config = input.settings.config.as_ref().map(|path| path.display().to_string());
            let config = config.unwrap_or_else(|| "no configuration file".to_owned());
            let rules = input.settings.lint.rules.len();
            writeln!(err, "checking {} with {}: {rules} rules", visible(&input.name), visible(&config))?;
        }
        for (path, skip) in &self.skipped {
            let why = match skip {
                Skip::Excluded => "excluded",
                Skip::Binary => "not a text file",
                Skip::Template => "a template",
                Skip::NotDockerfile => "not a Dockerfile",
                Skip::BrokenLink => "a broken symbolic link",
                Skip::LinkOutside => "a symbolic link that leaves the directory",
            };
            writeln!(err, "skipping {}: {why}", visible(&path.display().to_string()))?;
        }
        Ok(())
    }
}
