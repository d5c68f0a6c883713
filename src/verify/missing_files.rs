//! Files that the program used in the image before its fixes, and that the image after does not have.
//!
//! There are two sources: files that the original process had open, and files that the new one reports missing. Neither
//! is complete: a file that was read and closed is noticed only if the program complains about its absence.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;

use crate::engine::Facts;

/// The most paths that are looked for in an image.
pub(super) const MAX_PATHS: usize = 24;

/// Paths that a program reports missing. A name that is not a path stands for where it would be: a program in PATH, a
/// library in the usual directories, anything else in the working directory.
pub(super) fn reported(text: &str, facts: &Facts) -> Vec<String> {
    static WORDS: LazyLock<Vec<Regex>> = LazyLock::new(|| {
        let patterns = [
            // Python, Node.js, and what else quotes the name
            r#"[Nn]o such file or directory[:,][^'"\n]{0,20}['"]([^'"\n]{1,300})['"]"#,
            r"can't open file '([^'\n]{1,300})'",
            r"Cannot find module '([^'\n]{1,300})'",
            r"Unable to access jarfile (\S{1,300})",
            r"(?:stat|open|exec|chdir|lstat|readlink|unlink|fork/exec) ([^\s:]{1,300}): no such file or directory",
            r"error while loading shared libraries: ([^\s:]{1,300}): cannot open shared object file",
            r#"exec: "([^"\n]{1,300})": (?:executable file not found|stat)"#,
            r"(?m)^(?:/bin/)?(?:\w*sh): (?:\d+: |line \d+: )?(?:exec: )?([^\s:]{1,300}): (?:not found|command not found|No such file or directory)",
            r"(?m)(?:^|[\s'`])([^\s:'`]{1,300})'?: No such file or directory",
            r"(?m)Could not find or load main class ([A-Za-z0-9_.$]{1,300})",
        ];
        patterns.iter().map(|pattern| Regex::new(pattern).expect("the pattern is constant")).collect()
    });
    let mut found = Vec::new();
    for word in WORDS.iter() {
        for name in word.captures_iter(text).take(MAX_PATHS).filter_map(|captures| captures.get(1)) {
            let is_class = word.as_str().contains("main class");
            let name =
                if is_class { format!("{}.class", name.as_str().replace('.', "/")) } else { name.as_str().to_owned() };
            for path in places(&name, facts) {
                if !found.contains(&path) && found.len() < MAX_PATHS {
                    found.push(path);
                }
            }
        }
    }
    found
}

/// Where a file with this name would be.
fn places(name: &str, facts: &Facts) -> Vec<String> {
    if name.starts_with('/') {
        return vec![name.to_owned()];
    }
    let directory = facts.workdir.trim_end_matches('/');
    let own = format!("{directory}/{}", name.trim_start_matches("./"));
    if name.contains('/') {
        return vec![own];
    }
    if name.contains(".so") {
        let machine = if std::env::consts::ARCH == "aarch64" { "aarch64-linux-gnu" } else { "x86_64-linux-gnu" };
        let directories = ["/lib", "/usr/lib", "/usr/local/lib", "/lib64", "/usr/lib64"].map(str::to_owned);
        let directories = directories.into_iter().chain([format!("/lib/{machine}"), format!("/usr/lib/{machine}")]);
        return directories.map(|directory| format!("{directory}/{name}")).collect();
    }
    let path = facts.env.iter().find_map(|pair| pair.strip_prefix("PATH=")).unwrap_or("/usr/local/bin:/usr/bin:/bin");
    let programs =
        path.split(':').filter(|directory| directory.starts_with('/')).map(|directory| format!("{directory}/{name}"));
    std::iter::once(own).chain(programs.take(12)).collect()
}

/// Files that were open in the old image, and in the new one neither there nor elsewhere.
pub(super) fn only_before(old: &BTreeSet<String>, new: &BTreeSet<String>) -> Vec<String> {
    let name = |path: &String| path.rsplit('/').next().unwrap_or_default().to_owned();
    let names: BTreeSet<String> = new.iter().map(name).collect();
    old.difference(new).filter(|path| !names.contains(&name(path))).take(MAX_PATHS).cloned().collect()
}

/// The same path in the old image, where the working directory may have been different.
pub(super) fn as_it_was(path: &str, old: &Facts, new: &Facts) -> String {
    let directory = new.workdir.trim_end_matches('/');
    match path.strip_prefix(directory) {
        Some(rest) if !directory.is_empty() && rest.starts_with('/') => {
            format!("{}{rest}", old.workdir.trim_end_matches('/'))
        }
        _ => path.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        let env = vec!["PATH=/usr/bin:/bin".to_owned()];
        reported(text, &Facts { workdir: "/app".to_owned(), env, ..Facts::default() })
    }

    #[test]
    fn words_of_programs() {
        for (text, path) in [
            ("FileNotFoundError: [Errno 2] No such file or directory: '/srv/data.csv'", "/srv/data.csv"),
            ("python: can't open file '/app/run.py': [Errno 2] No such file or directory", "/app/run.py"),
            ("Error: ENOENT: no such file or directory, open 'views/a.html'", "/app/views/a.html"),
            ("Error: Cannot find module '/app/index.js'", "/app/index.js"),
            ("Error: Unable to access jarfile app.jar", "/app/app.jar"),
            ("panic: open /etc/app.toml: no such file or directory", "/etc/app.toml"),
            ("Error: Could not find or load main class org.example.Hello", "/app/org/example/Hello.class"),
            ("cat: /data/x: No such file or directory", "/data/x"),
            ("ls: cannot access '/data/x': No such file or directory", "/data/x"),
        ] {
            assert!(found(text).contains(&path.to_owned()), "{text}: {:?}", found(text));
        }
        let missing =
            found("./hello: error while loading shared libraries: libstdc++.so.6: cannot open shared object file");
        assert!(missing.contains(&"/usr/lib/libstdc++.so.6".to_owned()), "{missing:?}");
        assert!(found("sh: 1: node: not found").contains(&"/usr/bin/node".to_owned()));
        assert!(found("/bin/sh: curl: not found").contains(&"/bin/curl".to_owned()));
        assert_eq!(found("hello\nall is well\n"), Vec::<String>::new());
    }

    #[test]
    fn moved() {
        let set = |paths: &[&str]| paths.iter().map(|path| (*path).to_owned()).collect::<BTreeSet<_>>();
        let (old, new) = (set(&["/hello", "/lib/a.so"]), set(&["/app/hello"]));
        assert_eq!(only_before(&old, &new), ["/lib/a.so"]);
        let (old, new) = (Facts::default(), Facts { workdir: "/app".to_owned(), ..Facts::default() });
        assert_eq!(as_it_was("/app/data/x", &old, &new), "/data/x");
        assert_eq!(as_it_was("/application", &old, &new), "/application");
    }

    #[test]
    fn bounded() {
        let text: String = (0..500).map(|index| format!("cat: /data/{index}: No such file or directory\n")).collect();
        assert_eq!(found(&text).len(), MAX_PATHS);
    }
}
