//! Finds secrets in env files that version control has, or would take.

use super::shared::is_secret;
use crate::compose::{BASE_NAMES, env_file};
use crate::context::GitStatus;
use crate::finding::compose::*;
use crate::knowledge::secrets::is_example;
use crate::knowledge::service_images::COMMON_PASSWORDS;
use crate::knowledge::tokens::{credentials, tokens};
use crate::text::steps::Limit;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[Check::OnProject(check)]);

/// How many env files are read.
const MAX_FILES: usize = 32;

fn check(cx: &ComposeCx<'_>) {
    let project = cx.model;
    // Compose reads `.env` without being told so.
    let own = project.context.filter(|_| project.has_env_file).and_then(|_| place_of_env_file(cx));
    let own = own.map(|(place, name)| (".env".to_owned(), place, name));
    let nodes = project.services.iter().flat_map(|service| &service.env_files);
    let named = nodes.filter(|node| !node.open).limited(MAX_FILES).filter_map(|node| {
        let path = node.get("path").unwrap_or(node);
        Some((project.path(node, path.text()?)?, Place::from(path), None))
    });
    let mut seen: Vec<String> = Vec::new();
    for (path, place, name) in named.chain(own) {
        if !seen.contains(&path) {
            report(&path, place, name, cx);
            seen.push(path);
        }
    }
}

/// The first use of a secret of `.env` in the file that is checked, with its name; in the project's own file, else, its
/// first key.
fn place_of_env_file<'p>(cx: &ComposeCx<'p>) -> Option<(Place, Option<&'p str>)> {
    let project = cx.model;
    let is_known = |name: &str| project.variables.get(name).is_some_and(|value| holds_secret(name, value));
    let used = project.uses.iter().find(|used| used.place.is_here() && is_known(&used.name));
    let name = project.files.first().map_or("", |file| file.path.as_str());
    let is_base = BASE_NAMES.contains(&name);
    let first = || project.own.entries().first().filter(|_| is_base).map(|(key, _)| (Place::from(key), None));
    used.map(|used| (used.place, Some(used.name.as_str()))).or_else(first)
}

/// Reports the file, and names one of its secrets: the one at this place, else the first.
fn report(path: &str, place: Place, at_place: Option<&str>, cx: &ComposeCx<'_>) {
    let Some(context) = cx.model.context.filter(|_| place.is_here()) else { return };
    let name = path.rsplit('/').next().unwrap_or(path);
    let Some(text) = context.read(path).filter(|_| !is_example(name)) else { return };
    let lines = env_file::read(&text);
    let mut secrets = lines.iter().filter(|line| holds_secret(&line.name, &line.value)).map(|line| line.name.as_str());
    let Some(first) = secrets.next() else { return };
    let status = context.git_status(path);
    let (path, first) = (path.replace('`', "'"), at_place.unwrap_or(first).replace('`', "'"));
    let message = match status {
        GitStatus::Tracked => format!("`{path}` is committed and contains the secret `{first}`"),
        GitStatus::Untracked => format!("`{path}` contains the secret `{first}`, and no `.gitignore` excludes it"),
        GitStatus::Ignored | GitStatus::Unknown => return,
    };
    let mut found = cx.at(place, message);
    if let Some(others @ 1..) = Some(secrets.count()) {
        found.help(format!("`{path}` contains {} secrets", others + 1));
    }
    if status == GitStatus::Tracked {
        found.help(format!(
            "run `git rm --cached {path}`, add it to `.gitignore`, and replace the secrets: the history has them"
        ));
    } else {
        found.help(format!("add `{path}` to `.gitignore`, and commit `{path}.example` without the values"));
        found.at_most(Level::Note);
    }
}

/// Whether a line of an env file holds a secret, and not a placeholder.
fn holds_secret(name: &str, value: &str) -> bool {
    let in_url = || {
        let secret = credentials(value).next().map(|found| value[found.secret].to_ascii_lowercase());
        secret.is_some_and(|secret| is_secret("PASSWORD", &secret) && !COMMON_PASSWORDS.contains(&secret.as_str()))
    };
    !value.contains('$') && (is_secret(name, value) || tokens(value).next().is_some() || in_url())
}
