//! One package as it is written on a command line: its name, its version, what kind of thing it is.

use crate::commands::packages::{Package, PackageKind};
use crate::knowledge::managers::{FILE_ENDINGS, Syntax};
use crate::shell::Arg;

/// Operators before a PEP 508 version; poetry and uv also take `@` (URLs after it are recognised first).
const COMPARISONS: &[&str] = &["===", "==", "~=", ">=", "<=", "!=", ">", "<", "@"];

pub(super) fn package(arg: &Arg, syntax: Syntax) -> Package {
    let text = arg.lexeme().trim_matches('"').to_owned();
    let mut package = Package {
        kind: kind(&text, syntax),
        name: text.clone(),
        operator: String::new(),
        version: None,
        extras: Vec::new(),
        span: arg.span,
        text,
    };
    if package.kind != PackageKind::Name {
        return package;
    }
    let text = package.text.clone();
    // The operators of each syntax, longer ones before those that they begin with.
    let (name, operator, version) = match syntax {
        Syntax::Deb => split_first(&text, &["=", "/"]),
        // `@edge` names a repository, not a version.
        Syntax::Apk => {
            let plain = text.split('@').next().unwrap_or(&text);
            split_first(plain, &["~=", "=~", ">=", "<=", "=", "~", ">", "<"])
        }
        Syntax::Zypper => split_first(&text, &[">=", "<=", "=", ">", "<"]),
        Syntax::Rpm => rpm(&text),
        Syntax::Pep508 => {
            let text = text.split(';').next().unwrap_or_default().trim();
            split_first(text, COMPARISONS)
        }
        Syntax::Npm => match text.char_indices().skip(1).find(|(_, char)| *char == '@') {
            Some((at, _)) => (&text[..at], "@", Some(&text[at + 1..])),
            None => (&text[..], "", None),
        },
        Syntax::Colon => split_first(&text, &[":", "="]),
        Syntax::At => split_first(&text, &["@"]),
        Syntax::Conda => {
            // A channel comes first: `channel::name=version`.
            let plain = text.rsplit("::").next().unwrap_or(&text);
            split_first(plain, &["==", ">=", "<=", "=", ">", "<", "!="])
        }
        Syntax::Plain => (&text[..], "", None),
    };
    let mut name = name.trim();
    if syntax == Syntax::Pep508
        && let Some((before, extras)) = name.split_once('[')
    {
        package.extras = extras.trim_end_matches(']').split(',').map(|extra| extra.trim().to_owned()).collect();
        name = before.trim();
    }
    if syntax == Syntax::Deb {
        name = name.split(':').next().unwrap_or(name);
    }
    package.name = name.to_owned();
    package.operator = operator.to_owned();
    package.version = version.map(|version| version.trim().to_owned());
    if is_variable(&package.name) {
        package.kind = PackageKind::Variable;
    }
    package
}

/// The parts before and after the first of these operators. A `:` or `/` inside `${…}` is not the package's.
fn split_first<'a>(text: &'a str, operators: &[&'static str]) -> (&'a str, &'static str, Option<&'a str>) {
    let mut braces = 0usize;
    for (at, char) in text.char_indices() {
        match char {
            '{' if text[..at].ends_with('$') => braces += 1,
            '}' => braces = braces.saturating_sub(1),
            _ => {}
        }
        if at == 0 || braces > 0 {
            continue;
        }
        if let Some(operator) = operators.iter().find(|operator| text[at..].starts_with(**operator)) {
            return (&text[..at], operator, Some(&text[at + operator.len()..]));
        }
    }
    (text, "", None)
}

/// `nginx-1.20.1-1.el9`, `nginx-1.20`, `nodejs:18`; but `java-11-openjdk`, `python3-3to2` are names.
fn rpm(text: &str) -> (&str, &'static str, Option<&str>) {
    if let (name, operator @ ":", version) = split_first(text, &[":"])
        && !name.rsplit('-').next().unwrap_or_default().starts_with(|char: char| char.is_ascii_digit())
    {
        return (name, operator, version);
    }
    let numeric = |part: &str| part.starts_with(|char: char| char.is_ascii_digit()) || part.starts_with('$');
    let mut dashes = text.rmatch_indices('-').map(|(at, _)| at);
    let Some(last) = dashes.next() else { return (text, "", None) };
    if !numeric(&text[last + 1..]) {
        return (text, "", None);
    }
    if let Some(before) = dashes.next()
        && numeric(&text[before + 1..last])
    {
        return (&text[..before], "-", Some(&text[before + 1..]));
    }
    if text[last + 1..].contains(['.', '$', ':', '*']) {
        return (&text[..last], "-", Some(&text[last + 1..]));
    }
    (text, "", None)
}

fn is_variable(text: &str) -> bool {
    text.contains(['$', '`'])
}

fn kind(text: &str, syntax: Syntax) -> PackageKind {
    let path = text.split(['#', '?']).next().unwrap_or_default();
    // Starts of the addresses of repositories.
    let vcs = ["git+", "hg+", "svn+", "bzr+", "git://", "git@", "ssh://", "github:", "gitlab:", "bitbucket:"];
    // `name @ https://…` and `name@git+https://…`.
    let address = text.split_once('@').map_or("", |(_, address)| address.trim());
    if vcs.iter().any(|prefix| text.starts_with(prefix) || address.starts_with("git+")) {
        return PackageKind::Vcs;
    }
    if text.contains("://") {
        return if path.ends_with(".git") { PackageKind::Vcs } else { PackageKind::Url };
    }
    if text.starts_with(['/', '.', '~']) || FILE_ENDINGS.iter().any(|ending| path.ends_with(ending)) || text == "file:"
    {
        return if syntax == Syntax::Apk && text.starts_with('.') && !text.contains('/') {
            PackageKind::Name
        } else {
            PackageKind::Path
        };
    }
    match syntax {
        _ if text.starts_with("file:") => PackageKind::Path,
        Syntax::Pep508 if text.contains('/') && !is_variable(text) => PackageKind::Path,
        // `user/repository` is on GitHub.
        Syntax::Npm if text.ends_with(".tar") => PackageKind::Path,
        Syntax::Npm if !text.starts_with('@') && text.contains('/') && !is_variable(text) => PackageKind::Vcs,
        Syntax::Rpm if text.starts_with('@') => PackageKind::Group,
        Syntax::Apk if text.starts_with('!') => PackageKind::Group,
        _ if text.starts_with(['$', '`']) && !text.contains(['=', '@', '<', '>', '~']) => PackageKind::Variable,
        _ => PackageKind::Name,
    }
}
