//! Document URIs and paths.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use lsp_types::Uri;

use crate::text::escape;

/// The file that a URI names; `None` if it has another scheme or another host.
pub(super) fn path(uri: &Uri) -> Option<PathBuf> {
    let rest = uri.as_str().strip_prefix("file://")?;
    let rest = rest.strip_prefix("localhost").unwrap_or(rest);
    let text = decode(rest.split(['?', '#']).next()?)?;
    let path = text.strip_prefix('/')?;
    // `/c:/x` is a path of Windows.
    let drive = path.as_bytes().get(1) == Some(&b':') && path.starts_with(|char: char| char.is_ascii_alphabetic());
    Some(PathBuf::from(if drive && cfg!(windows) { path } else { text.as_str() }))
}

/// The URI of an absolute path.
pub(super) fn of(path: &Path) -> Option<Uri> {
    let text = path.to_str()?;
    let text = escape::forward(text);
    let rooted = if text.starts_with('/') { text } else { format!("/{text}").into() };
    Uri::from_str(&escape::uri(&rooted)).ok()
}

fn decode(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let hex = || u8::from_str_radix(text.get(at + 1..at + 3)?, 16).ok();
        match byte {
            b'%' => {
                out.push(hex()?);
                at += 3;
            }
            _ => {
                out.push(byte);
                at += 1;
            }
        }
    }
    String::from_utf8(out).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back() {
        for text in ["/a/b c/Dockerfile", "/é/%41", "/x#y?z"] {
            let uri = of(Path::new(text)).expect("it is absolute");
            assert_eq!(path(&uri), Some(PathBuf::from(text)), "{}", uri.as_str());
        }
        let other = Uri::from_str("untitled:Untitled-1").expect("it is a URI");
        assert_eq!(path(&other), None);
    }
}
