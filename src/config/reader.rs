//! The text of a configuration file → [`Config`] and what is wrong with it.

use std::path::Path;
use std::sync::Arc;

use toml::de::DeTable;

use super::{Config, KEYS, PerFile};
use crate::config::hadolint_file::HadolintTable;
use crate::config::host_file::PYPROJECT;
use crate::config::shape::OVERRIDE;
use crate::discover::{Globs, PathGlobs};
use crate::finding::{Entry, Level};
use crate::format::FormatSettings;
use crate::lint::select::{Selection, Selector, Specificity};
use crate::text::suggest::nearest;
use crate::text::toml::{TomlReader, Value, describe, one_entry};
use crate::text::{Problem, Source, Span};
use crate::verify::RunSpec;
use crate::weigh::Budget;

pub(super) struct ConfigReader<'a> {
    pub(super) toml: TomlReader<'a>,
    /// The directory that globs are relative to.
    root: &'a Path,
    rules: &'static [Entry],
    preview: bool,
    pub(super) config: Config,
    /// The file that this one extends.
    pub(super) extend: Option<(String, Span)>,
}

/// What the file says, the file it extends, and its mistakes in file order. `preview` is what the command line says.
pub(super) fn read(
    source: &Arc<Source>,
    root: &Path,
    rules: &'static [Entry],
    preview: Option<bool>,
) -> (Config, Option<(String, Span)>, Vec<Problem>) {
    let mut reader = ConfigReader::new(source, root, rules);
    if let Some(table) = reader.toml.parse() {
        let file = Path::new(source.name()).file_name();
        match file.is_some_and(|name| name == PYPROJECT) {
            false => reader.all(table.get_ref(), preview),
            true => {
                let tool = table.get_ref().get("tool").and_then(|tool| tool.get_ref().as_table());
                let own = tool.and_then(|tool| tool.get("plimsoll")).and_then(|own| own.get_ref().as_table());
                own.into_iter().for_each(|table| reader.all(table, preview));
            }
        }
    }
    let problems = reader.toml.finish().into_iter().map(|(_, problem)| problem).collect();
    (reader.config, reader.extend, problems)
}

/// The same for a table in another file, whose keys are those of `plimsoll.toml`.
pub(super) fn read_table(
    source: &Arc<Source>,
    table: &DeTable<'_>,
    rules: &'static [Entry],
) -> (Config, Vec<(Span, Problem)>) {
    let mut reader = ConfigReader::new(source, Path::new("."), rules);
    reader.all(table, None);
    (reader.config, reader.toml.finish())
}

impl<'a> ConfigReader<'a> {
    fn new(source: &'a Arc<Source>, root: &'a Path, rules: &'static [Entry]) -> Self {
        let toml = TomlReader::new(source);
        Self { toml, root, rules, preview: false, config: Config::default(), extend: None }
    }

    fn all(&mut self, table: &DeTable<'_>, preview: Option<bool>) {
        // Whether a selector selects anything depends on it.
        self.preview = preview.or_else(|| table.get("preview")?.get_ref().as_bool()).unwrap_or(false);
        const VERSION: &str = "required-version";
        // A file for another version may have keys that are unknown here: only the version is reported then.
        if let Some(value) = table.get(VERSION) {
            self.key(VERSION, Span::default(), value);
        }
        if self.toml.has_problems() {
            return;
        }
        for (key, value) in table.iter().filter(|(key, _)| key.get_ref() != VERSION) {
            let span = self.toml.span(key.span());
            self.key(key.get_ref(), span, value);
        }
    }

    fn key(&mut self, name: &str, span: Span, value: &Value<'_>) {
        if let Some(key) = KEYS.iter().find(|key| key.name == name) {
            return (key.read)(self, value);
        }
        // `fail_on` and `failOn` are what `fail-on` is in other files.
        let letters = |name: &str| name.replace(['-', '_'], "").to_lowercase();
        let same = KEYS.iter().find(|key| letters(key.name) == letters(name)).map(|key| key.name);
        let near = same.or_else(|| nearest(name, KEYS.iter().map(|key| key.name)));
        let problem = Problem::error(format!("unknown key `{name}`")).meant(near);
        self.toml.problem(problem.help("`plimsoll config` lists all keys"), span);
    }

    pub(super) fn selector(&mut self, text: &str, span: Span) -> Option<Selector> {
        match Selector::parse(text, self.rules) {
            Ok(selector) => Some(selector),
            Err(unknown) => {
                self.toml.problem(unknown.into(), span);
                None
            }
        }
    }

    /// A list of rules to turn on.
    pub(super) fn selected(&mut self, value: &Value<'_>) -> Option<Vec<Selector>> {
        let (rules, preview) = (self.rules, self.preview);
        self.selectors(value, |selector| selector.idle(rules, preview).map(|why| ("selects", why)))
    }

    /// A list of rules, for their fixes.
    pub(super) fn fix_rules(&mut self, value: &Value<'_>) -> Option<Vec<Selector>> {
        let rules = self.rules;
        self.selectors(value, |selector| selector.is_empty(rules).then_some(("changes", "it matches no rule")))
    }

    /// A list of rules to turn off.
    pub(super) fn ignored(&mut self, value: &Value<'_>) -> Option<Vec<Selector>> {
        let rules = self.rules;
        self.selectors(value, |selector| selector.is_empty(rules).then_some(("ignores", "it matches no rule")))
    }

    fn selectors(
        &mut self,
        value: &Value<'_>,
        unused: impl Fn(&Selector) -> Option<(&'static str, &'static str)>,
    ) -> Option<Vec<Selector>> {
        let mut selectors = Vec::new();
        for (text, span) in self.toml.strings(value)? {
            let Some(selector) = self.selector(text, span) else { continue };
            if let Some((verb, why)) = unused(&selector) {
                self.toml.problem(Problem::warning(format!("`{text}` {verb} nothing: {why}")), span);
            }
            selectors.push(selector);
        }
        Some(selectors)
    }

    /// A path, relative to this file's directory.
    pub(super) fn path(&self, text: &str) -> std::path::PathBuf {
        self.root.join(text)
    }

    /// A glob, relative to this file's directory.
    fn glob(&mut self, text: &str, span: Span) -> Option<Globs> {
        let globs = Globs { root: self.root.to_path_buf(), globs: vec![text.to_owned()] };
        match PathGlobs::new(std::slice::from_ref(&globs)) {
            Ok(_) => Some(globs),
            Err(error) => {
                self.toml.problem(Problem::error(format!("`{text}` {}", error.message)), span);
                None
            }
        }
    }

    pub(super) fn globs(&mut self, value: &Value<'_>) -> Option<Globs> {
        let texts = self.toml.strings(value)?;
        let globs =
            texts.into_iter().filter_map(|(text, span)| self.glob(text, span)).flat_map(|globs| globs.globs).collect();
        Some(Globs { root: self.root.to_path_buf(), globs })
    }

    pub(super) fn levels(&mut self, value: &Value<'_>) {
        let levels = self.level_table(value);
        self.config.levels.extend(levels);
    }

    fn level_table(&mut self, value: &Value<'_>) -> Vec<(Selector, Level)> {
        let mut levels = Vec::new();
        for (name, span, value) in self.toml.entries(value) {
            let selector = self.selector(name, span);
            let Some(text) = self.toml.string(value) else { continue };
            let level = self.toml.variant::<Level>(text, self.toml.span(value.span()), "level");
            levels.extend(selector.zip(level));
        }
        levels
    }

    pub(super) fn per_file_ignores(&mut self, value: &Value<'_>) {
        for (glob, span, value) in self.toml.entries(value) {
            let glob = self.glob(glob, span);
            let ignore = self.ignored(value).unwrap_or_default();
            let selection = Selection { ignore, ..Selection::default() };
            self.config.per_file.extend(glob.map(|files| PerFile { files, selection, levels: Vec::new() }));
        }
    }

    /// `[[overrides]]`.
    pub(super) fn overrides(&mut self, value: &Value<'_>) {
        let Some(tables) = value.get_ref().as_array() else {
            let span = self.toml.span(value.span());
            return self.toml.error("expected a list of tables: `[[overrides]]`", span);
        };
        for table in tables {
            let mut files = None;
            let mut selection = Selection::default();
            let mut levels = Vec::new();
            for (key, span, value) in self.toml.entries(table) {
                match key {
                    "files" => files = self.globs(value),
                    "select" => selection.select = self.selected(value),
                    "extend-select" => selection.extend_select = self.selected(value).unwrap_or_default(),
                    "ignore" => selection.ignore = self.ignored(value).unwrap_or_default(),
                    "levels" => levels = self.level_table(value),
                    _ => {
                        let near = nearest(key, OVERRIDE.iter().map(|(name, _)| *name));
                        let problem = Problem::error(format!("unknown key `{key}`")).meant(near);
                        self.toml.problem(problem.help("`plimsoll config overrides` explains its keys"), span);
                    }
                }
            }
            match files {
                Some(files) => self.config.per_file.push(PerFile { files, selection, levels }),
                None => {
                    let span = self.toml.span(table.span());
                    let problem = Problem::error("`files` is missing: the table matches no file");
                    self.toml.problem(problem.help("add the files: `files = [\"dev/**\"]`"), span);
                }
            }
        }
    }

    pub(super) fn build_args(&mut self, value: &Value<'_>) {
        for (name, _, value) in self.toml.entries(value) {
            if let Some(text) = self.toml.string(value) {
                self.config.build_args.insert(name.to_owned(), text.to_owned());
            }
        }
    }

    /// `[verify]`.
    pub(super) fn verify(&mut self, value: &Value<'_>) {
        for entry in self.toml.typed_entries::<RunSpec>(value, "`plimsoll config verify` explains its keys") {
            let base = std::mem::take(&mut self.config.verify);
            self.config.verify = entry.merge(base);
        }
    }

    /// `[weigh]`.
    pub(super) fn weigh(&mut self, value: &Value<'_>) {
        for entry in self.toml.typed_entries::<Budget>(value, "`plimsoll config weigh` explains its keys") {
            self.config.weigh = entry.merge(self.config.weigh);
        }
    }

    /// `[hadolint]`.
    pub(super) fn hadolint(&mut self, value: &Value<'_>) {
        let help = "`plimsoll config hadolint` explains its keys";
        for entry in self.toml.typed_entries::<HadolintTable>(value, help) {
            match entry.setup() {
                Ok(setup) => self.config.hadolint = std::mem::take(&mut self.config.hadolint).with(setup),
                Err(message) => self.toml.problem(Problem::error(message).help(help), self.toml.span(value.span())),
            }
        }
    }

    /// `[format]`.
    pub(super) fn format(&mut self, value: &Value<'_>) {
        for entry in self.toml.typed_entries::<FormatSettings>(value, "`plimsoll config format` explains its keys") {
            let base = std::mem::take(&mut self.config.format);
            self.config.format = entry.merge(base);
        }
    }

    /// `[rules.NAME]`: tables of options.
    pub(super) fn options(&mut self, value: &Value<'_>) {
        for (name, span, value) in self.toml.entries(value) {
            let Some(selector) = self.selector(name, span) else { continue };
            let is_named = |entry: &&Entry| selector.fits(entry) == Some(Specificity::Name);
            let named: Vec<_> = self.rules.iter().filter(is_named).collect();
            let [entry] = named[..] else {
                self.toml.error(format!("options belong to a single rule, and `{name}` is not one"), span);
                continue;
            };
            let Some(read) = entry.options else {
                self.toml.error(format!("the rule `{}` has no options", entry.meta.name), span);
                continue;
            };
            let mut all = toml::Table::new();
            let mut valid = true;
            // One by one, because a rule's own type does not know places.
            for (key, key_span, value) in self.toml.entries(value) {
                let one = one_entry(key, value);
                all.extend(one.clone());
                if let Err(error) = read(one) {
                    let message = error.message();
                    let at = if message.starts_with("unknown field") { key_span } else { self.toml.span(value.span()) };
                    let help = format!("`plimsoll rule {}` explains the options of the rule", entry.meta.name);
                    self.toml.problem(describe(message).help(help), at);
                    valid = false;
                }
            }
            match read(all.clone()) {
                Err(error) if valid => self.toml.error(error.message().to_owned(), span),
                _ => _ = self.config.options.insert(entry.meta.name, all),
            }
        }
    }
}
