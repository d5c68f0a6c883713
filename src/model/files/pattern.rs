//! Which paths below its anchor a change is about.

use crate::context::path::Wildcard;

/// A set of paths, relative to an anchor.
#[derive(Debug)]
pub(super) enum Names {
    /// The anchor alone.
    Itself,
    /// The anchor and everything in it.
    All,
    /// Everything in it.
    Contents,
    /// What matches this pattern, and what is in it if the second is set.
    Matching(Wildcard, bool),
}

impl Names {
    /// Whether they include `rest`, the path below the anchor; empty for the anchor itself.
    pub(super) fn include(&self, rest: &str) -> bool {
        match self {
            Names::Itself => rest.is_empty(),
            Names::All => true,
            Names::Contents => !rest.is_empty(),
            Names::Matching(wildcard, deep) => {
                let first = rest.split('/').next().unwrap_or_default();
                wildcard.matches(rest) || *deep && first != rest && wildcard.matches(first)
            }
        }
    }

    /// The anchor and the set for an absolute path as a shell command names it.
    pub(super) fn of(path: &str, deep: bool) -> Option<(String, Names)> {
        let Some(at) = path.find(['*', '?', '[']) else {
            return Some((path.to_owned(), if deep { Names::All } else { Names::Itself }));
        };
        let (folder, rest) = path.split_at(path[..at].rfind('/')?);
        let anchor = if folder.is_empty() { "/" } else { folder };
        let rest = rest.trim_start_matches('/');
        match rest {
            "*" if deep => Some((anchor.to_owned(), Names::Contents)),
            _ => Some((anchor.to_owned(), Names::Matching(Wildcard::new(rest)?, deep))),
        }
    }
}

/// The path below an anchor, without a leading slash; `None` if it is not below.
pub(super) fn below<'p>(path: &'p str, anchor: &str) -> Option<&'p str> {
    if anchor == "/" {
        return path.strip_prefix('/');
    }
    let rest = path.strip_prefix(anchor)?;
    if rest.is_empty() { Some("") } else { rest.strip_prefix('/') }
}

/// A path below a directory.
pub(super) fn join(directory: &str, rest: &str) -> String {
    match (directory, rest) {
        (_, "") => directory.to_owned(),
        ("" | "/", _) => format!("{directory}{rest}"),
        _ => format!("{directory}/{rest}"),
    }
}

/// The path and the directories above it, root first.
pub(super) fn ancestors(path: &str) -> impl Iterator<Item = &str> {
    let inner = path.match_indices('/').skip(1).map(|(at, _)| &path[..at]);
    let own = (path != "/").then_some(path);
    std::iter::once("/").chain(inner).chain(own)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths() {
        assert_eq!(ancestors("/a/b/c").collect::<Vec<_>>(), ["/", "/a", "/a/b", "/a/b/c"]);
        assert_eq!(ancestors("/").collect::<Vec<_>>(), ["/"]);
        assert_eq!(below("/app/x", "/app"), Some("x"));
        assert_eq!(below("/apps/x", "/app"), None);
        assert_eq!(below("/x", "/"), Some("x"));
        assert_eq!((join("/", "a"), join("", "a"), join("/a", "")), ("/a".to_owned(), "a".to_owned(), "/a".to_owned()));
    }

    #[test]
    fn names() {
        let includes = |path: &str, deep: bool, rest: &str| Names::of(path, deep).is_some_and(|it| it.1.include(rest));
        assert!(includes("/app/*.sh", false, "a.sh") && !includes("/app/*.sh", false, "b/a.sh"));
        assert!(includes("/app/b*", true, "bin/a.sh") && !includes("/app/b*", false, "bin/a.sh"));
        assert!(includes("/app", false, "") && !includes("/app", false, "x") && includes("/app", true, "x"));
        assert!(includes("/app/*", true, "x/y") && !includes("/app/*", true, ""));
    }
}
