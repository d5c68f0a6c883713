//! What CI services call files: paths relative to the repository.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::report::Report;

/// Turns the names of files into paths relative to the repository.
pub(super) struct RepositoryNames {
    /// Without links.
    here: PathBuf,
    root: Option<PathBuf>,
    prefix: Option<String>,
}

impl RepositoryNames {
    /// `prefix` is put before every path.
    pub(super) fn new(prefix: Option<&str>) -> Self {
        let here = std::env::current_dir().and_then(|here| here.canonicalize()).unwrap_or_default();
        let root = root(&here, |name| std::env::var_os(name).map(PathBuf::from));
        let prefix = prefix.map(|prefix| prefix.trim_end_matches('/').to_owned()).filter(|prefix| !prefix.is_empty());
        Self { here, root, prefix }
    }

    pub(super) fn rename(&self, report: &Report) -> Report {
        let mut report = report.clone();
        for file in &mut report.files {
            let name = self.name(file.source.name());
            if name != file.source.name() {
                file.source = Arc::new(file.source.renamed(name));
            }
        }
        report
    }

    /// A file outside of the repository keeps its name.
    fn name(&self, name: &str) -> String {
        if name == "-" {
            return name.to_owned();
        }
        let path = self.here.join(name);
        let path = match (path.parent().and_then(|parent| parent.canonicalize().ok()), path.file_name()) {
            (Some(parent), Some(file)) => parent.join(file),
            _ => path,
        };
        let inside = self.root.as_ref().and_then(|root| path.strip_prefix(root).ok());
        let name = inside.map_or_else(|| name.to_owned(), |inside| inside.display().to_string());
        match &self.prefix {
            Some(prefix) if Path::new(&name).is_relative() => {
                format!("{prefix}/{}", name.strip_prefix("./").unwrap_or(&name))
            }
            _ => name,
        }
    }
}

/// The checkout that a CI service names, if the working directory is in it; else the nearest directory with `.git`.
fn root(here: &Path, variable: impl Fn(&str) -> Option<PathBuf>) -> Option<PathBuf> {
    let named = ["GITHUB_WORKSPACE", "CI_PROJECT_DIR"].into_iter().filter_map(variable);
    let mut named = named.filter_map(|path| path.canonicalize().ok());
    let git = || here.ancestors().find(|directory| directory.join(".git").exists()).map(Path::to_path_buf);
    named.find(|path| here.starts_with(path)).or_else(git)
}
