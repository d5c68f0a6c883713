//! The text of a configuration file → [`Config`] and what is wrong with it.

use std::path::Path;
use std::sync::Arc;

use serde::Deserialize;
use toml::de::{DeTable, ValueDeserializer};

use super::value::Value;
use super::{Config, KEYS};
use crate::discover::{Globs, PathGlobs};
use crate::finding::Entry;
use crate::finding::Level;
use crate::lint::select::{Selection, Selector};
use crate::text::Problem;
use crate::text::suggest::nearest;
use crate::text::{Source, Span};
use crate::verify::VerifySettings;

pub(super) struct Reader<'a> {
    source: &'a Arc<Source>,
    /// The folder that globs are relative to.
    root: &'a Path,
    rules: &'static [Entry],
    preview: bool,
    pub(super) config: Config,
    /// The file that this one extends.
    pub(super) extend: Option<(String, Span)>,
    problems: Vec<(Span, Problem)>,
}

/// What the file says, the file it extends, and its mistakes in file order. `preview` is what the command line says.
pub(super) fn read(
    source: &Arc<Source>,
    root: &Path,
    rules: &'static [Entry],
    preview: Option<bool>,
) -> (Config, Option<(String, Span)>, Vec<Problem>) {
    let (table, errors) = DeTable::parse_recoverable(source.text());
    let config = Config::default();
    let mut reader = Reader { source, root, rules, preview: false, config, extend: None, problems: Vec::new() };
    for error in &errors {
        let span = reader.span(error.span().unwrap_or_default());
        reader.problem(Problem::error(format!("this is not TOML: {}", error.message())), span);
    }
    // Whether a selector is idle depends on it.
    let table = table.get_ref();
    reader.preview = preview.or_else(|| table.get("preview")?.get_ref().as_bool()).unwrap_or(false);
    if errors.is_empty() {
        for (key, value) in table {
            reader.key(key.get_ref(), reader.span(key.span()), value);
        }
    }
    reader.problems.sort_by_key(|(span, _)| *span);
    let problems = reader.problems.into_iter().map(|(_, problem)| problem).collect();
    (reader.config, reader.extend, problems)
}

/// The same for a table in another file, whose keys are those of `plimsoll.toml`.
pub(super) fn read_table(
    source: &Arc<Source>,
    table: &DeTable<'_>,
    rules: &'static [Entry],
) -> (Config, Vec<(Span, Problem)>) {
    let preview = table.get("preview").and_then(|value| value.get_ref().as_bool()).unwrap_or(false);
    let (config, root) = (Config::default(), Path::new("."));
    let mut reader = Reader { source, root, rules, preview, config, extend: None, problems: Vec::new() };
    for (key, value) in table {
        reader.key(key.get_ref(), reader.span(key.span()), value);
    }
    (reader.config, reader.problems)
}

impl Reader<'_> {
    fn key(&mut self, name: &str, span: Span, value: &Value<'_>) {
        if let Some(key) = KEYS.iter().find(|key| key.name == name) {
            return (key.read)(self, value);
        }
        // `fail_on` and `failOn` are what `fail-on` is in other files.
        let plain = |name: &str| name.replace(['-', '_'], "").to_lowercase();
        let same = KEYS.iter().find(|key| plain(key.name) == plain(name)).map(|key| key.name);
        let near = same.or_else(|| nearest(name, KEYS.iter().map(|key| key.name)));
        let problem = Problem::error(format!("there is no key `{name}`")).meant(near);
        self.problem(problem.help("`plimsoll config` lists all keys"), span);
    }

    pub(super) fn problem(&mut self, problem: Problem, span: Span) {
        self.problems.push((span, problem.at(self.source, span)));
    }

    /// A place in the file; never splits a character.
    pub(super) fn span(&self, range: std::ops::Range<usize>) -> Span {
        let text = self.source.text();
        let start = text.floor_char_boundary(range.start);
        Span::new(start, text.ceil_char_boundary(range.end.clamp(start, text.len())))
    }

    pub(super) fn selector(&mut self, text: &str, span: Span) -> Option<Selector> {
        match Selector::parse(text, self.rules) {
            Ok(selector) => Some(selector),
            Err(unknown) => {
                self.problem(unknown.into(), span);
                None
            }
        }
    }

    /// A list of rules to turn on.
    pub(super) fn selected(&mut self, value: &Value<'_>) -> Option<Vec<Selector>> {
        let (rules, preview) = (self.rules, self.preview);
        self.selectors(value, |selector| selector.idle(rules, preview).map(|why| ("selects", why)))
    }

    /// A list of rules to turn off.
    pub(super) fn ignored(&mut self, value: &Value<'_>) -> Option<Vec<Selector>> {
        let rules = self.rules;
        let idle = |selector: &Selector| selector.is_empty(rules).then_some(("ignores", "no rule fits it"));
        self.selectors(value, idle)
    }

    fn selectors(
        &mut self,
        value: &Value<'_>,
        idle: impl Fn(&Selector) -> Option<(&'static str, &'static str)>,
    ) -> Option<Vec<Selector>> {
        let mut selectors = Vec::new();
        for (text, span) in self.strings(value)? {
            let Some(selector) = self.selector(text, span) else { continue };
            if let Some((verb, why)) = idle(&selector) {
                self.problem(Problem::warning(format!("`{text}` {verb} nothing: {why}")), span);
            }
            selectors.push(selector);
        }
        Some(selectors)
    }

    /// A glob, relative to this file's folder.
    fn glob(&mut self, text: &str, span: Span) -> Option<Globs> {
        let globs = Globs { root: self.root.to_path_buf(), globs: vec![text.to_owned()] };
        match PathGlobs::new(std::slice::from_ref(&globs)) {
            Ok(_) => Some(globs),
            Err(error) => {
                self.problem(Problem::error(format!("`{text}` {}", error.message)), span);
                None
            }
        }
    }

    pub(super) fn globs(&mut self, value: &Value<'_>) -> Option<Globs> {
        let texts = self.strings(value)?;
        let globs =
            texts.into_iter().filter_map(|(text, span)| self.glob(text, span)).flat_map(|globs| globs.globs).collect();
        Some(Globs { root: self.root.to_path_buf(), globs })
    }

    /// Entries in file order: of equals the last one counts.
    pub(super) fn entries<'v, 'i>(&mut self, value: &'v Value<'i>) -> Vec<(&'v str, Span, &'v Value<'i>)> {
        let table = self.table(value).into_iter().flatten();
        let mut entries: Vec<_> =
            table.map(|(key, value)| (key.get_ref().as_ref(), self.span(key.span()), value)).collect();
        entries.sort_by_key(|(_, span, _)| *span);
        entries
    }

    pub(super) fn levels(&mut self, value: &Value<'_>) {
        for (name, span, value) in self.entries(value) {
            let selector = self.selector(name, span);
            let Some(text) = self.string(value) else { continue };
            let level = self.word::<Level>(text, self.span(value.span()), "a level");
            self.config.levels.extend(selector.zip(level));
        }
    }

    pub(super) fn per_file_ignores(&mut self, value: &Value<'_>) {
        for (glob, span, value) in self.entries(value) {
            let glob = self.glob(glob, span);
            let ignore = self.ignored(value).unwrap_or_default();
            self.config.per_file_ignores.extend(glob.map(|glob| (glob, Selection { ignore, ..Selection::default() })));
        }
    }

    pub(super) fn build_args(&mut self, value: &Value<'_>) {
        for (name, _, value) in self.entries(value) {
            if let Some(text) = self.string(value) {
                self.config.build_args.insert(name.to_owned(), text.to_owned());
            }
        }
    }

    /// `[verify]`. Key by key, because its own type tells no places.
    pub(super) fn verify(&mut self, value: &Value<'_>) {
        for (name, span, value) in self.entries(value) {
            let Ok(owned) = toml::Value::deserialize(ValueDeserializer::from(value.clone())) else { continue };
            match toml::Table::from_iter([(name.to_owned(), owned)]).try_into::<VerifySettings>() {
                Ok(settings) => {
                    let base = std::mem::take(&mut self.config.verify);
                    self.config.verify = settings.over(base);
                }
                Err(error) => {
                    let message = error.message();
                    let at = if message.starts_with("unknown field") { span } else { self.span(value.span()) };
                    let problem = Problem::error(format!("{message} in `[verify]`"));
                    self.problem(problem.help("`plimsoll config verify` explains its keys"), at);
                }
            }
        }
    }

    /// `[rules.NAME]`: tables of options.
    pub(super) fn options(&mut self, value: &Value<'_>) {
        for (name, span, value) in self.entries(value) {
            let Some(selector) = self.selector(name, span) else { continue };
            let fitting: Vec<_> = self
                .rules
                .iter()
                .filter(|entry| selector.fits(entry) == Some(crate::lint::select::Specificity::Name))
                .collect();
            let [entry] = fitting[..] else {
                self.problem(Problem::error(format!("options belong to one rule, `{name}` is not one")), span);
                continue;
            };
            let Some(read) = entry.options else {
                self.problem(Problem::error(format!("the rule `{}` has no options", entry.meta.name)), span);
                continue;
            };
            let mut all = toml::Table::new();
            let mut sound = true;
            // One by one, because a rule's own type tells no places.
            for (key, key_span, value) in self.entries(value) {
                let Ok(owned) = toml::Value::deserialize(ValueDeserializer::from(value.clone())) else { continue };
                let one = toml::Table::from_iter([(key.to_owned(), owned.clone())]);
                if let Err(error) = read(one) {
                    let message = error.message();
                    let at = if message.starts_with("unknown field") { key_span } else { self.span(value.span()) };
                    let problem = Problem::error(format!("{message} in the options of `{}`", entry.meta.name));
                    self.problem(problem.help(format!("`plimsoll rule {}` explains them", entry.meta.name)), at);
                    sound = false;
                }
                all.insert(key.to_owned(), owned);
            }
            match read(all.clone()) {
                Err(error) if sound => self.problem(Problem::error(error.message().to_owned()), span),
                _ => _ = self.config.options.insert(entry.meta.name, all),
            }
        }
    }
}
