//! Wording for what is downloaded.

/// The URL without query and credentials, so that a message stays short and reveals no password.
pub(super) fn shorten(url: &str) -> String {
    let url = url.split(['?', '#', '`']).next().unwrap_or_default();
    let url = match (url.find("://"), url.rfind('@')) {
        (Some(scheme), Some(at)) if at > scheme => format!("{}…{}", &url[..scheme + 3], &url[at..]),
        _ => url.to_owned(),
    };
    if url.chars().count() <= 60 { url } else { url.chars().take(59).chain(['…']).collect() }
}
