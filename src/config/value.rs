//! A value of the file, read as what it should be. What it is instead becomes a [`Problem`] at its place.

use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue};

use crate::config::reader::Reader;
use crate::text::Problem;
use crate::text::Span;
use crate::text::suggest::nearest;

pub(super) type Value<'i> = Spanned<DeValue<'i>>;

impl Reader<'_> {
    pub(super) fn bool(&mut self, value: &Value<'_>) -> Option<bool> {
        let read = value.get_ref().as_bool();
        self.expected(read, value, "`true` or `false`")
    }

    pub(super) fn string<'v>(&mut self, value: &'v Value<'_>) -> Option<&'v str> {
        let read = value.get_ref().as_str();
        self.expected(read, value, "a string")
    }

    pub(super) fn table<'v, 'i>(&mut self, value: &'v Value<'i>) -> Option<&'v DeTable<'i>> {
        let read = value.get_ref().as_table();
        self.expected(read, value, "a table")
    }

    fn array<'v, 'i>(&mut self, value: &'v Value<'i>) -> Option<&'v DeArray<'i>> {
        let read = value.get_ref().as_array();
        self.expected(read, value, "a list of strings: `[\"…\"]`")
    }

    /// The strings of a list, each with its place.
    pub(super) fn strings<'v>(&mut self, value: &'v Value<'_>) -> Option<Vec<(&'v str, Span)>> {
        let array = self.array(value)?;
        Some(array.iter().filter_map(|item| Some((self.string(item)?, self.span(item.span())))).collect())
    }

    /// One of a few words.
    pub(super) fn word<T: clap::ValueEnum>(&mut self, text: &str, span: Span, what: &str) -> Option<T> {
        if let Ok(word) = T::from_str(text, false) {
            return Some(word);
        }
        let words: Vec<String> = T::value_variants()
            .iter()
            .filter_map(|word| Some(word.to_possible_value()?.get_name().to_owned()))
            .collect();
        let all = words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ");
        let near = nearest(text, words.iter().map(String::as_str));
        let problem = Problem::error(format!("`{text}` is not {what}")).meant(near);
        self.problem(problem.help(format!("write one of {all}")), span);
        None
    }

    fn expected<T>(&mut self, read: Option<T>, value: &Value<'_>, what: &str) -> Option<T> {
        if read.is_none() {
            let is = value.get_ref().type_str();
            let article = if is.starts_with(['a', 'i']) { "an" } else { "a" };
            self.problem(Problem::error(format!("expected {what}, found {article} {is}")), self.span(value.span()));
        }
        read
    }
}
