//! What a project's own files say: languages, the versions they ask for, what is installed and how.
//!
//! A file that is malformed says nothing: it is other tools' business to complain of it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value as Json;

use super::Context;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Language {
    DotNet,
    Go,
    /// And what else runs on its machine.
    Java,
    /// JavaScript and TypeScript outside of the browser.
    Node,
    Php,
    Python,
    Ruby,
    Rust,
}

/// A file asks for a version of a language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    pub language: Language,
    /// As written, quotes removed: `>=20`, `3.12.1`, `net8.0`, `lts/*`.
    pub wanted: String,
    /// The file, relative to the context.
    pub file: String,
    /// From 1.
    pub line: usize,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dependency {
    /// As written; for Python in lower case.
    pub name: String,
    /// What of it is wanted: `^4.18`, `==2.3.1`; empty when nothing is said.
    pub wanted: String,
    /// For development only.
    pub dev: bool,
}

/// What package.json says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Node {
    pub name: Option<String>,
    pub dependencies: Vec<Dependency>,
    /// Name and command.
    pub scripts: BTreeMap<String, String>,
    pub lock: Option<NodeLock>,
    /// The `packageManager` field: `pnpm@9.1.0`.
    pub package_manager: Option<String>,
}

/// The lock file beside package.json, and so the package manager in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NodeLock {
    Bun,
    Npm,
    Pnpm,
    Yarn,
}

/// What requirements.txt, pyproject.toml and Pipfile say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Python {
    pub dependencies: Vec<Dependency>,
    /// The name of the lock file: `uv.lock`, `poetry.lock`, ….
    pub lock: Option<String>,
}

/// What the files of one directory say about the project.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Project {
    /// Languages that a manifest is there for.
    pub languages: BTreeSet<Language>,
    /// Every version asked for, most telling file of a language first.
    pub versions: Vec<Version>,
    pub node: Option<Node>,
    pub python: Option<Python>,
    /// Manifests and lock files found, relative to the context.
    pub files: Vec<String>,
}

impl Project {
    /// The first version asked for of a language.
    pub fn version(&self, language: Language) -> Option<&Version> {
        self.versions.iter().find(|version| version.language == language)
    }

    /// Reads the files of `directory`, the empty string for the root.
    pub(super) fn read(context: &Context, folder: &str) -> Self {
        let mut reader = Reader { context, folder, project: Project::default() };
        reader.node();
        reader.python();
        reader.go();
        reader.java();
        reader.rust();
        reader.ruby();
        reader.php();
        reader.dotnet();
        reader.tool_versions();
        reader.project
    }
}

struct Reader<'a> {
    context: &'a Context,
    folder: &'a str,
    project: Project,
}

/// A file that was read.
struct Manifest {
    path: String,
    text: String,
}

impl Manifest {
    /// The line (from 1) of the last of `needles`, each searched for after the one before; 1 if one is missing.
    fn line_of(&self, needles: &[&str]) -> usize {
        let mut at = 0;
        let mut start = 0;
        for needle in needles {
            let Some(found) = self.text[at..].find(needle) else { return 1 };
            start = at + found;
            at = start + needle.len();
        }
        self.line_at(start)
    }

    fn line_at(&self, at: usize) -> usize {
        self.text[..at].matches('\n').count() + 1
    }
}

impl Reader<'_> {
    fn path(&self, name: &str) -> String {
        if self.folder.is_empty() { name.to_owned() } else { format!("{}/{name}", self.folder) }
    }

    /// Whether the file is there; if so it is remembered.
    fn has(&mut self, name: &str) -> bool {
        let path = self.path(name);
        let there = self.context.exists(&path) && !self.context.is_dir(&path);
        if there && !self.project.files.contains(&path) {
            self.project.files.push(path);
        }
        there
    }

    fn read(&mut self, name: &str) -> Option<Manifest> {
        if !self.has(name) {
            return None;
        }
        let path = self.path(name);
        let text = self.context.read(&path)?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text).to_owned();
        Some(Manifest { path, text })
    }

    /// The first of the files that is there.
    fn first<T: Copy>(&mut self, names: &[(&str, T)]) -> Option<T> {
        names.iter().find(|(name, _)| self.has(name)).map(|(_, what)| *what)
    }

    fn wants(&mut self, language: Language, wanted: &str, manifest: &Manifest, line: usize) {
        let wanted = wanted.trim();
        if !wanted.is_empty() && wanted.len() <= 200 {
            let file = manifest.path.clone();
            self.project.versions.push(Version { language, wanted: wanted.to_owned(), file, line });
        }
    }

    /// A file whose one line is a version, such as `.nvmrc`.
    fn version_file(&mut self, name: &str, language: Language, prefix: &str) {
        if let Some(manifest) = self.read(name) {
            let lines = manifest.text.lines().map(str::trim).enumerate();
            if let Some((index, line)) = lines.into_iter().find(|(_, line)| !line.is_empty() && !line.starts_with('#'))
            {
                self.wants(language, line.strip_prefix(prefix).unwrap_or(line), &manifest, index + 1);
            }
        }
    }

    /// Every place that `pattern` finds, its first group being the version.
    fn scan(&mut self, manifest: &Manifest, language: Language, pattern: &Regex) {
        for captures in pattern.captures_iter(&manifest.text).take(8) {
            if let Some(group) = captures.iter().skip(1).flatten().next() {
                self.wants(language, group.as_str(), manifest, manifest.line_at(group.start()));
            }
        }
    }

    fn node(&mut self) {
        self.version_file(".nvmrc", Language::Node, "v");
        self.version_file(".node-version", Language::Node, "v");
        let Some(manifest) = self.read("package.json") else { return };
        self.project.languages.insert(Language::Node);
        let lock = self.first(&[
            ("package-lock.json", NodeLock::Npm),
            ("npm-shrinkwrap.json", NodeLock::Npm),
            ("pnpm-lock.yaml", NodeLock::Pnpm),
            ("yarn.lock", NodeLock::Yarn),
            ("bun.lock", NodeLock::Bun),
            ("bun.lockb", NodeLock::Bun),
        ]);
        let mut node = Node { lock, ..Node::default() };
        if let Ok(json) = serde_json::from_str::<Json>(&manifest.text) {
            if let Some(wanted) = json["engines"]["node"].as_str() {
                self.wants(Language::Node, wanted, &manifest, manifest.line_of(&["\"engines\"", "\"node\""]));
            }
            node.name = json["name"].as_str().map(str::to_owned);
            node.package_manager = json["packageManager"].as_str().map(str::to_owned);
            node.scripts = strings(&json["scripts"]).collect();
            for (key, dev) in [("dependencies", false), ("optionalDependencies", false), ("devDependencies", true)] {
                let wanted = strings(&json[key]).map(|(name, wanted)| Dependency { name, wanted, dev });
                node.dependencies.extend(wanted);
            }
        }
        self.project.node = Some(node);
    }

    fn python(&mut self) {
        self.version_file(".python-version", Language::Python, "python-");
        self.version_file("runtime.txt", Language::Python, "python-");
        let mut python = Python::default();
        let mut found = ["setup.py", "setup.cfg"].map(|name| self.has(name)).contains(&true);
        if let Some(manifest) = self.read("requirements.txt") {
            found = true;
            python.dependencies.extend(manifest.text.lines().filter_map(|line| requirement(line, false)));
        }
        if let Some(manifest) = self.read("pyproject.toml") {
            found = true;
            self.pyproject(&manifest, &mut python);
        }
        if let Some(manifest) = self.read("Pipfile") {
            found = true;
            if let Ok(toml) = manifest.text.parse::<toml::Table>() {
                for key in ["python_version", "python_full_version"] {
                    if let Some(wanted) = toml.get("requires").and_then(|table| table.get(key)?.as_str()) {
                        self.wants(Language::Python, wanted, &manifest, manifest.line_of(&["[requires]", key]));
                    }
                }
                python.dependencies.extend(toml_dependencies(toml.get("packages"), false));
                python.dependencies.extend(toml_dependencies(toml.get("dev-packages"), true));
            }
        }
        let locks = ["uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock"].map(|name| (name, name));
        python.lock = self.first(&locks).map(str::to_owned);
        if found {
            self.project.languages.insert(Language::Python);
            self.project.python = Some(python);
        }
    }

    fn pyproject(&mut self, manifest: &Manifest, python: &mut Python) {
        let Ok(toml) = manifest.text.parse::<toml::Table>() else { return };
        if let Some(project) = toml.get("project") {
            if let Some(wanted) = project.get("requires-python").and_then(toml::Value::as_str) {
                self.wants(Language::Python, wanted, manifest, manifest.line_of(&["[project]", "requires-python"]));
            }
            let lines = project.get("dependencies").and_then(toml::Value::as_array).into_iter().flatten();
            python.dependencies.extend(lines.filter_map(|line| requirement(line.as_str()?, false)));
        }
        let groups = toml.get("dependency-groups").and_then(toml::Value::as_table).into_iter().flatten();
        let lines = groups.filter_map(|(_, group)| group.as_array()).flatten();
        python.dependencies.extend(lines.filter_map(|line| requirement(line.as_str()?, true)));
        if let Some(poetry) = toml.get("tool").and_then(|tool| tool.get("poetry")) {
            let all = toml_dependencies(poetry.get("dependencies"), false);
            for dependency in all {
                if dependency.name == "python" {
                    let line = manifest.line_of(&["[tool.poetry.dependencies]", "python"]);
                    self.wants(Language::Python, &dependency.wanted, manifest, line);
                } else {
                    python.dependencies.push(dependency);
                }
            }
            let dev = poetry.get("group").and_then(|group| group.get("dev")?.get("dependencies"));
            python.dependencies.extend(toml_dependencies(dev.or(poetry.get("dev-dependencies")), true));
        }
    }

    fn go(&mut self) {
        static GO: LazyLock<Regex> = LazyLock::new(|| regex(r"(?m)^\s*go\s+([0-9][\w.]*)"));
        if let Some(manifest) = self.read("go.mod") {
            self.project.languages.insert(Language::Go);
            self.has("go.sum");
            self.scan(&manifest, Language::Go, &GO);
        }
    }

    fn java(&mut self) {
        static POM: LazyLock<Regex> = LazyLock::new(|| {
            regex(r"<(?:maven\.compiler\.release|java\.version|maven\.compiler\.target|release)>\s*([0-9][0-9.]*)\s*</")
        });
        static GRADLE: LazyLock<Regex> = LazyLock::new(|| {
            regex(
                r#"JavaLanguageVersion\.of\(\s*([0-9]+)|jvmToolchain\(\s*([0-9]+)|(?:source|target)Compatibility\s*=?\s*(?:JavaVersion\.VERSION_|['"])?([0-9][0-9._]*)"#,
            )
        });
        for (name, pattern) in [("pom.xml", &POM), ("build.gradle", &GRADLE), ("build.gradle.kts", &GRADLE)] {
            if let Some(manifest) = self.read(name) {
                self.project.languages.insert(Language::Java);
                self.scan(&manifest, Language::Java, pattern);
            }
        }
    }

    fn rust(&mut self) {
        static CHANNEL: LazyLock<Regex> = LazyLock::new(|| regex(r#"(?m)^\s*channel\s*=\s*["']([^"']+)"#));
        if let Some(manifest) = self.read("rust-toolchain.toml") {
            self.scan(&manifest, Language::Rust, &CHANNEL);
        }
        if let Some(manifest) = self.read("Cargo.toml") {
            self.project.languages.insert(Language::Rust);
            self.has("Cargo.lock");
            let toml = manifest.text.parse::<toml::Table>().unwrap_or_default();
            let package = toml.get("package").or_else(|| toml.get("workspace")?.get("package"));
            if let Some(wanted) = package.and_then(|package| package.get("rust-version")?.as_str()) {
                self.wants(Language::Rust, wanted, &manifest, manifest.line_of(&["rust-version"]));
            }
        }
    }

    fn ruby(&mut self) {
        static RUBY: LazyLock<Regex> = LazyLock::new(|| regex(r#"(?m)^\s*ruby\s*\(?\s*["']([^"']+)"#));
        self.version_file(".ruby-version", Language::Ruby, "ruby-");
        if let Some(manifest) = self.read("Gemfile") {
            self.project.languages.insert(Language::Ruby);
            self.has("Gemfile.lock");
            self.scan(&manifest, Language::Ruby, &RUBY);
        }
    }

    fn php(&mut self) {
        if let Some(manifest) = self.read("composer.json") {
            self.project.languages.insert(Language::Php);
            self.has("composer.lock");
            let json = serde_json::from_str::<Json>(&manifest.text).unwrap_or_default();
            if let Some(wanted) = json["require"]["php"].as_str() {
                self.wants(Language::Php, wanted, &manifest, manifest.line_of(&["\"require\"", "\"php\""]));
            }
        }
    }

    fn dotnet(&mut self) {
        static FRAMEWORK: LazyLock<Regex> =
            LazyLock::new(|| regex(r"<TargetFrameworks?>\s*([A-Za-z0-9.;\-]+)\s*</TargetFramework"));
        if let Some(manifest) = self.read("global.json") {
            let json = serde_json::from_str::<Json>(&manifest.text).unwrap_or_default();
            if let Some(wanted) = json["sdk"]["version"].as_str() {
                self.wants(Language::DotNet, wanted, &manifest, manifest.line_of(&["\"sdk\"", "\"version\""]));
            }
        }
        let start = if self.folder.is_empty() { 0 } else { self.folder.len() + 1 };
        let folder = self.folder.replace(['*', '?', '[', '\\'], "?");
        let join = |name: &str| if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
        for pattern in ["*.csproj", "*.fsproj", "*/*.csproj", "*/*.fsproj"] {
            for path in self.context.glob(&join(pattern)).into_iter().take(20) {
                let Some(manifest) = path.get(start..).and_then(|name| self.read(name)) else { continue };
                self.project.languages.insert(Language::DotNet);
                self.scan(&manifest, Language::DotNet, &FRAMEWORK);
            }
        }
    }

    /// The file of asdf and mise.
    fn tool_versions(&mut self) {
        let Some(manifest) = self.read(".tool-versions") else { return };
        for (index, line) in manifest.text.lines().enumerate() {
            let mut words = line.split_whitespace();
            let language = match words.next() {
                Some("nodejs" | "node") => Language::Node,
                Some("python") => Language::Python,
                Some("golang" | "go") => Language::Go,
                Some("java") => Language::Java,
                Some("ruby") => Language::Ruby,
                Some("rust") => Language::Rust,
                Some("php") => Language::Php,
                Some("dotnet" | "dotnet-core") => Language::DotNet,
                _ => continue,
            };
            if let Some(wanted) = words.next() {
                self.wants(language, wanted, &manifest, index + 1);
            }
        }
    }
}

fn regex(pattern: &str) -> Regex {
    Regex::new(pattern).expect("a constant pattern")
}

/// The members of a JSON object that are strings.
fn strings(object: &Json) -> impl Iterator<Item = (String, String)> {
    let members = object.as_object().into_iter().flatten();
    members.filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())))
}

/// A line of requirements.txt, or a string of `dependencies`: `Name[extra]>=1.0 ; marker  # why`.
fn requirement(line: &str, dev: bool) -> Option<Dependency> {
    let line = line.split(" #").next().unwrap_or_default().split(';').next().unwrap_or_default().trim();
    if !line.starts_with(|char: char| char.is_ascii_alphanumeric()) || line.contains("://") && !line.contains('@') {
        return None;
    }
    let end = line.find(|char: char| !(char.is_ascii_alphanumeric() || "-_.".contains(char))).unwrap_or(line.len());
    let (name, rest) = line.split_at(end);
    let rest = rest.trim_start();
    let rest = if rest.starts_with('[') { rest.split_once(']').map_or("", |(_, rest)| rest) } else { rest };
    Some(Dependency { name: name.to_ascii_lowercase(), wanted: rest.trim().to_owned(), dev })
}

/// A TOML table of names and versions, as Poetry and Pipenv have it.
fn toml_dependencies(table: Option<&toml::Value>, dev: bool) -> Vec<Dependency> {
    let members = table.and_then(toml::Value::as_table).into_iter().flatten();
    members
        .map(|(name, value)| {
            let wanted = value.as_str().or_else(|| value.get("version")?.as_str()).unwrap_or_default().to_owned();
            Dependency { name: name.to_ascii_lowercase(), wanted, dev }
        })
        .collect()
}
