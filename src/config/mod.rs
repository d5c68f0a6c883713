//! `plimsoll.toml`: its keys, which file applies to a Dockerfile, and the resulting settings.
//!
//! Only the nearest `plimsoll.toml` or `.plimsoll.toml` above a file applies, and the files that it extends. Mistakes in
//! it are shown like findings in a Dockerfile; see [`Problem`].

mod find;
pub mod import_hadolint;
mod reader;
mod schema;

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::sync::Arc;

pub(crate) use find::read_file;
pub use find::{Configs, Lookup};
pub use schema::{KEYS, Key};

use crate::discover::{Globs, PathGlobs};
use crate::finding::Entry;
use crate::finding::Level;
use crate::lint;
use crate::lint::profile::Profile;
use crate::lint::select::{Choice, Selection, Selector};
use crate::model::BuildArgs;
use crate::shellcheck::{self, Backend};
use crate::text::Problem;
use crate::verify::RunSpec;

/// The names that are looked for, in this order.
pub const FILE_NAMES: [&str; 2] = ["plimsoll.toml", ".plimsoll.toml"];

/// The rule that `require-reason` enables.
const REASON_RULE: &str = "ignore-without-reason";

/// The rule that a Kubernetes target enables.
const KUBERNETES_RULE: &str = "named-user";

/// A configuration file merged with those that it extends.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// The file; `None` for the defaults.
    pub path: Option<PathBuf>,
    pub profile: Option<Profile>,
    pub preview: Option<bool>,
    pub require_reason: Option<bool>,
    pub fail_on: Option<Level>,
    pub exclude: Option<Globs>,
    pub selection: Selection,
    pub targets: Option<Vec<Target>>,
    pub shellcheck: Option<Backend>,
    pub build_args: BuildArgs,
    /// In file order.
    pub levels: Vec<(Selector, Level)>,
    /// Globs, and the rules to skip for files that match them.
    pub per_file_ignores: Vec<(Globs, Selection)>,
    /// By rule name. The rules can parse them: that was tried.
    pub options: BTreeMap<&'static str, toml::Table>,
    pub verify: RunSpec,
}

pub use crate::finding::Target;

/// Settings from the command line, which take precedence over every configuration file.
#[derive(Clone, Debug, Default)]
pub struct Overrides {
    pub profile: Option<Profile>,
    pub preview: Option<bool>,
    pub fail_on: Option<Level>,
    pub selection: Selection,
    pub build_args: BuildArgs,
    pub shellcheck: Option<Backend>,
    /// No fix is going to be applied or shown: see [`lint::Settings::mark_fixes`].
    pub mark_fixes: bool,
}

/// The settings of one file.
pub struct Settings {
    pub lint: lint::Settings,
    pub build_args: BuildArgs,
    /// Findings at this level or above make the run fail.
    pub fail_on: Level,
    pub preview: bool,
    pub targets: Vec<Target>,
    /// The configuration file they are from.
    pub config: Option<PathBuf>,
    /// How its image is built, run and checked.
    pub verify: RunSpec,
}

impl Config {
    /// These settings where they are set, else those of `base`. Lists replace, tables merge key by key.
    fn merge(self, base: Config) -> Config {
        let mut build_args = base.build_args;
        build_args.extend(self.build_args);
        let mut options = base.options;
        for (rule, table) in self.options {
            options.entry(rule).or_default().extend(table);
        }
        let or = |own: Vec<Selector>, base: Vec<Selector>| if own.is_empty() { base } else { own };
        Config {
            path: self.path,
            profile: self.profile.or(base.profile),
            preview: self.preview.or(base.preview),
            require_reason: self.require_reason.or(base.require_reason),
            fail_on: self.fail_on.or(base.fail_on),
            exclude: self.exclude.or(base.exclude),
            selection: Selection {
                select: self.selection.select.or(base.selection.select),
                extend_select: or(self.selection.extend_select, base.selection.extend_select),
                ignore: or(self.selection.ignore, base.selection.ignore),
            },
            targets: self.targets.or(base.targets),
            shellcheck: self.shellcheck.or(base.shellcheck),
            build_args,
            levels: base.levels.into_iter().chain(self.levels).collect(),
            per_file_ignores: base.per_file_ignores.into_iter().chain(self.per_file_ignores).collect(),
            options,
            verify: self.verify.merge(base.verify),
        }
    }

    /// Whether preview rules run.
    fn preview(&self, cli: &Overrides) -> bool {
        cli.preview.or(self.preview).unwrap_or(false)
    }

    /// The settings of a file that matches these of the `per_file_ignores`, by index.
    pub(crate) fn settings(&self, cli: &Overrides, spared: &[usize], rules: &'static [Entry]) -> Settings {
        let spared: Vec<_> = spared.iter().flat_map(|index| &self.per_file_ignores[*index].1.ignore).collect();
        let mut selection = self.selection.clone();
        if self.require_reason == Some(true) {
            selection.extend_select.extend(Selector::parse(REASON_RULE, rules));
        }
        let targets = self.targets.as_deref().unwrap_or_default();
        if targets.iter().any(|target| matches!(target, Target::Kubernetes | Target::CriO)) {
            selection.extend_select.extend(Selector::parse(KUBERNETES_RULE, rules));
        }
        let choice = Choice {
            config: &selection,
            cli: &cli.selection,
            profile: cli.profile.or(self.profile).unwrap_or_default(),
            preview: self.preview(cli),
            levels: &self.levels,
            spared: &spared,
        };
        let shellcheck = cli.shellcheck.or(self.shellcheck).unwrap_or_default();
        let mut rules = choice.rules(rules);
        if shellcheck == Backend::Off {
            rules.retain(|(entry, _)| !shellcheck::is_one(&entry.meta));
        }
        let options = rules.iter().filter_map(|(entry, _)| {
            let read = entry.options?;
            let table = self.options.get(entry.meta.name).cloned().unwrap_or_default();
            // Defaults replace what cannot be parsed: that was reported, and then no file is checked.
            let options = read(table).or_else(|_| read(toml::Table::new())).ok()?;
            Some((entry.meta.name, options))
        });
        let options: HashMap<_, _> = options.collect();
        let mut build_args = self.build_args.clone();
        build_args.extend(cli.build_args.clone());
        Settings {
            lint: lint::Settings {
                rules,
                options,
                targets: self.targets.clone().unwrap_or_default(),
                shellcheck,
                mark_fixes: cli.mark_fixes,
            },
            build_args,
            fail_on: cli.fail_on.or(self.fail_on).unwrap_or(Level::Warn),
            preview: self.preview(cli),
            targets: self.targets.clone().unwrap_or_else(|| vec![Target::Docker]),
            config: self.path.clone(),
            verify: self.verify.clone(),
        }
    }

    /// The `per_file_ignores` that match a file, by index; `path` is without links.
    fn matching_ignores(&self, path: &std::path::Path) -> Vec<usize> {
        let fits =
            |globs: &Globs| PathGlobs::new(std::slice::from_ref(globs)).is_ok_and(|globs| globs.with_parents(path));
        let indices = self.per_file_ignores.iter().enumerate();
        indices.filter(|(_, (globs, _))| fits(globs)).map(|(index, _)| index).collect()
    }
}

/// Reads a table of another file whose keys are those of `plimsoll.toml`.
pub(crate) fn read_table(
    source: &Arc<crate::text::Source>,
    table: &toml::de::DeTable<'_>,
    rules: &'static [Entry],
) -> (Config, Vec<(crate::text::Span, Problem)>) {
    reader::read_table(source, table, rules)
}

#[cfg(test)]
mod tests;
