//! Ports of services, in the short and the long form.

use crate::text::suggest::shorten;
use crate::text::yaml::Node;

/// Ports from the first to the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    pub first: u16,
    pub last: u16,
}

/// A published port, or a range of them.
#[derive(Clone, Debug)]
pub struct Port {
    pub node: Node,
    /// The address on the host; `None`: all of them.
    pub host_ip: Option<String>,
    /// On the host; `None`: chosen when the container starts, or not known.
    pub published: Option<Range>,
    /// In the container; `None` if it is not known.
    pub target: Option<Range>,
    pub protocol: String,
    pub is_short: bool,
}

impl Range {
    fn parse(text: &str) -> Option<Self> {
        let port = |text: &str| text.parse::<u16>().ok();
        let (first, last) = text.split_once('-').unwrap_or((text, text));
        let (first, last) = (port(first)?, port(last)?);
        (first <= last).then_some(Self { first, last })
    }

    pub fn contains(self, port: u16) -> bool {
        (self.first..=self.last).contains(&port)
    }
}

impl Port {
    /// Whether it can be reached from other machines.
    pub fn is_open(&self) -> bool {
        match self.host_ip.as_deref() {
            None | Some("" | "0.0.0.0" | "::" | "[::]") => true,
            Some(_) => false,
        }
    }
}

/// Reads an entry of `ports`.
///
/// # Errors
/// With what is wrong with it, as Compose would say.
pub fn read(node: &Node) -> Result<Port, String> {
    let mut port = Port {
        node: node.clone(),
        host_ip: None,
        published: None,
        target: None,
        protocol: "tcp".to_owned(),
        is_short: !node.is_map(),
    };
    if node.is_map() {
        let text = |key: &str| node.get(key).and_then(Node::text);
        port.host_ip = text("host_ip").map(str::to_owned);
        port.published = text("published").and_then(Range::parse);
        port.target = text("target").and_then(Range::parse);
        port.protocol = text("protocol").unwrap_or("tcp").to_owned();
        return match node.get("target") {
            None => Err("this port has no `target`".to_owned()),
            Some(_) => Ok(port),
        };
    }
    let text = node.text().unwrap_or_default();
    let (rest, protocol) = text.rsplit_once('/').unwrap_or((text, "tcp"));
    protocol.clone_into(&mut port.protocol);
    if !matches!(protocol.to_ascii_lowercase().as_str(), "tcp" | "udp" | "sctp") {
        return Err(format!("`{}` is not a valid protocol: use `tcp`, `udp` or `sctp`", shown(protocol)));
    }
    let (rest, target) = rest.rsplit_once(':').map_or(("", rest), |(rest, target)| (rest, target));
    let (ip, published) = rest.rsplit_once(':').unwrap_or(("", rest));
    if target.is_empty() {
        return Err("the container port is missing".to_owned());
    }
    port.target = Some(Range::parse(target).ok_or_else(|| format!("`{}` is not a valid container port", shown(target)))?);
    if !published.is_empty() {
        let parsed = Range::parse(published);
        port.published = Some(parsed.ok_or_else(|| format!("`{}` is not a valid host port", shown(published)))?);
    }
    if !ip.is_empty() {
        let bare = ip.strip_prefix('[').and_then(|ip| ip.strip_suffix(']')).unwrap_or(ip);
        if bare.parse::<std::net::IpAddr>().is_err() {
            return Err(format!("`{}` is not a valid IP address", shown(ip)));
        }
        port.host_ip = Some(bare.to_owned());
    }
    if let (Some(published), Some(target)) = (port.published, port.target) {
        let length = |range: Range| range.last - range.first;
        if length(target) > 0 && length(published) != length(target) {
            return Err("the host and container port ranges differ in length".to_owned());
        }
    }
    Ok(port)
}

fn shown(text: &str) -> String {
    shorten(text).replace('`', "'")
}
