//! What is known of an image without a network, as Markdown.

use std::fmt::Write as _;

use crate::knowledge::DATE;
use crate::knowledge::bases::{self, end_of_life, releases, variants};
use crate::model::ImageRef;

/// Facts of a well-known image; `None` if the tables do not have it, or its name depends on a variable.
pub(super) fn of(image: &ImageRef) -> Option<String> {
    let name = image.familiar_name()?;
    facts(&name, image.tag_text())
}

/// Facts of a well-known image, by its name and tag.
pub(super) fn facts(name: &str, tag: Option<&str>) -> Option<String> {
    let mut lines = Vec::new();
    if let Some(role) = bases::role(name) {
        let role = match role {
            bases::Role::Os => "an operating system",
            bases::Role::Runtime => "a language's runtime",
            bases::Role::Toolchain => "a toolchain, which the program does not need at run time",
            bases::Role::Database => "a database",
            bases::Role::WebServer => "a web server",
            bases::Role::Application => "an application",
        };
        lines.push(format!("image: {role}"));
    }
    if let Some(os) = bases::os(name, tag) {
        let mut text = format!("system: {:?}", os.distro);
        if let Some(version) = &os.version {
            let _ = write!(text, " {version}");
        }
        if let Some(manager) = os.manager {
            let _ = write!(text, ", packages by `{}`", format!("{manager:?}").to_lowercase());
        }
        lines.push(text);
    }
    if let Some(user) = bases::default_user(name, tag) {
        let text = match (user.name, user.uid) {
            (Some(name), Some(uid)) => format!("`{name}` ({uid})"),
            (Some(name), None) => format!("`{name}`"),
            (None, uid) => format!("`{}`", uid.unwrap_or_default()),
        };
        lines.push(format!("user: {text}"));
    }
    if let Some(contents) = bases::contents(name, tag) {
        contained(&contents, &mut lines);
    }
    if let Some(size) = variants::size(name, tag) {
        lines.push(format!("size: about {size} MB"));
    }
    let smaller = variants::smaller(name, tag);
    let smaller: Vec<_> = smaller.iter().take(3).map(|it| format!("`{}:{}`", it.image, it.tag)).collect();
    if !smaller.is_empty() {
        lines.push(format!("smaller: {}", smaller.join(", ")));
    }
    for end in end_of_life::end_of_life(name, tag) {
        let what = match end.version {
            "" => format!("`{}`", end.product),
            version => format!("{} {version}", end.product),
        };
        let since = end.date.map(|date| format!(" since {date}")).unwrap_or_default();
        lines.push(format!("**end of life**: {what}{since}"));
    }
    if let Some(pin) = releases::pin(name, tag) {
        lines.push(format!("current: `{name}:{pin}`"));
    }
    if lines.is_empty() {
        return None;
    }
    let title = tag.map_or_else(|| name.to_owned(), |tag| format!("{name}:{tag}"));
    let list = lines.iter().map(|line| format!("- {line}\n")).collect::<String>();
    Some(format!("**{title}**\n\n{list}\nAs of {DATE}, from tables."))
}

/// Programs that steps often need.
const TOOLS: [&str; 5] = ["sh", "bash", "curl", "wget", "git"];

/// What an image contains and does.
fn contained(contents: &bases::Contents, lines: &mut Vec<String>) {
    let code = |word: &dyn std::fmt::Display| format!("`{word}`");
    let with = |there: bool| {
        let tools = TOOLS.iter().filter(|tool| contents.program(tool) == Some(there));
        tools.map(|tool| code(tool)).collect::<Vec<_>>().join(", ")
    };
    for (label, tools) in [("contains", with(true)), ("does not contain", with(false))] {
        if !tools.is_empty() {
            lines.push(format!("{label}: {tools}"));
        }
    }
    let accounts: Vec<_> = contents.accounts.iter().filter_map(|account| account.name).map(|name| code(&name)).collect();
    if !accounts.is_empty() {
        lines.push(format!("accounts: {}", accounts.join(", ")));
    }
    lines.extend(contents.workdir().map(|directory| format!("directory: {}", code(&directory))));
    for (label, values) in [
        ("ports", contents.ports().iter().map(|port| code(port)).collect::<Vec<_>>()),
        ("volumes", contents.volumes().iter().map(|path| code(path)).collect()),
    ] {
        if !values.is_empty() {
            lines.push(format!("{label}: {}", values.join(", ")));
        }
    }
    let entrypoint = contents.entrypoint().map(|entrypoint| match entrypoint {
        bases::Entrypoint::None => "none: `CMD` is the command",
        bases::Entrypoint::Runs => "prepares something, then runs `CMD`",
        bases::Entrypoint::Completes => "runs `CMD`, or passes it to the image's program if it is not one",
        bases::Entrypoint::Takes => "`CMD` is its arguments",
    });
    lines.extend(entrypoint.map(|text| format!("entrypoint: {text}")));
}

/// The page of an image of Docker Hub and some other registries; `None` for other registries. Without `registry`, a name
/// with one in front is of it.
pub(super) fn image_page(registry: Option<&str>, name: &str) -> Option<String> {
    let plain = |char: char| char.is_ascii_alphanumeric() || "-_./".contains(char);
    if !name.chars().all(plain) {
        return None;
    }
    let first = name.split_once('/').map(|(first, _)| first).filter(|first| first.contains('.'));
    match (registry.or(first), name) {
        (None | Some("docker.io" | "index.docker.io"), name) if name.contains('/') => {
            Some(format!("https://hub.docker.com/r/{name}/"))
        }
        (None | Some("docker.io" | "index.docker.io"), name) => Some(format!("https://hub.docker.com/_/{name}/")),
        (Some("quay.io"), name) => Some(format!("https://quay.io/repository/{}", name.strip_prefix("quay.io/")?)),
        (Some("mcr.microsoft.com"), name) => {
            Some(format!("https://mcr.microsoft.com/artifact/mar/{}", name.strip_prefix("mcr.microsoft.com/")?))
        }
        (Some("ghcr.io"), name) => Some(format!("https://{name}")),
        _ => None,
    }
}
