//! Which rules run, and how loud: selectors, and what becomes of several that meet one rule.
//!
//! Of the selectors that fit a rule the most specific decides: a name (or another tool's code) before a
//! glob, a glob before a practice, a practice before `all`; among equals `ignore` decides. What the
//! command line says about a rule comes before what the configuration says, and `--select` replaces the
//! configuration's choice altogether.

use globset::{GlobBuilder, GlobMatcher};

use crate::finding::Entry;
use crate::finding::{Level, scanner_of};
use crate::lint::profile::Profile;
use crate::text::Problem;
use crate::text::suggest::nearest;

/// Rules, as a user names them.
#[derive(Clone, Debug)]
pub struct Selector {
    /// As written.
    pub text: String,
    kind: Kind,
}

#[derive(Clone, Debug)]
enum Kind {
    All,
    Practice(&'static str),
    Glob(GlobMatcher),
    /// One rule by its name, or those that another tool has one code for.
    Rules(Vec<&'static Entry>),
}

/// How closely a selector names a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Specificity {
    All,
    Practice,
    Glob,
    Name,
}

/// A selector that names nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unknown {
    /// In the style of a finding.
    pub message: String,
    pub meant: Option<String>,
}

impl Selector {
    /// Reads `all`, a rule's name, `practice/name`, another tool's code in any case, a practice, or a glob
    /// over all of these.
    ///
    /// # Errors
    /// Nothing in `rules` goes by this name, or the glob is malformed. A glob may match nothing: see
    /// [`Selector::is_empty`].
    pub fn parse(text: &str, rules: &'static [Entry]) -> Result<Self, Unknown> {
        let lower = text.to_lowercase();
        let kind = if lower == "all" {
            Kind::All
        } else if text.contains(['*', '?', '[', '{']) {
            let glob = GlobBuilder::new(text).case_insensitive(true).build();
            let malformed = |error: globset::Error| Unknown {
                message: format!("`{text}` is not a valid glob: {}", error.kind()),
                meant: None,
            };
            Kind::Glob(glob.map_err(malformed)?.compile_matcher())
        } else if let found = named(&lower, rules)
            && !found.is_empty()
        {
            Kind::Rules(found)
        } else if let Some(entry) = rules.iter().find(|entry| entry.meta.practice == lower) {
            Kind::Practice(entry.meta.practice)
        } else {
            return Err(Unknown::new(text, rules));
        };
        Ok(Self { text: text.to_owned(), kind })
    }

    /// How closely it names the rule; `None` if it does not.
    pub fn fits(&self, entry: &Entry) -> Option<Specificity> {
        match &self.kind {
            Kind::All => Some(Specificity::All),
            Kind::Practice(practice) => (entry.meta.practice == *practice).then_some(Specificity::Practice),
            Kind::Glob(glob) => {
                let path = format!("{}/{}", entry.meta.practice, entry.meta.name);
                let mut names = [entry.meta.name, &path].into_iter().chain(entry.meta.aka.iter().copied());
                let is_match =
                    names.any(|name| glob.is_match(name)) || entry.meta.foreign_codes().any(|code| glob.is_match(code));
                is_match.then_some(Specificity::Glob)
            }
            Kind::Rules(entries) => entries.contains(&entry).then_some(Specificity::Name),
        }
    }

    /// Whether it fits no rule. Not said of `all`.
    pub fn is_empty(&self, rules: &[Entry]) -> bool {
        !matches!(self.kind, Kind::All) && rules.iter().all(|entry| self.fits(entry).is_none())
    }

    /// Why selecting by it alone would turn nothing on, if so.
    pub fn idle(&self, rules: &[Entry], preview: bool) -> Option<&'static str> {
        let fitting: Vec<_> = rules.iter().filter_map(|entry| Some((entry, self.fits(entry)?))).collect();
        let on = |(entry, fit): &(&Entry, Specificity)| {
            *fit == Specificity::Name || (preview || !entry.meta.preview) && entry.meta.level > Level::Off
        };
        match fitting.iter().any(on) {
            true => None,
            false if fitting.is_empty() => self.is_empty(rules).then_some("no rule fits it"),
            false if fitting.iter().all(|(entry, _)| entry.meta.preview) => Some("its rules need `preview`"),
            false => Some("its rules are on only if they are selected by name"),
        }
    }
}

/// The rules that go by exactly this name, in lower case.
fn named(lower: &str, rules: &'static [Entry]) -> Vec<&'static Entry> {
    let name = match lower.split_once('/') {
        Some((practice, name)) => {
            return rules
                .iter()
                .filter(|entry| entry.meta.practice == practice && entry.meta.name.eq_ignore_ascii_case(name))
                .collect();
        }
        None => lower,
    };
    let own: Vec<_> = rules.iter().filter(|entry| entry.meta.name.eq_ignore_ascii_case(name)).collect();
    if !own.is_empty() {
        return own;
    }
    let aka = |entry: &&Entry| entry.meta.aka.iter().any(|aka| aka.eq_ignore_ascii_case(name));
    rules.iter().filter(|entry| aka(entry) || entry.meta.has_foreign_code(name)).collect()
}

impl Unknown {
    fn new(text: &str, rules: &'static [Entry]) -> Self {
        if let Some(scanner) = scanner_of(text) {
            return Self { message: format!("no rule matches the {scanner} check `{text}`"), meant: None };
        }
        let names = rules
            .iter()
            .flat_map(|entry| [entry.meta.name, entry.meta.practice].into_iter().chain(entry.meta.aka.iter().copied()));
        // Of codes such as DL3002 and DL3025 one is not the other misspelt.
        let is_code = text.len() > 4 && text.bytes().rev().take(4).all(|byte| byte.is_ascii_digit());
        let meant = nearest(text, names.chain(["all"])).filter(|_| !is_code).map(str::to_owned);
        Self { message: format!("there is no rule and no practice `{text}`"), meant }
    }
}

/// What one place, the configuration or the command line, says about which rules run.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// Only these.
    pub select: Option<Vec<Selector>>,
    /// These too.
    pub extend_select: Vec<Selector>,
    /// Not these.
    pub ignore: Vec<Selector>,
}

/// What a place says about one rule.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Verdict {
    On { named: bool },
    Off,
    Silent,
}

impl Selection {
    fn verdict(&self, entry: &Entry) -> Verdict {
        let closest = |selectors: &[Selector]| selectors.iter().filter_map(|selector| selector.fits(entry)).max();
        let on = closest(self.select.as_deref().unwrap_or_default()).max(closest(&self.extend_select));
        let off = closest(&self.ignore);
        match (on, off) {
            (None, None) if self.select.is_some() => Verdict::Off,
            (None, None) => Verdict::Silent,
            (on, off) if off >= on => Verdict::Off,
            (on, _) => Verdict::On { named: on == Some(Specificity::Name) },
        }
    }
}

/// Everything that decides which rules run on a file.
#[derive(Clone, Copy, Debug)]
pub struct Choice<'a> {
    pub config: &'a Selection,
    pub cli: &'a Selection,
    /// The levels to start from.
    pub profile: Profile,
    /// Whether rules in preview run without being named.
    pub preview: bool,
    /// Levels set by the configuration: the most specific one counts, of equals the last.
    pub levels: &'a [(Selector, Level)],
    /// Rules that are off for this file, whatever else is selected.
    pub spared: &'a [&'a Selector],
}

impl Choice<'_> {
    /// The rules to run and at which level, in the register's order.
    pub fn rules(&self, rules: &'static [Entry]) -> Vec<(&'static Entry, Level)> {
        rules.iter().filter_map(|entry| Some((entry, self.level(entry)?))).collect()
    }

    /// Another tool's codes that alone select the rule, if it has several and no selector names the rule itself: only
    /// findings with one of these codes are wanted.
    pub fn codes(&self, entry: &Entry) -> Option<Vec<&'static str>> {
        let selection = [self.cli, self.config].into_iter().find(|it| it.select.is_some())?;
        let selectors = selection.select.iter().flatten().chain(&self.cli.extend_select);
        let fitting: Vec<&Selector> = selectors.filter(|selector| selector.fits(entry).is_some()).collect();
        let code = |selector: &&Selector| {
            let mut aka = entry.meta.aka.iter().copied();
            aka.find(|aka| {
                aka.eq_ignore_ascii_case(&selector.text) && aka.ends_with(|char: char| char.is_ascii_digit())
            })
        };
        let codes: Option<Vec<&'static str>> = fitting.iter().map(code).collect();
        codes.filter(|codes| !codes.is_empty())
    }

    /// The rule's level; `None` if it does not run.
    fn level(&self, entry: &Entry) -> Option<Level> {
        let config = match self.config.verdict(entry) {
            // Without `select` all rules are.
            Verdict::Silent => Verdict::On { named: false },
            verdict => verdict,
        };
        let cli = self.cli.verdict(entry);
        let named = match (cli, config) {
            (Verdict::Off, _) | (Verdict::Silent, Verdict::Off | Verdict::Silent) => return None,
            (Verdict::On { named }, _) | (Verdict::Silent, Verdict::On { named }) => named,
        };
        if self.spared.iter().any(|selector| selector.fits(entry).is_some()) {
            return None;
        }
        let fitting = self.levels.iter().filter_map(|(selector, level)| Some((selector.fits(entry)?, *level)));
        let set = fitting.max_by_key(|(fit, _)| *fit);
        let named_on_cli = cli == Verdict::On { named: true };
        let level = match set {
            Some((_, Level::Off)) if !named_on_cli => return None,
            Some((_, level)) if level > Level::Off => Some(level),
            _ => None,
        };
        let named = named || matches!(set, Some((Specificity::Name, level)) if level > Level::Off);
        let own = self.profile.level(&entry.meta);
        if !named && (own == Level::Off || entry.meta.preview && !self.preview) {
            return None;
        }
        Some(level.unwrap_or(if own == Level::Off { Level::Warn } else { own }))
    }
}

#[cfg(test)]
mod tests;

impl From<Unknown> for Problem {
    fn from(unknown: Unknown) -> Self {
        let problem = Problem::error(unknown.message).meant(unknown.meant.as_deref());
        problem.help("`plimsoll rule` lists all rules")
    }
}
