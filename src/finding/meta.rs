//! What is known about a rule besides its code.

use super::Level;

/// What a rule is called and how it behaves by default: all that a finding, a report or a selector needs to know of it.
#[derive(Clone, Copy, Debug)]
pub struct Meta {
    /// The directory of its file.
    pub practice: &'static str,
    /// The file's name in kebab case: unique over all practices.
    pub name: &'static str,
    /// The page, Markdown.
    pub page: &'static str,
    /// The level without any configuration.
    pub level: Level,
    /// The version of plimsoll that first had it.
    pub since: &'static str,
    /// Whether its findings carry a fix.
    pub fixable: Fixable,
    /// Codes and names of other tools that mean the same: `DL3006`, `StageNameCasing`.
    pub aka: &'static [&'static str],
    /// On only with `--preview`.
    pub preview: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fixable {
    Never,
    Sometimes,
    Always,
}

impl Meta {
    /// The page's first sentence, without Markdown's line breaks.
    pub fn summary(&self) -> String {
        let mut paragraphs = self.page.split("\n\n").map(str::trim);
        let first = paragraphs.find(|text| !text.is_empty() && !text.starts_with('#')).unwrap_or_default();
        first.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

impl Meta {
    /// Whether `name` means this rule: its name, its practice, `practice/name`, or an alias; case does not matter.
    pub fn answers_to(&self, name: &str) -> bool {
        let own = name.split_once('/').filter(|(practice, _)| practice.eq_ignore_ascii_case(self.practice));
        let bare = own.map_or(name, |(_, bare)| bare);
        bare.eq_ignore_ascii_case(self.name)
            || name.eq_ignore_ascii_case(self.practice)
            || self.aka.iter().any(|alias| name.eq_ignore_ascii_case(alias))
    }

    /// Whether BuildKit has the same check: its names are in camel case.
    pub fn is_buildkit_check(&self) -> bool {
        self.aka.iter().any(|alias| alias.contains(|char: char| char.is_ascii_lowercase()))
    }
}

impl PartialEq for Meta {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}
