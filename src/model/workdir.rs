//! Paths in the image, joined and cleaned as BuildKit does for WORKDIR and for the destination of COPY.

use crate::context::path::clean;

/// The longest path that is followed, in bytes: no system accepts a longer one.
const MAX_PATH: usize = 4096;

/// `path`, clean and absolute: joined to `parent` if it is relative. `None` when it cannot be known: it is
/// relative and `parent` is not known, it is longer than any system takes, or it names another drive than `C:`.
///
/// The result has `/` for separators and no drive letter, on Windows too. An empty path is `parent`. A slash
/// at the end is dropped.
pub fn join(parent: Option<&str>, path: &str, windows: bool) -> Option<String> {
    let slashed;
    let mut path = path;
    if windows {
        slashed = path.replace('\\', "/");
        path = match slashed.split_once(':') {
            Some((drive, rest)) if drive.eq_ignore_ascii_case("c") && !rest.is_empty() => rest,
            Some(_) => return None,
            None => &slashed,
        };
    }
    let parent = if path.starts_with('/') { "" } else { parent? };
    if parent.len() + path.len() > MAX_PATH {
        return None;
    }
    Some(clean(&format!("/{parent}/{path}")))
}

/// Whether the path starts at the root (or at `C:\` on Windows).
pub fn is_absolute(path: &str, windows: bool) -> bool {
    match windows {
        false => path.starts_with('/'),
        true => path.rsplit_once(':').map_or(path, |(_, rest)| rest).starts_with(['/', '\\']),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joined() {
        let cases = [
            (Some("/"), "app", false, Some("/app")),
            (Some("/app"), "src/./x", false, Some("/app/src/x")),
            (Some("/app"), "../../..", false, Some("/")),
            (Some("/app"), "/srv//x/", false, Some("/srv/x")),
            (Some("/app"), "", false, Some("/app")),
            (None, "app", false, None),
            (None, "/app", false, Some("/app")),
            (Some("/"), r"C:\app\x", true, Some("/app/x")),
            (Some("/app"), r"x\y", true, Some("/app/x/y")),
            (Some("/app"), r"C:x", true, Some("/app/x")),
            (Some("/app"), r"D:\x", true, None),
            (Some("/app"), r"\x", true, Some("/x")),
            (Some("/app"), r"\x", false, Some(r"/app/\x")),
        ];
        for (parent, path, windows, joined) in cases {
            assert_eq!(join(parent, path, windows).as_deref(), joined, "{parent:?} {path}");
        }
        assert_eq!(join(Some("/"), &"x".repeat(5000), false), None);
        assert!(is_absolute(r"c:\x", true) && !is_absolute(r"c:\x", false) && !is_absolute("c:x", true));
    }
}
