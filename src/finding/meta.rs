//! What is known about a rule besides its code.

use super::Level;
use crate::knowledge::foreign_codes;

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
    /// Whether `name` means this rule: its name, its practice, `practice/name`, an alias, or a scanner's code; case does not
    /// matter.
    pub fn answers_to(&self, name: &str) -> bool {
        let own = name.split_once('/').filter(|(practice, _)| practice.eq_ignore_ascii_case(self.practice));
        let bare = own.map_or(name, |(_, bare)| bare);
        bare.eq_ignore_ascii_case(self.name)
            || name.eq_ignore_ascii_case(self.practice)
            || self.aka.iter().any(|alias| name.eq_ignore_ascii_case(alias))
            || self.has_foreign_code(name)
    }

    /// Whether `name` is a code of Checkov, Trivy, Sonar or KICS for what this rule finds.
    pub fn has_foreign_code(&self, name: &str) -> bool {
        foreign_codes::find(name).is_some_and(|row| row.rules.contains(&self.name))
    }

    /// The codes of those scanners.
    pub fn foreign_codes(&self) -> impl Iterator<Item = &'static str> {
        foreign_codes::codes_of(self.name)
    }

    /// Whether BuildKit has the same check: its names are in camel case.
    pub fn is_buildkit_check(&self) -> bool {
        self.aka.iter().any(|alias| alias.contains(|char: char| char.is_ascii_lowercase()))
    }
}

/// The scanner whose codes look like `name`: Checkov, Trivy, Sonar or KICS.
pub fn scanner_of(name: &str) -> Option<&'static str> {
    foreign_codes::scanner(name)
}

impl PartialEq for Meta {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}
