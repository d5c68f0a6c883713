//! TOML with the place of each value, read as what it should be. What it is instead becomes a [`Problem`] at its place.

use std::ops::Range;
use std::sync::Arc;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeTable, DeValue, ValueDeserializer};

use super::suggest::nearest;
use super::variants::Variants;
use super::{Problem, Source, Span};

/// A value and where it is written.
pub type Value<'i> = Spanned<DeValue<'i>>;

/// An entry of a table: its key, where the key is written, and its value.
pub type Entry<'v, 'i> = (&'v str, Span, &'v Value<'i>);

/// Reads one file and collects its mistakes.
pub struct TomlReader<'s> {
    source: &'s Arc<Source>,
    problems: Vec<(Span, Problem)>,
}

impl<'s> TomlReader<'s> {
    pub fn new(source: &'s Arc<Source>) -> Self {
        Self { source, problems: Vec::new() }
    }

    /// The file's table; `None` if the file is not TOML.
    pub fn parse(&mut self) -> Option<Spanned<DeTable<'s>>> {
        let (table, errors) = DeTable::parse_recoverable(self.source.text());
        for error in &errors {
            let span = self.span(error.span().unwrap_or_default());
            self.error(format!("invalid TOML: {}", error.message()), span);
        }
        errors.is_empty().then_some(table)
    }

    /// The mistakes, in the order of their places.
    pub fn finish(mut self) -> Vec<(Span, Problem)> {
        self.problems.sort_by_key(|(span, _)| *span);
        self.problems
    }

    pub fn has_problems(&self) -> bool {
        !self.problems.is_empty()
    }

    pub fn error(&mut self, message: impl Into<String>, span: Span) {
        self.problem(Problem::error(message), span);
    }

    pub fn problem(&mut self, problem: Problem, span: Span) {
        self.problems.push((span, problem.at(self.source, span)));
    }

    /// Adds problems that already have their places.
    pub fn extend(&mut self, problems: impl IntoIterator<Item = (Span, Problem)>) {
        self.problems.extend(problems);
    }

    /// A place in the file; never splits a character.
    pub fn span(&self, range: Range<usize>) -> Span {
        let text = self.source.text();
        let start = text.floor_char_boundary(range.start);
        Span::new(start, text.ceil_char_boundary(range.end.clamp(start, text.len())))
    }

    pub fn bool(&mut self, value: &Value<'_>) -> Option<bool> {
        let read = value.get_ref().as_bool();
        self.expected(read, value, "`true` or `false`")
    }

    pub fn string<'v>(&mut self, value: &'v Value<'_>) -> Option<&'v str> {
        let read = value.get_ref().as_str();
        self.expected(read, value, "a string")
    }

    pub fn table<'v, 'i>(&mut self, value: &'v Value<'i>) -> Option<&'v DeTable<'i>> {
        let read = value.get_ref().as_table();
        self.expected(read, value, "a table")
    }

    /// The strings of a list, each with its place.
    pub fn strings<'v>(&mut self, value: &'v Value<'_>) -> Option<Vec<(&'v str, Span)>> {
        let array = value.get_ref().as_array();
        let array = self.expected(array, value, "a list of strings: `[\"…\"]`")?;
        Some(array.iter().filter_map(|item| Some((self.string(item)?, self.span(item.span())))).collect())
    }

    /// The entries of a table in the order of the file.
    pub fn entries<'v, 'i>(&mut self, value: &'v Value<'i>) -> Vec<Entry<'v, 'i>> {
        let table = self.table(value).into_iter().flatten();
        let mut entries: Vec<_> =
            table.map(|(key, value)| (key.get_ref().as_ref(), self.span(key.span()), value)).collect();
        entries.sort_by_key(|(_, span, _)| *span);
        entries
    }

    /// The value of an enum, from its name. `what` says what it is: "level".
    pub fn variant<T: Variants>(&mut self, text: &str, span: Span, what: &str) -> Option<T> {
        let value = T::from_name(text);
        if value.is_none() {
            let problem = Problem::error(format!("unknown {what} `{text}`")).meant(T::nearest(text));
            let all = T::names().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
            self.problem(problem.help(format!("expected one of {all}")), span);
        }
        value
    }

    /// A value of any type. What is wrong is reported at its place, or else at `at`, with `help`.
    pub fn typed<T: DeserializeOwned>(&mut self, value: &Value<'_>, at: Span, help: &str) -> Option<T> {
        let error = match T::deserialize(ValueDeserializer::from(value.clone())) {
            Ok(value) => return Some(value),
            Err(error) => error,
        };
        let span = error.span().filter(|span| !span.is_empty()).map_or(at, |range| self.span(range));
        // A whole table is no place to point at.
        let span = if self.source.slice(span).contains('\n') && !at.is_empty() { at } else { span };
        self.problem(describe(error.message()).help(help), span);
        None
    }

    /// The same for the entries of a table one by one, so that one mistake does not hide the others: each becomes a `T`
    /// of which only this key is set.
    pub fn typed_entries<T: DeserializeOwned>(&mut self, value: &Value<'_>, help: &str) -> Vec<T> {
        let mut read = Vec::new();
        for (name, span, value) in self.entries(value) {
            match one_entry(name, value).try_into::<T>() {
                Ok(entry) => read.push(entry),
                Err(error) => {
                    let message = error.message();
                    let at = if message.starts_with("unknown field") { span } else { self.span(value.span()) };
                    self.problem(describe(message).help(help), at);
                }
            }
        }
        read
    }

    fn expected<T>(&mut self, read: Option<T>, value: &Value<'_>, what: &str) -> Option<T> {
        if read.is_none() {
            let is = value.get_ref().type_str();
            let article = if is.starts_with(['a', 'i']) { "an" } else { "a" };
            self.error(format!("expected {what}, found {article} {is}"), self.span(value.span()));
        }
        read
    }
}

/// A table of one entry, without places.
pub fn one_entry(name: &str, value: &Value<'_>) -> toml::Table {
    let value = toml::Value::deserialize(ValueDeserializer::from(value.clone()));
    value.map(|value| toml::Table::from_iter([(name.to_owned(), value)])).unwrap_or_default()
}

/// Serde's complaint as one of ours.
pub fn describe(message: &str) -> Problem {
    if let Some((unknown, known)) = unknown_field(message) {
        let problem = Problem::error(format!("unknown key `{unknown}`")).meant(nearest(unknown, known.iter().copied()));
        return problem.help(format!("expected one of: {}", known.join(", ")));
    }
    match message.strip_prefix("missing field") {
        Some(rest) => Problem::error(format!("missing key{rest}")),
        None => Problem::error(message),
    }
}

/// ``unknown field `x`, expected one of `a`, `b` ``.
fn unknown_field(message: &str) -> Option<(&str, Vec<&str>)> {
    let rest = message.strip_prefix("unknown field `")?;
    let (unknown, rest) = rest.split_once('`')?;
    Some((unknown, rest.split('`').skip(1).step_by(2).collect()))
}
