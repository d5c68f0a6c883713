//! The parts of a URL, as written.

/// A URL in a text, as far as it is written out: any part may hold variables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Url<'a> {
    /// `https`; empty without one.
    pub scheme: &'a str,
    /// Without user and port, as written.
    pub host: &'a str,
    /// What follows the first slash after the host, with query and fragment; empty without one.
    pub path: &'a str,
}

impl<'a> Url<'a> {
    /// Reads `[scheme://][user@]host[:port][/path]`, in quotes or not.
    pub fn parse(text: &'a str) -> Url<'a> {
        let text = text.trim_matches(['"', '\'']);
        let (scheme, rest) = text.split_once("://").unwrap_or(("", text));
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let authority = rest[..end].rsplit('@').next().unwrap_or_default();
        let host = authority.split(':').next().unwrap_or_default();
        Url { scheme, host, path: rest[end..].strip_prefix('/').unwrap_or_default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts() {
        for (text, scheme, host, path) in [
            ("\"https://me:x@a.b:8080/c/d?e#f\"", "https", "a.b", "c/d?e#f"),
            ("http://a.b?c", "http", "a.b", ""),
            ("a.b/c", "", "a.b", "c"),
        ] {
            assert_eq!(Url::parse(text), Url { scheme, host, path }, "{text}");
        }
    }
}
