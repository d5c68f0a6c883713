//! Images from registries that are not on the list.

use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnFile(check)]).aka(&["DL3026"]).options::<Options>();

#[derive(Default, serde::Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
struct Options {
    trusted: Vec<String>,
}

fn check(cx: &Cx<'_>) {
    let trusted = &cx.options::<Options>().trusted;
    if trusted.is_empty() {
        return;
    }
    for used in cx.model.images() {
        let Some(name) = full_name(used.image) else { continue };
        if trusted.iter().any(|pattern| matches(pattern, &name)) {
            continue;
        }
        let host = name.split('/').next().unwrap_or_default();
        cx.report(used.image.span, format!("this image comes from `{host}`, which is not a trusted registry"))
            .help(format!("use an image from one of the trusted registries: {}", list(trusted)));
    }
}

/// `docker.io/library/python`; `None` if a variable of unknown value is part of it.
fn full_name(image: &ImageRef) -> Option<String> {
    image.value.as_ref()?;
    let repository = image.repository.text.as_deref()?;
    let host = match &image.registry {
        Some(registry) => registry.text.as_deref()?,
        None => "docker.io",
    };
    let host =
        if matches!(host, "index.docker.io" | "hub.docker.com" | "registry-1.docker.io") { "docker.io" } else { host };
    let library = if host == "docker.io" && !repository.contains('/') { "library/" } else { "" };
    Some(format!("{host}/{library}{repository}"))
}

/// Whether a pattern matches: a host, or a host and the beginning of a path; `*` at the start or the end matches anything.
fn matches(pattern: &str, name: &str) -> bool {
    let (host, _) = name.split_once('/').unwrap_or((name, ""));
    let pattern = pattern.trim_end_matches('/');
    if let Some(rest) = pattern.strip_suffix('*') {
        return name.starts_with(rest);
    }
    if let Some(rest) = pattern.strip_prefix('*') {
        return host.ends_with(rest);
    }
    host == pattern || name == pattern || name.strip_prefix(pattern).is_some_and(|rest| rest.starts_with('/'))
}

fn list(trusted: &[String]) -> String {
    let shown: Vec<String> = trusted.iter().take(6).map(|one| format!("`{}`", one.replace('`', "'"))).collect();
    shown.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns() {
        for (pattern, name, trusted) in [
            ("docker.io", "docker.io/library/python", true),
            ("docker.io/library", "docker.io/library/python", true),
            ("docker.io/library", "docker.io/libraryx/python", false),
            ("ghcr.io/example/*", "ghcr.io/example/app", true),
            ("ghcr.io/example/*", "ghcr.io/other/app", false),
            ("*.example.com", "hub.example.com/app", true),
            ("*.example.com", "example.org/a.example.com", false),
            ("*", "example.org/a", true),
            ("example.org", "example.org.evil.net/a", false),
        ] {
            assert_eq!(matches(pattern, name), trusted, "{pattern} {name}");
        }
    }
}
