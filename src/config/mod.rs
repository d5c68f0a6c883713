//! `plimsoll.toml`: its keys, which file applies to a Dockerfile, and the resulting settings.
//!
//! Only the nearest `plimsoll.toml` or `.plimsoll.toml` above a file applies, and the files that it extends; in a directory
//! that has neither, `[tool.plimsoll]` of pyproject.toml or `plimsoll` of package.json does. Mistakes in it are shown like findings in a Dockerfile; see [`Problem`].

#[cfg(feature = "server")]
pub mod editor_config;
mod find;
pub mod hadolint_file;
mod hadolint_yaml;
pub mod import_hadolint;
mod host_file;
pub mod json_schema;
mod reader;
mod required_version;
mod schema;
mod shape;

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::sync::Arc;

pub(crate) use find::{read_file, shown};
pub use find::{Configs, Lookup};
pub use schema::{KEYS, Key};

use crate::discover::{Globs, PathGlobs};
use crate::finding::{Diagnostic, Entry, Level};
use crate::hadolint::{self, Severity, Threshold};
use crate::format::FormatSettings;
use crate::lint;
use crate::lint::profile::Profile;
use crate::lint::fix_selection::FixSelection;
use crate::lint::select::{Choice, Selection, Selector};
use crate::model::BuildArgs;
use crate::shellcheck::{self, Backend};
use crate::text::{Date, Problem, Source};
use crate::verify::RunSpec;
use crate::weigh::Budget;

/// The names that are looked for, in this order.
pub const FILE_NAMES: [&str; 2] = ["plimsoll.toml", ".plimsoll.toml"];

/// The rule that `require-reason` enables.
const REASON_RULE: &str = "ignore-without-reason";

/// The rule that `--today` is an option of.
const EXPIRY_RULE: &str = "expired-ignore";

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
    /// A file of known findings.
    pub baseline: Option<PathBuf>,
    pub exclude: Option<Globs>,
    /// Files to check whatever their names.
    pub include: Option<Globs>,
    pub selection: Selection,
    pub fixes: FixSelection,
    pub targets: Option<Vec<Target>>,
    pub shellcheck: Option<Backend>,
    pub build_args: BuildArgs,
    /// In file order.
    pub levels: Vec<(Selector, Level)>,
    /// `per-file-ignores` and `overrides`, in this order.
    pub per_file: Vec<PerFile>,
    /// By rule name. The rules can parse them: that was tried.
    pub options: BTreeMap<&'static str, toml::Table>,
    pub verify: RunSpec,
    /// What images may weigh.
    pub weigh: Budget,
    /// `[hadolint]`, for the profile of that name.
    pub hadolint: hadolint::Setup,
    pub format: FormatSettings,
}

/// What differs for some files.
#[derive(Clone, Debug)]
pub struct PerFile {
    pub files: Globs,
    /// `ignore` are the rules to skip, whatever else is set.
    pub selection: Selection,
    pub levels: Vec<(Selector, Level)>,
}

pub use crate::finding::Target;

/// Settings from the command line, which take precedence over every configuration file.
#[derive(Clone, Debug, Default)]
pub struct Overrides {
    pub profile: Option<Profile>,
    pub preview: Option<bool>,
    pub fail_on: Option<Level>,
    /// The day that ignore comments with a date are compared with.
    pub today: Option<Date>,
    pub selection: Selection,
    pub fixes: FixSelection,
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
    /// A file of known findings.
    pub baseline: Option<PathBuf>,
    pub preview: bool,
    pub targets: Vec<Target>,
    /// The configuration file they are from.
    pub config: Option<PathBuf>,
    /// How its image is built, run and checked.
    pub verify: RunSpec,
    /// What images may weigh.
    pub weigh: Budget,
    /// With the profile `hadolint`.
    pub hadolint: Option<HadolintSettings>,
    pub format: FormatSettings,
}

/// hadolint's findings in place of ours.
pub struct HadolintSettings {
    pub options: hadolint::Options,
    select: Option<Vec<Selector>>,
    ignore: Vec<Selector>,
}

impl HadolintSettings {
    /// Whether a finding is selected and not ignored, by its code or its rule.
    pub fn wants(&self, code: &str, entry: &Entry) -> bool {
        let fits = |selector: &Selector| match is_code(&selector.text) {
            true => selector.text.eq_ignore_ascii_case(code),
            false => selector.fits(entry).is_some(),
        };
        self.select.as_ref().is_none_or(|select| select.iter().any(fits)) && !self.ignore.iter().any(fits)
    }

    /// hadolint's findings in a file, those that are selected.
    pub fn findings(&self, source: &Source) -> Vec<Diagnostic> {
        let found = hadolint::check(source, &self.options);
        let wants = |found: &hadolint::Finding| found.entry().is_none_or(|entry| self.wants(found.code, entry));
        found.iter().filter(|found| wants(found)).map(hadolint::Finding::diagnostic).collect()
    }
}

/// `DL3006`, `SC2086`.
fn is_code(text: &str) -> bool {
    text.len() == 6 && text.bytes().skip(2).all(|byte| byte.is_ascii_digit())
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
            baseline: self.baseline.or(base.baseline),
            exclude: self.exclude.or(base.exclude),
            include: self.include.or(base.include),
            selection: Selection {
                select: self.selection.select.or(base.selection.select),
                extend_select: or(self.selection.extend_select, base.selection.extend_select),
                ignore: or(self.selection.ignore, base.selection.ignore),
            },
            fixes: self.fixes.merge(base.fixes),
            targets: self.targets.or(base.targets),
            shellcheck: self.shellcheck.or(base.shellcheck),
            build_args,
            levels: base.levels.into_iter().chain(self.levels).collect(),
            per_file: base.per_file.into_iter().chain(self.per_file).collect(),
            options,
            verify: self.verify.merge(base.verify),
            weigh: self.weigh.merge(base.weigh),
            hadolint: base.hadolint.with(self.hadolint),
            format: self.format.merge(base.format),
        }
    }

    /// Whether preview rules run.
    fn preview(&self, cli: &Overrides) -> bool {
        cli.preview.or(self.preview).unwrap_or(false)
    }

    /// The settings of a file that matches these of `per_file`, by index.
    pub(crate) fn settings(&self, cli: &Overrides, matching: &[usize], rules: &'static [Entry]) -> Settings {
        let matching: Vec<_> = matching.iter().map(|index| &self.per_file[*index]).collect();
        let spared: Vec<_> = matching.iter().flat_map(|it| &it.selection.ignore).collect();
        let levels = matching.iter().flat_map(|it| &it.levels);
        let levels: Vec<_> = self.levels.iter().chain(levels).cloned().collect();
        let choice_profile = cli.profile.or(self.profile).unwrap_or_default();
        let mut selection = self.selection.clone();
        for it in &matching {
            selection.select = it.selection.select.clone().or(selection.select);
            selection.extend_select.extend(it.selection.extend_select.iter().cloned());
        }
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
            profile: choice_profile,
            preview: self.preview(cli),
            levels: &levels,
            spared: &spared,
        };
        let shellcheck = cli.shellcheck.or(self.shellcheck).unwrap_or_default();
        let mut rules = choice.rules(rules);
        let codes = rules.iter().filter_map(|(entry, _)| Some((entry.meta.name, choice.codes(entry)?))).collect();
        if shellcheck == Backend::Off {
            rules.retain(|(entry, _)| !shellcheck::is_one(&entry.meta));
        }
        let options = rules.iter().filter_map(|(entry, _)| {
            let read = entry.options?;
            let mut table = self.options.get(entry.meta.name).cloned().unwrap_or_default();
            if let Some(today) = cli.today.filter(|_| entry.meta.name == EXPIRY_RULE) {
                table.insert("today".to_owned(), today.to_string().into());
            }
            // Defaults replace what cannot be parsed: that was reported, and then no file is checked.
            let options = read(table).or_else(|_| read(toml::Table::new())).ok()?;
            Some((entry.meta.name, options))
        });
        let options: HashMap<_, _> = options.collect();
        let fixes = cli.fixes.clone().merge(self.fixes.clone());
        let policies = rules.iter().filter_map(|(entry, _)| Some((entry.meta.name, fixes.policy(entry)?)));
        let fix_policies = policies.collect();
        let mut build_args = self.build_args.clone();
        build_args.extend(cli.build_args.clone());
        Settings {
            lint: lint::Settings {
                rules,
                codes,
                options,
                targets: self.targets.clone().unwrap_or_default(),
                shellcheck,
                mark_fixes: cli.mark_fixes,
                fix_policies,
            },
            build_args,
            fail_on: cli.fail_on.or(self.fail_on).unwrap_or(Level::Warn),
            baseline: self.baseline.clone(),
            preview: self.preview(cli),
            targets: self.targets.clone().unwrap_or_else(|| vec![Target::Docker]),
            config: self.path.clone(),
            verify: self.verify.clone(),
            weigh: self.weigh,
            hadolint: (choice_profile == Profile::Hadolint).then(|| self.hadolint(cli, &spared)),
            format: self.format.clone(),
        }
    }

    /// The settings of the profile `hadolint`, of the table of that name and of all that chooses codes.
    fn hadolint(&self, cli: &Overrides, spared: &[&Selector]) -> HadolintSettings {
        let mut setup = self.hadolint.clone();
        if let Some(level) = cli.fail_on.or(self.fail_on) {
            setup.threshold = Some(Threshold::At(match level {
                Level::Error => Severity::Error,
                Level::Warn => Severity::Warning,
                Level::Note | Level::Off => Severity::Info,
            }));
        }
        let select = cli.selection.select.clone().or_else(|| self.selection.select.clone());
        let own = if cli.selection.select.is_some() { &[][..] } else { &self.selection.ignore[..] };
        let ignore = cli.selection.ignore.iter().chain(own).chain(spared.iter().copied()).cloned().collect();
        HadolintSettings { options: setup.options(), select, ignore }
    }

    /// Those of `per_file` that match a file, by index; `path` is without links.
    fn matching(&self, path: &std::path::Path) -> Vec<usize> {
        let fits =
            |globs: &Globs| PathGlobs::new(std::slice::from_ref(globs)).is_ok_and(|globs| globs.with_parents(path));
        let indices = self.per_file.iter().enumerate();
        indices.filter(|(_, it)| fits(&it.files)).map(|(index, _)| index).collect()
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
