//! What a file's name tells about its content.

use std::path::Path;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Name {
    Dockerfile,
    /// Named like a Dockerfile, but may be something else: its content decides.
    Ambiguous,
    Template,
    Compose,
}

/// Suffixes of copies that editors and merges create.
const BACKUPS: &[&str] = &["~", ".bak", ".orig", ".rej", ".swo", ".swp", ".tmp", "#"];

/// Extensions of templates that a Dockerfile is generated from.
const TEMPLATES: &[&str] =
    &["ejs", "erb", "gotmpl", "hbs", "j2", "jinja", "jinja2", "mustache", "template", "tmpl", "tpl"];

/// Extensions of programs and documents about Dockerfiles; a few Dockerfiles have them too.
const OTHERS: &[&str] = &[
    "adoc", "bat", "c", "cc", "cfg", "conf", "cpp", "cs", "css", "diff", "el", "go", "h", "html", "ini", "java", "js",
    "json", "jsx", "kt", "lock", "log", "lua", "md", "mk", "patch", "php", "pl", "properties", "ps1", "py", "rb", "rs",
    "rst", "sarif", "scm", "sh", "sum", "swift", "tex", "toml", "ts", "tsx", "txt", "vim", "xml", "yaml", "yml",
];

/// What the file probably is; `None` if neither.
pub(super) fn of(path: &Path) -> Option<Name> {
    let name = path.file_name()?.to_string_lossy().to_ascii_lowercase();
    if BACKUPS.iter().any(|end| name.ends_with(end)) || name.starts_with(".#") || name.ends_with(".dockerignore") {
        return None;
    }
    if is_compose(&name) {
        return Some(Name::Compose);
    }
    let own = ["dockerfile", "containerfile"].into_iter().find_map(|own| {
        let rest = name.strip_prefix(own).filter(|rest| rest.is_empty() || rest.starts_with(['.', '-', '_']));
        rest.or_else(|| name.strip_suffix(own)?.strip_suffix('.').map(|_| ""))
    })?;
    let end = own.rsplit_once('.').map_or("", |(_, end)| end);
    Some(match own.chars().next() {
        _ if TEMPLATES.contains(&end) => Name::Template,
        None => Name::Dockerfile,
        Some('.') if !OTHERS.contains(&end) => Name::Dockerfile,
        // `Dockerfile.go`, `dockerfile-lint`, `Dockerfile-3.0`.
        Some(_) => Name::Ambiguous,
    })
}

fn is_compose(name: &str) -> bool {
    let stem = name.strip_suffix(".yml").or_else(|| name.strip_suffix(".yaml"));
    let rest = stem.and_then(|stem| stem.strip_prefix("docker-").unwrap_or(stem).strip_prefix("compose"));
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '-', '_']))
}

/// Whether a file starts with a `FROM`, after nothing but what may precede one in a Dockerfile. Only for files whose
/// name is ambiguous.
pub(super) fn has_from(bytes: &[u8]) -> bool {
    let mut words = bytes.split(|byte| *byte == b'\n').map(|line| line.trim_ascii()).filter_map(|line| {
        let comment = line.is_empty() || line.starts_with(b"#");
        (!comment).then(|| line.split(u8::is_ascii_whitespace).next().unwrap_or_default())
    });
    // ARG may continue over lines; upper case keeps Python's `from` out.
    words.next().is_some_and(|word| word == b"FROM" || word == b"ARG" && words.any(|word| word == b"FROM"))
}
