//! Whether reading a Compose file would open other files: `docker compose config` follows the paths in it, so those that
//! leave the directory are rejected from the text alone.

use std::path::{Component, Path};

use saphyr_parser::{Event, Parser};

/// Keys whose values are paths that are opened while the file is read.
const READS: [&str; 4] = ["include", "env_file", "label_file", "extends"];

/// The most YAML events in a file.
const MAX_EVENTS: usize = 100_000;

/// A list or a mapping whose end has not been seen yet.
struct Open {
    /// `None` in a list; in a mapping, the key whose value is awaited.
    key: Option<Option<String>>,
    /// The key of [`READS`] above it, if there is one.
    reads: Option<&'static str>,
}

/// Why a Compose file may not even be read; `root` is its directory.
pub(super) fn refused(text: &str, root: &Path) -> Option<String> {
    let mut open: Vec<Open> = Vec::new();
    for (count, event) in Parser::new_from_str(text).enumerate() {
        if count > MAX_EVENTS || open.len() > 64 {
            return Some("the Compose file is too large".to_owned());
        }
        // Invalid YAML is reported by Compose itself, in words that can be looked up.
        let Ok((event, _)) = event else { return None };
        let awaited = open.last().map(|top| top.key.clone());
        let is_key = matches!(awaited, Some(Some(None)));
        let reads = open.last().and_then(|top| {
            let own = top.key.clone().flatten().and_then(|key| READS.into_iter().find(|name| *name == key));
            own.or(top.reads)
        });
        match event {
            Event::Alias(_) if is_key => return Some("a key of the Compose file is an alias".to_owned()),
            Event::Alias(_) => {
                if let Some(name) = reads {
                    return Some(format!("`{name}` is an alias: write out the value"));
                }
                answered(&mut open);
            }
            Event::Scalar(text, ..) if is_key => {
                if let Some(top) = open.last_mut() {
                    top.key = Some(Some(text.into_owned()));
                }
            }
            Event::Scalar(text, ..) => {
                let key = awaited.flatten().flatten();
                // `extends` names a service, and a file only by its key.
                let is_path = match reads {
                    Some("extends") => key.as_deref() == Some("file"),
                    Some(_) => true,
                    None => false,
                };
                if is_path && leads_out(&text, root) {
                    let name = reads.unwrap_or_default();
                    return Some(format!(
                        "`{name}` names `{}`, which is outside of the directory of the Compose file",
                        shown(&text)
                    ));
                }
                answered(&mut open);
            }
            Event::SequenceStart(..) => open.push(Open { key: None, reads }),
            Event::MappingStart(..) if is_key => return Some("a key of the Compose file is not a string".to_owned()),
            Event::MappingStart(..) => open.push(Open { key: Some(None), reads }),
            Event::SequenceEnd | Event::MappingEnd => {
                open.pop();
                answered(&mut open);
            }
            _ => {}
        }
    }
    None
}

/// The value of a key has been read.
fn answered(open: &mut [Open]) {
    if let Some(Open { key: Some(key), .. }) = open.last_mut() {
        *key = None;
    }
}

/// Whether a path is anything but a file below the directory.
pub(super) fn leads_out(path: &str, root: &Path) -> bool {
    // The value of a variable, or the content of a URL, is unknown.
    if path.contains(['$', ':', '\\', '~']) {
        return true;
    }
    let path = Path::new(path);
    let lexical = path.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
    if !lexical {
        return true;
    }
    let (Ok(root), whole) = (root.canonicalize(), root.join(path)) else { return true };
    // A missing file is reported when it is opened.
    whole.symlink_metadata().is_ok() && whole.canonicalize().map_or(true, |real| !real.starts_with(&root))
}

/// Text of a student, shortened to one line.
pub(super) fn shown(text: &str) -> String {
    let plain: String = text.chars().take(60).map(|ch| if ch.is_control() || ch == '`' { '?' } else { ch }).collect();
    if text.chars().count() > 60 { format!("{plain}…") } else { plain }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_meanwhile() {
        let folder = tempfile::tempdir().expect("a folder can be made");
        std::fs::write(folder.path().join("app.env"), "A=1").expect("a file can be written");
        #[cfg(unix)]
        std::os::unix::fs::symlink("/etc/passwd", folder.path().join("link.env")).expect("a link can be made");
        let refused = |text: &str| refused(text, folder.path()).is_some();
        assert!(!refused("services:\n  app:\n    env_file: app.env\n    image: a:1\n"));
        assert!(!refused("services:\n  app:\n    env_file: [{path: ./app.env, required: false}]\n"));
        assert!(!refused("x: &a {k: v}\nservices:\n  app:\n    <<: *a\n    extends: {service: base}\n"));
        assert!(refused("services:\n  app:\n    env_file: /etc/passwd\n"));
        assert!(refused("services:\n  app:\n    env_file: [{path: ../other/.env}]\n"));
        assert!(refused("services:\n  app:\n    env_file: ${HOME}/x\n"));
        assert!(refused("services:\n  app:\n    \"env\\x5ffile\": /etc/passwd\n"));
        assert!(refused("x: &p /etc/passwd\nservices:\n  app:\n    env_file: *p\n"));
        assert!(refused("x: &k env_file\nservices:\n  app:\n    *k : /etc/passwd\n"));
        assert!(refused("include: [\"oci://evil.invalid/x\"]\n"));
        assert!(refused("services: {app: {extends: {file: ../a.yaml, service: b}}}\n"));
        #[cfg(unix)]
        assert!(refused("services: {app: {env_file: link.env}}\n"));
        assert!(!refused("services: [\n"));
    }
}
