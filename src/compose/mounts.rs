//! Volumes of services, in the short and the long form.

use crate::text::yaml::Node;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MountKind {
    /// A directory or file of the host.
    Bind,
    /// A volume with a name.
    Volume,
    /// A volume without a name.
    Anonymous,
    Tmpfs,
    Other,
}

/// Something that is mounted into a container.
#[derive(Clone, Debug)]
pub struct Mount {
    pub node: Node,
    pub kind: MountKind,
    /// A path of the host or the name of a volume; empty if there is none.
    pub source: String,
    pub target: String,
    pub read_only: bool,
    pub is_short: bool,
    /// All of it is known.
    pub is_sure: bool,
}

/// Reads an entry of `volumes`.
///
/// # Errors
/// With what is wrong with it, as Compose would say.
pub fn read(node: &Node) -> Result<Mount, String> {
    if node.is_map() { long(node) } else { short(node, node.text().unwrap_or_default()) }
}

fn long(node: &Node) -> Result<Mount, String> {
    let text = |key: &str| node.get(key).and_then(Node::text).unwrap_or_default();
    let source = text("source").to_owned();
    let kind = match text("type") {
        "bind" => MountKind::Bind,
        "volume" if source.is_empty() => MountKind::Anonymous,
        "volume" => MountKind::Volume,
        "tmpfs" => MountKind::Tmpfs,
        _ => MountKind::Other,
    };
    if kind == MountKind::Bind && source.is_empty() {
        return Err("this bind mount has no `source`".to_owned());
    }
    if node.get("target").is_none() && kind != MountKind::Other {
        return Err("this volume has no `target`".to_owned());
    }
    let target = text("target").to_owned();
    let is_sure = node.entries().iter().all(|(_, value)| !value.open);
    let read_only = text("read_only") == "true";
    Ok(Mount { node: node.clone(), kind, source, target, read_only, is_short: false, is_sure })
}

fn short(node: &Node, text: &str) -> Result<Mount, String> {
    if text.is_empty() {
        return Err("this volume is empty".to_owned());
    }
    // Compose takes what is as short as this for a path.
    let parts = if text.len() <= 2 { vec![text] } else { split(text) };
    if parts.len() > 1 && parts[..parts.len() - 1].iter().any(|part| part.is_empty()) {
        return Err("part of this volume is empty".to_owned());
    }
    let mut mount = Mount {
        node: node.clone(),
        kind: MountKind::Anonymous,
        source: String::new(),
        target: parts[0].to_owned(),
        read_only: parts.get(2).is_some_and(|mode| mode.split(',').any(|mode| mode == "ro")),
        is_short: true,
        is_sure: !node.open,
    };
    if let [source, target, ..] = &parts[..] {
        mount.kind = if is_path(source) { MountKind::Bind } else { MountKind::Volume };
        mount.source = (*source).to_owned();
        mount.target = (*target).to_owned();
    }
    Ok(mount)
}

/// At colons, without that of a Windows drive.
fn split(text: &str) -> Vec<&str> {
    let bytes = text.as_bytes();
    let mut parts = Vec::new();
    let mut start = 0;
    for at in 0..bytes.len() {
        let is_drive = at == start + 1
            && bytes[start].is_ascii_alphabetic()
            && matches!(bytes.get(at + 1), Some(b'\\' | b'/'))
            && (start > 0 || bytes.get(at + 1) == Some(&b'\\') || bytes[at + 1..].contains(&b':'));
        if bytes[at] == b':' && !is_drive {
            parts.push(&text[start..at]);
            start = at + 1;
        }
    }
    parts.push(&text[start..]);
    parts
}

/// Whether a source is a path and not the name of a volume.
fn is_path(source: &str) -> bool {
    source.starts_with(['.', '/', '~', '\\'])
        || source.as_bytes().get(1) == Some(&b':') && source.as_bytes()[0].is_ascii_alphabetic()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts() {
        assert_eq!(split("./a:/b:ro"), ["./a", "/b", "ro"]);
        assert_eq!(split("C:\\x:C:\\y"), ["C:\\x", "C:\\y"]);
        assert_eq!(split("/a"), ["/a"]);
        assert_eq!(split(":C:\\license"), ["", "C:\\license"]);
    }
}
