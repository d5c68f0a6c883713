//! What a rule is: a value with function pointers, and the page beside it.

use std::any::Any;
use std::sync::LazyLock;

use crate::diagnostic::Level;
use crate::lint::Cx;
use crate::model::{Stage, Step};
use crate::shell::Command;
use crate::words::AnyOf;
use crate::{rules, shellcheck};

/// Everything about a rule that cannot be read off the place of its file.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// The level without any configuration.
    pub level: Level,
    /// The version of plimsoll that first had it.
    pub since: &'static str,
    /// Whether its findings carry a repair.
    pub fixable: Fixable,
    /// Codes and names of other tools that mean the same: `DL3006`, `StageNameCasing`.
    pub aka: &'static [&'static str],
    /// What a file has to speak of for the rule to have anything to say.
    pub words: AnyOf,
    /// On only with `--preview`.
    pub preview: bool,
    pub checks: &'static [Check],
    /// Reads the rule's table in the configuration, for a rule that takes options.
    pub options: Option<ReadOptions>,
}

/// An empty table gives the defaults.
pub type ReadOptions = fn(toml::Table) -> Result<Box<dyn Any + Send + Sync>, toml::de::Error>;

fn read_options<T: serde::de::DeserializeOwned + Send + Sync + 'static>(
    table: toml::Table,
) -> Result<Box<dyn Any + Send + Sync>, toml::de::Error> {
    Ok(Box::new(table.try_into::<T>()?))
}

impl Rule {
    pub const fn new(level: Level, since: &'static str, checks: &'static [Check]) -> Self {
        Self {
            level,
            since,
            fixable: Fixable::Never,
            aka: &[],
            words: AnyOf::NOTHING,
            preview: false,
            checks,
            options: None,
        }
    }

    /// Says that findings may, or always do, carry a repair. A test holds rules to it.
    pub const fn fix(mut self, fixable: Fixable) -> Self {
        self.fixable = fixable;
        self
    }

    /// Names the same rule has in other tools. Accepted wherever a rule's name is.
    pub const fn aka(mut self, names: &'static [&'static str]) -> Self {
        self.aka = names;
        self
    }

    /// Keeps the rule from files that hold none of these words, in whatever case: it is not even called for them. They
    /// are what it looks for, as `yum` is for a rule on `yum`. Each is one of [`crate::words::WORDS`].
    pub const fn words(mut self, words: &[&str]) -> Self {
        self.words = AnyOf::these(words);
        self
    }

    /// The type of its options: `[rules.NAME]` in the configuration, read by [`Cx::options`]. Give it
    /// `#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]`.
    pub const fn options<T: serde::de::DeserializeOwned + Send + Sync + 'static>(mut self) -> Self {
        self.options = Some(read_options::<T>);
        self
    }

    pub const fn preview(mut self) -> Self {
        self.preview = true;
        self
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fixable {
    Never,
    Sometimes,
    Always,
}

/// What a rule wants to see. The walk calls it once for each such thing, in file order.
#[derive(Clone, Copy, Debug)]
pub enum Check {
    /// Once per file, also when it has no stage.
    OnFile(fn(&mut Cx<'_>)),
    /// Once per stage.
    OnStage(fn(&Stage<'_>, &mut Cx<'_>)),
    /// Once per instruction of a stage (`ONBUILD` itself included, what it keeps for later not),
    /// with the state in force before it.
    OnStep(fn(&Step<'_>, &mut Cx<'_>)),
    /// Once per simple command of every `RUN`, in shell form, exec form or heredoc, at any depth; also of those that `ONBUILD`
    /// keeps, whose step has no script of its own.
    OnCommand(fn(&Command, &Step<'_>, &mut Cx<'_>)),
}

/// Every rule that can be named: ours, which are [`rules::ALL`], and behind them ShellCheck's codes, each as a rule of its
/// own (see [`shellcheck`] for why).
pub fn all() -> &'static [Entry] {
    static EVERY: LazyLock<Vec<Entry>> =
        LazyLock::new(|| rules::ALL.iter().copied().chain(shellcheck::entries()).collect());
    &EVERY
}

/// A rule in the register: the rule, and what its file's place says.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// The folder.
    pub practice: &'static str,
    /// The file's name, in kebab case: unique over all practices.
    pub name: &'static str,
    /// The page, Markdown.
    pub page: &'static str,
    pub rule: Rule,
}

impl Entry {
    /// The page's first sentence, without Markdown's line breaks.
    pub fn summary(&self) -> String {
        let mut paragraphs = self.page.split("\n\n").map(str::trim);
        let first = paragraphs.find(|text| !text.is_empty() && !text.starts_with('#')).unwrap_or_default();
        first.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

impl Entry {
    /// Whether `name` means this rule: its name, its practice, `practice/name`, or an alias; case does not matter.
    pub fn answers_to(&self, name: &str) -> bool {
        let own = name.split_once('/').filter(|(practice, _)| practice.eq_ignore_ascii_case(self.practice));
        let bare = own.map_or(name, |(_, bare)| bare);
        bare.eq_ignore_ascii_case(self.name)
            || name.eq_ignore_ascii_case(self.practice)
            || self.rule.aka.iter().any(|alias| name.eq_ignore_ascii_case(alias))
    }

    /// Whether BuildKit has the same check: its names are in camel case.
    pub fn is_buildkit_check(&self) -> bool {
        self.rule.aka.iter().any(|alias| alias.contains(|char: char| char.is_ascii_lowercase()))
    }
}

impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}
