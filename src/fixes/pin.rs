//! The version to pin an image to: what the project's own files ask for, otherwise the newest in the dated table.

use crate::context::{Language, Version};
use crate::knowledge::canonical;
use crate::knowledge::bases::releases::{current, pin as pin_to_current, pin_to};
use crate::model::Model;
use crate::text::steps::Limit;

/// A tag to pin an image to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pin {
    pub tag: String,
    /// The file of the project that asks for this version, if one does.
    pub file: Option<String>,
}

impl Pin {
    /// For titles: ``, as `.nvmrc` asks for``, or nothing.
    pub fn by_file(&self) -> String {
        self.file.as_ref().map(|file| format!(", as `{}` asks for", file.replace('`', "'"))).unwrap_or_default()
    }
}

/// What to pin a floating tag to. `None` if it does not float, or if the image is unknown.
pub fn pin(image: &str, tag: Option<&str>, model: &Model<'_>) -> Option<Pin> {
    let newest = pin_to_current(image, tag)?;
    let said = language(image).and_then(|language| {
        let project = model.context.filter(|context| context.is_sure())?.project();
        let version = project.version(language)?;
        let wanted = choose(language, version, current(image)?.version)?;
        Some(Pin { tag: pin_to(image, tag, &wanted)?, file: Some(version.file.clone()) })
    });
    // The table may lack a version that the file uses elsewhere.
    let sibling = || pin_to(image, tag, &newer_sibling(image, model)?);
    Some(said.unwrap_or_else(|| Pin { tag: sibling().unwrap_or(newest), file: None }))
}

/// How many images of a file are compared.
const MAX_SIBLINGS: usize = 64;

/// The newest version of the same image in the file, as exact as the table's, if it is newer than that one.
fn newer_sibling(image: &str, model: &Model<'_>) -> Option<String> {
    let known = numbers(current(image)?.version);
    let siblings = model.images().limited(MAX_SIBLINGS).filter(|used| {
        used.image.familiar_name().is_some_and(|name| canonical(&name) == canonical(image))
    });
    let versions = siblings.filter_map(|used| {
        let tag = used.image.tag_text().filter(|tag| tag.starts_with(|char: char| char.is_ascii_digit()))?;
        let version = numbers(tag);
        (version.len() >= known.len()).then(|| version[..known.len()].to_vec())
    });
    let newest = versions.max().filter(|version| !known.is_empty() && *version > known)?;
    Some(newest.iter().map(u32::to_string).collect::<Vec<_>>().join("."))
}

fn language(image: &str) -> Option<Language> {
    Some(match canonical(image) {
        "python" => Language::Python,
        "node" => Language::Node,
        "golang" => Language::Go,
        "rust" => Language::Rust,
        "ruby" => Language::Ruby,
        "php" => Language::Php,
        "eclipse-temurin" | "maven" | "gradle" | "amazoncorretto" => Language::Java,
        name if name.starts_with("mcr.microsoft.com/dotnet/") => Language::DotNet,
        _ => return None,
    })
}

/// Java versions with long-term support.
const LONG_TERM: [u32; 5] = [8, 11, 17, 21, 25];

/// Code names of Node.js release lines.
const LINES: [(&str, &str); 6] =
    [("fermium", "14"), ("gallium", "16"), ("hydrogen", "18"), ("iron", "20"), ("jod", "22"), ("krypton", "24")];

/// The version as written in tags, given the newest one. `None` if the newest fits, or if it is unknown.
fn choose(language: Language, asked: &Version, newest: &str) -> Option<String> {
    let text = asked.wanted.trim().trim_start_matches(['v', '=']).trim();
    if let Some(name) = text.strip_prefix("lts/") {
        return LINES.iter().find(|line| name.eq_ignore_ascii_case(line.0)).map(|line| line.1.to_owned());
    }
    // Of several alternatives the last is the newest.
    let text = text.rsplit("||").next()?.trim();
    let numbers = numbers(text);
    let (first, second) = (*numbers.first()?, numbers.get(1).copied());
    let at_least = text.starts_with('>') || matches!(asked.file.rsplit('/').next(), Some("go.mod" | "Cargo.toml"));
    let below = text.split('<').nth(1).filter(|rest| !rest.starts_with('=')).map(self::numbers);
    let new: Vec<u32> = self::numbers(newest);
    match language {
        Language::Java => {
            let major = if first == 1 { second? } else { first };
            LONG_TERM.iter().find(|version| **version >= major).map(u32::to_string)
        }
        Language::DotNet => Some(format!("{first}.{}", second.unwrap_or(0))),
        Language::Node => match (at_least, below.as_deref()) {
            (true, Some([upper, ..])) if *upper <= *new.first()? => Some(even(upper.checked_sub(1)?).to_string()),
            (true, _) => (first > *new.first()?).then(|| first.to_string()),
            _ => Some(first.to_string()),
        },
        // Bundler takes no other than the very one that is asked for.
        Language::Ruby if !at_least && !text.starts_with('~') => {
            let parts: Vec<String> = numbers.iter().take(3).map(u32::to_string).collect();
            (parts.len() > 1).then(|| parts.join("."))
        }
        Language::Go | Language::Rust | Language::Ruby | Language::Php | Language::Python => {
            let second = second?;
            let same_major =
                text.starts_with('^') && [first, second] <= [*new.first()?, *new.get(1)?] && first == new[0];
            match (at_least || same_major, below.as_deref()) {
                (true, Some([major, minor, ..])) if [*major, *minor] <= [new[0], new[1]] => {
                    Some(format!("{major}.{}", minor.checked_sub(1)?))
                }
                (true, _) => ([first, second] > [new[0], new[1]]).then(|| format!("{first}.{second}")),
                _ => Some(format!("{first}.{second}")),
            }
        }
    }
}

/// Odd release lines of Node.js end after half a year.
fn even(major: u32) -> u32 {
    major - major % 2
}

/// The numbers that a text begins with, signs and letters before them not counted: `[3, 11]` of `~=3.11`.
fn numbers(text: &str) -> Vec<u32> {
    let text = text.trim_start_matches(|char: char| !char.is_ascii_digit());
    let end = text.find(|char: char| !(char.is_ascii_digit() || char == '.')).unwrap_or(text.len());
    text[..end].split('.').map_while(|part| part.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_projects_ask_for() {
        for (language, file, wanted, newest, expected) in [
            (Language::Python, ".python-version", "3.11.4", "3.14", Some("3.11")),
            (Language::Python, "runtime.txt", "3.9", "3.14", Some("3.9")),
            (Language::Python, "pyproject.toml", ">=3.9", "3.14", None),
            (Language::Python, "pyproject.toml", ">=3.9,<3.12", "3.14", Some("3.11")),
            (Language::Python, "pyproject.toml", "^3.10", "3.14", None),
            (Language::Python, "pyproject.toml", "~3.10", "3.14", Some("3.10")),
            (Language::Node, ".nvmrc", "18.16.0", "24", Some("18")),
            (Language::Node, ".nvmrc", "lts/*", "24", None),
            (Language::Node, ".nvmrc", "lts/Iron", "24", Some("20")),
            (Language::Node, "package.json", ">=16", "24", None),
            (Language::Node, "package.json", ">=14 <17", "24", Some("16")),
            (Language::Node, "package.json", "20.x", "24", Some("20")),
            (Language::Node, "package.json", "^18 || ^20", "24", Some("20")),
            (Language::Node, "package.json", "*", "24", None),
            (Language::Go, "go.mod", "1.21", "1.26", None),
            (Language::Go, "go.mod", "1.30", "1.26", Some("1.30")),
            (Language::Java, "pom.xml", "1.8", "21", Some("8")),
            (Language::Java, "pom.xml", "14", "21", Some("17")),
            (Language::DotNet, "app.csproj", "net8.0", "10.0", Some("8.0")),
            (Language::DotNet, "global.json", "9.0.100", "10.0", Some("9.0")),
            (Language::Ruby, ".ruby-version", "3.2.2", "4.0", Some("3.2.2")),
            (Language::Php, "composer.json", "^8.1", "8.5", None),
            (Language::Php, "composer.json", "^7.4", "8.5", Some("7.4")),
        ] {
            let asked = Version { language, wanted: wanted.to_owned(), file: file.to_owned(), line: 1 };
            assert_eq!(choose(language, &asked, newest).as_deref(), expected, "{wanted}");
        }
    }
}
