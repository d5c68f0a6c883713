//! What base images set: variables and the working directory.

use super::bases::{self, Role};

/// Variables that images of bare operating systems set, beside `PATH`.
const OF_SYSTEMS: &[&str] = &["container", "DISTTAG", "FGC", "LANG", "LC_ALL"];

/// All that Docker's official images of languages set beside `PATH`, over the years; `*` at the end matches any rest. Sorted.
const OF_LANGUAGES: &[(&str, &[&str])] = &[
    ("buildpack-deps", &[]),
    ("eclipse-temurin", &["JAVA_HOME", "JAVA_TOOL_OPTIONS", "JAVA_VERSION", "LANG", "LANGUAGE", "LC_ALL", "MANPATH"]),
    ("golang", &["GOLANG_VERSION", "GOPATH", "GOTOOLCHAIN", "CGO_ENABLED"]),
    ("node", &["NODE_VERSION", "NPM_CONFIG_LOGLEVEL", "YARN_VERSION"]),
    ("python", &["LANG", "GPG_KEY", "PYTHON_*", "PYTHONIOENCODING", "SETUPTOOLS_*"]),
    ("ruby", &["LANG", "BUNDLE_*", "GEM_HOME", "RUBY_*", "RUBYGEMS_VERSION", "BUNDLER_VERSION"]),
    ("rust", &["CARGO_HOME", "RUST_VERSION", "RUSTUP_HOME"]),
];

/// Variables of a running shell: no image has them unless it says so.
const OF_SHELLS: &[&str] = &["HOME", "HOSTNAME", "LOGNAME", "PWD", "SHELL", "UID", "USER"];

/// Working directories of Docker's official images that are not `/`. Sorted.
const WORKDIRS: &[(&str, &str)] = &[
    ("drupal", "/opt/drupal"),
    ("ghost", "/var/lib/ghost"),
    ("golang", "/go"),
    ("gradle", "/home/gradle"),
    ("httpd", "/usr/local/apache2"),
    ("php", "/var/www/html"),
    ("tomcat", "/usr/local/tomcat"),
    ("wordpress", "/var/www/html"),
];

/// Images that start in `/`, beside those of bare operating systems. Sorted.
const IN_ROOT: &[&str] = &[
    "amazoncorretto", "eclipse-temurin", "gcc", "mariadb", "maven", "mongo", "mysql", "nginx", "node", "openjdk",
    "perl", "postgres", "python", "r-base", "ruby", "rust",
];

/// The role of a distribution's own image or one of Docker's official ones: others are made to somebody's liking, and
/// may set anything.
fn official(image: &str) -> Option<Role> {
    let name = super::canonical(image);
    bases::role(name).filter(|_| !name.contains('/') || name.starts_with("opensuse/"))
}

/// Whether the image surely does not set a variable of that name.
pub fn lacks(image: &str, variable: &str) -> bool {
    let name = super::canonical(image);
    if let Ok(at) = OF_LANGUAGES.binary_search_by_key(&name, |row| row.0) {
        let is = |known: &&str| match known.strip_suffix('*') {
            Some(start) => variable.starts_with(start),
            None => *known == variable,
        };
        return !OF_LANGUAGES[at].1.iter().any(is);
    }
    match official(image) {
        Some(Role::Os) => !OF_SYSTEMS.contains(&variable),
        Some(_) => OF_SHELLS.contains(&variable),
        None => false,
    }
}

/// Whether `name` is a variable of a running shell rather than of an image.
pub fn is_of_shell(name: &str) -> bool {
    OF_SHELLS.contains(&name)
}

/// The working directory that an image brings, where that is known.
pub fn workdir(image: &str) -> Option<&'static str> {
    let name = super::canonical(image);
    match WORKDIRS.binary_search_by_key(&name, |row| row.0) {
        Ok(at) => Some(WORKDIRS[at].1),
        Err(_) if official(image) == Some(Role::Os) || IN_ROOT.binary_search(&name).is_ok() => Some("/"),
        Err(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sorted_and_found() {
        assert!(WORKDIRS.is_sorted() && IN_ROOT.is_sorted() && OF_LANGUAGES.is_sorted());
        assert_eq!(workdir("debian"), Some("/"));
        assert_eq!(workdir("golang"), Some("/go"));
        assert_eq!(workdir("example/app"), None);
        assert!(lacks("alpine", "HOME") && lacks("alpine", "APP_DIR") && !lacks("alpine", "LANG"));
        assert!(!lacks("jupyter/base-notebook", "HOME") && workdir("biocontainers/biocontainers").is_none());
        assert!(lacks("node", "PORT") && lacks("python", "PYTHONPATH") && !lacks("ruby", "BUNDLE_PATH"));
        assert!(lacks("python", "HOME") && !lacks("python", "PYTHON_VERSION") && !lacks("example/app", "HOME"));
    }
}
