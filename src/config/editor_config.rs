//! How `.editorconfig` files say that a file is formatted.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use ec4rs::{ConfigParser, Properties, PropertiesSource, Section};

use super::find::read_file;
use crate::format::{FormatSettings, IndentStyle};

/// The name of these files.
const FILE_NAME: &str = ".editorconfig";

/// The `.editorconfig` files of a tree, each read once.
#[derive(Default)]
pub struct EditorConfigs {
    /// What applies to the files of a directory.
    directories: Mutex<HashMap<PathBuf, Option<Arc<EditorConfig>>>>,
}

/// One file, and those above it.
struct EditorConfig {
    directory: PathBuf,
    sections: Vec<Section>,
    /// The next one above, if this is not the root.
    above: Option<Arc<EditorConfig>>,
}

impl EditorConfigs {
    /// What the files above `path` say; nothing where none can be read.
    pub fn settings(&self, path: &Path) -> FormatSettings {
        use ec4rs::property::{IndentSize, IndentStyle as Style, MaxLineLen};
        let Ok(path) = std::path::absolute(path) else { return FormatSettings::default() };
        let Some(config) = path.parent().and_then(|directory| self.of_directory(directory)) else {
            return FormatSettings::default();
        };
        let properties = config.properties(&path);
        let indent_style = properties.get::<Style>().ok().map(|style| match style {
            Style::Tabs => IndentStyle::Tab,
            Style::Spaces => IndentStyle::Space,
        });
        let indent_width = properties.get::<IndentSize>().ok().and_then(|size| match size {
            IndentSize::Value(width) => u8::try_from(width).ok(),
            IndentSize::UseTabWidth => None,
        });
        let line_length = properties.get::<MaxLineLen>().ok().and_then(|length| match length {
            MaxLineLen::Value(length) => u16::try_from(length).ok(),
            MaxLineLen::Off => Some(u16::MAX),
        });
        FormatSettings { indent_style, indent_width, line_length, ..FormatSettings::default() }
    }

    fn of_directory(&self, directory: &Path) -> Option<Arc<EditorConfig>> {
        let known = |directory: &Path| {
            self.directories.lock().unwrap_or_else(PoisonError::into_inner).get(directory).cloned()
        };
        // From the nearest directory that is known down to this one.
        let mut found = None;
        let mut unknown = Vec::new();
        for above in directory.ancestors() {
            if let Some(config) = known(above) {
                found = config;
                break;
            }
            unknown.push(above);
        }
        for below in unknown.into_iter().rev() {
            found = EditorConfig::read(below, found.as_ref()).map(Arc::new).or(found);
            let mut directories = self.directories.lock().unwrap_or_else(PoisonError::into_inner);
            directories.insert(below.to_path_buf(), found.clone());
        }
        found
    }
}

impl EditorConfig {
    /// Reads the file of a directory up to its first line that is malformed. `None` if there is none.
    fn read(directory: &Path, above: Option<&Arc<Self>>) -> Option<Self> {
        let source = read_file(&directory.join(FILE_NAME)).ok()?;
        let mut parser = ConfigParser::new(source.bytes()).ok()?;
        let above = above.filter(|_| !parser.is_root).cloned();
        let sections = std::iter::from_fn(|| parser.read_section().ok()).collect();
        Some(Self { directory: directory.to_path_buf(), sections, above })
    }

    fn properties(&self, path: &Path) -> Properties {
        let mut properties = self.above.as_ref().map(|above| above.properties(path)).unwrap_or_default();
        let name = path.strip_prefix(&self.directory).unwrap_or(path);
        for section in &self.sections {
            // Cannot fail.
            _ = section.apply_to(&mut properties, name);
        }
        properties
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(files: &[(&str, &str)]) -> tempfile::TempDir {
        let tree = tempfile::tempdir().expect("a directory");
        for (name, text) in files {
            let path = tree.path().join(name);
            std::fs::create_dir_all(path.parent().expect("it is below")).expect("it is made");
            std::fs::write(path, text).expect("it is written");
        }
        tree
    }

    #[test]
    fn nearer_files_count_more() {
        let tree = tree(&[
            (".editorconfig", "root = true\n[*]\nindent_style = tab\nmax_line_length = 60\n"),
            ("a/.editorconfig", "[Dockerfile]\nindent_style = space\nindent_size = 2\n"),
            ("b/.editorconfig", "root = true\n"),
        ]);
        let configs = EditorConfigs::default();
        let settings = |name: &str| configs.settings(&tree.path().join(name));
        for _ in 0..2 {
            let own = settings("a/Dockerfile");
            assert_eq!((own.indent_style, own.indent_width, own.line_length), (Some(IndentStyle::Space), Some(2), Some(60)));
            assert_eq!(settings("a/other").indent_style, Some(IndentStyle::Tab));
            assert_eq!(settings("a/deep/down/Dockerfile").indent_width, Some(2));
            assert_eq!(settings("b/Dockerfile"), FormatSettings::default());
            assert_eq!(settings("Dockerfile").line_length, Some(60));
        }
    }

    /// Opening a pipe waits for a writer.
    #[cfg(unix)]
    #[test]
    fn only_regular_files_are_read() {
        let tree = tree(&[("a/Dockerfile", "")]);
        std::os::unix::fs::symlink("/dev/zero", tree.path().join("a/.editorconfig")).expect("it is linked");
        let settings = EditorConfigs::default().settings(&tree.path().join("a/Dockerfile"));
        assert_eq!(settings, FormatSettings::default());
    }
}
