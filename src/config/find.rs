//! Which configuration applies to a file. Every configuration file is read once per run.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{Config, FILE_NAMES, Overrides, Settings};
use crate::config::{host_file, import_hadolint, reader};
use crate::discover::RealPaths;
use crate::finding::Entry;
use crate::text::Problem;
use crate::text::{Source, Span};

/// The largest configuration file that is read, in bytes.
const MAX_LEN: u64 = 1 << 20;
/// How many files may extend each other.
const MAX_EXTEND: usize = 16;

/// Where configuration comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lookup {
    /// The nearest file above what is checked.
    Nearest,
    /// This file, for all that is checked; its globs are relative to the working directory.
    File(PathBuf),
    /// Nowhere.
    Isolated,
}

/// The configurations of one run.
pub struct Configs {
    lookup: Lookup,
    /// Settings from the command line.
    pub overrides: Overrides,
    rules: &'static [Entry],
    /// By directory, without links.
    directories: HashMap<PathBuf, Arc<Config>>,
    /// By file.
    files: HashMap<PathBuf, Arc<Config>>,
    /// By configuration (its address, valid as long as it is in `directories`) and the tables for some files that match.
    settings: HashMap<(*const Config, Vec<usize>), Arc<Settings>>,
    /// For files without a configuration.
    none: Arc<Config>,
    real: RealPaths,
    /// Mistakes in them.
    pub problems: Vec<Problem>,
}

impl Configs {
    pub fn new(lookup: Lookup, overrides: Overrides, rules: &'static [Entry]) -> Self {
        let (directories, files, settings, none, real) = Default::default();
        Self { lookup, overrides, rules, directories, files, settings, none, real, problems: Vec::new() }
    }

    /// The files that have been read, but for those that they extend.
    pub fn paths(&self) -> impl Iterator<Item = PathBuf> + '_ {
        self.files.keys().cloned()
    }

    /// Whether the run can go on.
    #[cfg(test)]
    pub fn is_sound(&self) -> bool {
        !self.problems.iter().any(|problem| problem.fatal)
    }

    /// The path with links in its directory resolved, as far as that exists.
    fn real(&mut self, path: &Path) -> PathBuf {
        self.real.beside(path).unwrap_or_else(|_| std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf()))
    }

    /// The settings of a file. It need not exist: text from standard input may be given any name.
    pub fn settings(&mut self, path: &Path) -> Arc<Settings> {
        let path = self.real(path);
        let config = self.of_file(&path);
        let ignores = config.matching(&path);
        let key = (Arc::as_ptr(&config), ignores);
        let new = || Arc::new(config.settings(&self.overrides, &key.1, self.rules));
        Arc::clone(self.settings.entry(key.clone()).or_insert_with(new))
    }

    /// The configuration that applies to a file.
    pub fn of_file(&mut self, path: &Path) -> Arc<Config> {
        let path = self.real(path);
        self.of_directory(path.parent().unwrap_or(Path::new(".")))
    }

    /// The configuration that applies to the files of a directory.
    pub fn of_directory(&mut self, directory: &Path) -> Arc<Config> {
        let directory = match self.lookup {
            Lookup::Nearest => directory.canonicalize().unwrap_or_else(|_| directory.to_path_buf()),
            Lookup::File(_) | Lookup::Isolated => PathBuf::new(),
        };
        if let Some(config) = self.directories.get(&directory) {
            return Arc::clone(config);
        }
        let config = match self.lookup.clone() {
            Lookup::Isolated => Arc::clone(&self.none),
            Lookup::File(path) => self.load(&path, Path::new(".")),
            // hadolint's applies only if there is none of ours, however far up.
            Lookup::Nearest => {
                let ours = nearest(&directory, &|directory| {
                    own_file(directory, &FILE_NAMES).or_else(|| host_file::find(directory))
                });
                let theirs = || nearest(&directory, &|directory| own_file(directory, &import_hadolint::FILE_NAMES));
                match ours.or_else(theirs) {
                    Some(path) => self.load(&path, path.parent().unwrap_or(&directory)),
                    None => Arc::clone(&self.none),
                }
            }
        };
        self.directories.insert(directory, Arc::clone(&config));
        config
    }

    fn load(&mut self, path: &Path, root: &Path) -> Arc<Config> {
        if let Some(config) = self.files.get(path) {
            return Arc::clone(config);
        }
        let config = match read_file(path) {
            Ok(source) => {
                let real = self.real(path);
                Arc::new(self.read(&source, path, root, &mut vec![real]))
            }
            Err(error) => {
                let problem = Problem::error(format!("cannot read the configuration `{}`: {error}", shown(path)));
                self.problems.push(problem);
                Arc::default()
            }
        };
        self.files.insert(path.to_path_buf(), Arc::clone(&config));
        config
    }

    /// `chain` are the files that led here, this one included.
    fn read(&mut self, source: &Arc<Source>, path: &Path, root: &Path, chain: &mut Vec<PathBuf>) -> Config {
        let is_hadolint =
            path.file_name().is_some_and(|name| import_hadolint::FILE_NAMES.iter().any(|own| name == *own));
        let is_package = path.file_name().is_some_and(|name| name == host_file::PACKAGE);
        let (mut config, extend, problems) = match (is_hadolint, is_package) {
            (true, _) => self.read_hadolint(source, root),
            (_, true) => self.read_package(source, root),
            _ => reader::read(source, root, self.rules, self.overrides.preview),
        };
        self.problems.extend(problems);
        config.path = Some(PathBuf::from(source.name()));
        let Some((extend, span)) = extend else { return config };
        match self.base(path, &extend, chain) {
            Ok(base) => config.merge(base),
            Err(message) => {
                self.fail(message, source, span);
                config
            }
        }
    }

    /// The key `plimsoll` of package.json.
    fn read_package(&self, source: &Arc<Source>, root: &Path) -> (Config, Option<(String, Span)>, Vec<Problem>) {
        let table = match host_file::of_package(source) {
            Ok(table) => table.unwrap_or_default(),
            Err(error) => {
                let problem = Problem::error(format!("cannot read `{}`: {error}", source.name()));
                return (Config::default(), None, vec![problem]);
            }
        };
        let text = Arc::new(Source::new(source.name(), table.to_string()));
        let (config, extend, problems) = reader::read(&text, root, self.rules, self.overrides.preview);
        // Places in the converted text would mean nothing to the user.
        let problems = problems.into_iter().map(|it| Problem {
            message: format!("`plimsoll` in {}: {}", source.name(), it.message),
            place: None,
            ..it
        });
        (config, extend.map(|(path, _)| (path, Span::default())), problems.collect())
    }

    fn read_hadolint(&self, source: &Arc<Source>, root: &Path) -> (Config, Option<(String, Span)>, Vec<Problem>) {
        let (table, mut problems) = import_hadolint::convert(source, self.rules);
        let text = Arc::new(Source::new(source.name(), table.to_string()));
        let (config, extend, more) = reader::read(&text, root, self.rules, self.overrides.preview);
        // Places in the converted text would mean nothing to the user.
        problems.extend(more.into_iter().filter(|problem| problem.fatal).map(|it| Problem { place: None, ..it }));
        (config, extend, problems)
    }

    /// The configuration that `path` extends.
    fn base(&mut self, path: &Path, extend: &str, chain: &mut Vec<PathBuf>) -> Result<Config, String> {
        let directory = path.parent().unwrap_or(Path::new(""));
        let path = self.real(&directory.join(extend));
        if chain.contains(&path) {
            return Err(format!("`{extend}` extends this file in turn"));
        }
        if chain.len() >= MAX_EXTEND {
            return Err(format!("more than {MAX_EXTEND} files extend each other"));
        }
        let source = read_file(&path).map_err(|error| format!("cannot read `{extend}`: {error}"))?;
        chain.push(path.clone());
        let root = path.parent().unwrap_or(Path::new("/"));
        Ok(self.read(&source, &path, root, chain))
    }

    fn fail(&mut self, message: String, source: &Arc<Source>, span: Span) {
        self.problems.push(Problem::error(message).at(source, span));
    }
}

/// The file that `of` finds in the nearest directory.
fn nearest(directory: &Path, of: &dyn Fn(&Path) -> Option<PathBuf>) -> Option<PathBuf> {
    directory.ancestors().find_map(of)
}

/// The file of one of these names in a directory.
fn own_file(directory: &Path, names: &[&str]) -> Option<PathBuf> {
    names.iter().map(|name| directory.join(name)).find(|path| path.is_file())
}

/// A path as it is shown: relative to the working directory if it is below.
pub(crate) fn shown(path: &Path) -> String {
    let here = std::env::current_dir().and_then(|here| here.canonicalize()).unwrap_or_default();
    path.strip_prefix(&here).unwrap_or(path).display().to_string()
}

pub(crate) fn read_file(path: &Path) -> io::Result<Arc<Source>> {
    if !fs::metadata(path)?.is_file() {
        return Err(io::Error::other("not a regular file"));
    }
    let mut bytes = Vec::new();
    File::open(path)?.take(MAX_LEN + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_LEN {
        return Err(io::Error::other("larger than 1 MiB"));
    }
    Ok(Arc::new(Source::new(shown(path), bytes)))
}
