//! What a rule is: a value with function pointers, and the page beside it.

use std::any::Any;

use super::{Cx, Fixable, Level, Meta};
use crate::compose::{Project, Service};
use crate::model::{ImageRef, ScriptView, Stage, Step};
use crate::shell::Command;
use crate::syntax::Keyword;

/// Everything about a rule that cannot be read off the place of its file.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// The level without any configuration.
    pub level: Level,
    /// The version of plimsoll that first had it.
    pub since: &'static str,
    /// Whether its findings carry a fix.
    pub fixable: Fixable,
    /// Codes and names of other tools that mean the same: `DL3006`, `StageNameCasing`.
    pub aka: &'static [&'static str],
    /// See [`Rule::instead_of`].
    pub instead_of: &'static [&'static str],
    /// On only with `--preview`.
    pub preview: bool,
    /// Windows stages are not shown to it.
    pub linux_only: bool,
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
            instead_of: &[],
            preview: false,
            linux_only: false,
            checks,
            options: None,
        }
    }

    /// Says that findings may, or always do, carry a fix. A test holds rules to it.
    pub const fn fix(mut self, fixable: Fixable) -> Self {
        self.fixable = fixable;
        self
    }

    /// Names the same rule has in other tools. Accepted wherever a rule's name is.
    pub const fn aka(mut self, names: &'static [&'static str]) -> Self {
        self.aka = names;
        self
    }

    /// Rules that would say less of the same: their findings at a place where this rule has one are left out. Each is still
    /// reported where this rule is off.
    pub const fn instead_of(mut self, names: &'static [&'static str]) -> Self {
        self.instead_of = names;
        self
    }

    /// The type of its options: `[rules.NAME]` in the configuration, read by [`Cx::options`]. Give it
    /// `#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]`.
    pub const fn options<T: serde::de::DeserializeOwned + Send + Sync + 'static>(mut self) -> Self {
        self.options = Some(read_options::<T>);
        self
    }

    /// Keeps the rule from the stages and instructions of images for Windows.
    pub const fn linux_only(mut self) -> Self {
        self.linux_only = true;
        self
    }

    /// Makes it a preview rule: on only with `--preview`.
    #[cfg(any(test, feature = "internals"))]
    pub const fn preview(mut self) -> Self {
        self.preview = true;
        self
    }
}

/// What a rule wants to see. The walk calls it once for each such thing, in file order.
#[derive(Clone, Copy, Debug)]
#[allow(clippy::enum_variant_names, reason = "a check reads `OnRun(check)`")]
pub enum Check {
    /// Once per file, also when it has no stage.
    OnFile(fn(&Cx<'_>)),
    /// Once per stage.
    OnStage(fn(&Stage<'_>, &Cx<'_>)),
    /// Once per FROM that names an image: not `scratch`, and not another stage.
    OnFrom(fn(&ImageRef, &Stage<'_>, &Cx<'_>)),
    /// Once per instruction of a stage that has one of these keywords, or any if there are none, with the state in force before it. `ONBUILD` is an
    /// instruction of its own; the one that it keeps for later is not.
    OnInstruction(&'static [Keyword], fn(&Step<'_>, &Cx<'_>)),
    /// Once per RUN.
    OnRun(fn(&Step<'_>, &Cx<'_>)),
    /// Once per COPY and ADD.
    OnCopy(fn(&Step<'_>, &Cx<'_>)),
    /// Once per simple command with one of these names, or with any if there are none, of every `RUN`: in shell form, exec
    /// form or heredoc, at any depth; also of those that `ONBUILD` keeps, whose step has no script of its own.
    OnCommand(&'static [&'static str], fn(&Command, &Step<'_>, &Cx<'_>)),
    /// Once per script of RUN, CMD, ENTRYPOINT and HEALTHCHECK in shell form or a heredoc, also of those that `ONBUILD` keeps,
    /// whatever shell for `sh` scripts reads it: with its tree, what its variables hold, and what the file declares.
    ///
    /// How to add a check of shell code: a check walks over [`crate::shell::survey::Survey`] (`script.survey`), by
    /// `simples` (simple commands, by name), `parts` (expansions, quotes, patterns), `words` or `commands`, and reports at
    /// `script.span(…)` (of the script's spans) or `script.place(node)`. Its rule has the codes of ShellCheck for the same thing as
    /// aliases; where one rule has several codes, each finding names its own by `.variant("SC2086")`, so that an
    /// ignore comment for one code does not hide the others. `tests/oracle/shellcheck.py` compares the findings.
    OnScript(fn(&ScriptView<'_, '_>, &Cx<'_>)),
    /// Once per Compose file, with the whole project that it belongs to.
    OnProject(fn(&Cx<'_, Project<'_>>)),
    /// Once per service of a Compose project that Compose can read, also of those in other files of the project: what is
    /// reported there is seen when that file is checked.
    OnService(fn(&Service, &Cx<'_, Project<'_>>)),
}

/// A rule in the register.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    pub meta: Meta,
    /// See [`Rule::instead_of`].
    pub instead_of: &'static [&'static str],
    pub linux_only: bool,
    pub checks: &'static [Check],
    pub options: Option<ReadOptions>,
}

impl Entry {
    /// The rule in the file `rules/<practice>/<name>.rs`, with its page.
    pub const fn new(practice: &'static str, name: &'static str, page: &'static str, rule: Rule) -> Self {
        let Rule { level, since, fixable, aka, instead_of, preview, linux_only, checks, options } = rule;
        let meta = Meta { practice, name, page, level, since, fixable, aka, preview };
        Self { meta, instead_of, linux_only, checks, options }
    }
}

impl Entry {
    /// Whether it looks at shell code as ShellCheck does: then `shellcheck = "off"` turns it off, and
    /// `shellcheck = "external"` leaves the matter to that program.
    pub fn is_shell_check(&self) -> bool {
        self.checks.iter().any(|check| matches!(check, Check::OnScript(_)))
    }
}

impl Entry {
    /// Whether it looks at Compose files.
    pub fn is_compose(&self) -> bool {
        self.checks.iter().any(|check| matches!(check, Check::OnProject(_) | Check::OnService(_)))
    }
}

impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        self.meta == other.meta
    }
}
