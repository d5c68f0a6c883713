//! Values in a rubric: numbers with a comparison, patterns, one value or a list.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use globset::{GlobBuilder, GlobMatcher};
use regex::Regex;
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use crate::text::suggest::nearest;
use crate::text::units::StringOrNumber;

/// `2`, `"2"`, `">= 2"`, `"< 5"`, as an inclusive range.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Count {
    pub min: u64,
    pub max: u64,
    /// As written.
    pub text: String,
}

/// A glob (`python:*-slim*`), or a regular expression between slashes (`/^python:3\.1[0-9]/`).
#[derive(Clone, Debug)]
pub struct TextPattern {
    /// As written.
    pub text: String,
    matcher: PatternMatcher,
}

#[derive(Clone, Debug)]
enum PatternMatcher {
    Glob(GlobMatcher),
    Regex(Regex),
}

/// A regular expression.
#[derive(Clone, Debug)]
pub struct Expression(pub Regex);

/// The name of a rule for Compose files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ComposeRule(pub String);

/// One value or a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OneOrMany<T>(pub Vec<T>);

impl<T> Default for OneOrMany<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> std::ops::Deref for OneOrMany<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.0
    }
}

impl Count {
    pub fn fits(&self, number: u64) -> bool {
        (self.min..=self.max).contains(&number)
    }

    const EXPECTED: &'static str = "a number such as `2` or `\">= 2\"`";

    fn parse(text: &str) -> Option<Self> {
        let trimmed = text.trim();
        let digits = trimmed.trim_start_matches(['<', '>', '=']);
        let number: u64 = digits.trim().parse().ok()?;
        let (min, max) = match &trimmed[..trimmed.len() - digits.len()] {
            "" | "=" | "==" => (number, number),
            ">=" => (number, u64::MAX),
            ">" => (number.checked_add(1)?, u64::MAX),
            "<=" => (0, number),
            "<" => (0, number.checked_sub(1)?),
            _ => return None,
        };
        Some(Self { min, max, text: trimmed.to_owned() })
    }
}

impl FromStr for Count {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::parse(text).ok_or_else(|| format!("`{text}` is not {}", Self::EXPECTED))
    }
}

impl TextPattern {
    /// # Errors
    /// A sentence if the text is neither a glob nor a regular expression.
    pub fn parse(text: &str) -> Result<Self, String> {
        let inner = text.strip_prefix('/').and_then(|text| text.strip_suffix('/')).filter(|inner| !inner.is_empty());
        let matcher = match inner {
            Some(inner) => PatternMatcher::Regex(expression(inner)?),
            None => {
                let glob = GlobBuilder::new(text).literal_separator(false).build();
                let glob = glob.map_err(|error| format!("invalid glob `{text}`: {}", error.kind()))?;
                PatternMatcher::Glob(glob.compile_matcher())
            }
        };
        Ok(Self { text: text.to_owned(), matcher })
    }

    pub fn fits(&self, text: &str) -> bool {
        match &self.matcher {
            PatternMatcher::Glob(glob) => glob.is_match(text),
            PatternMatcher::Regex(regex) => regex.is_match(text),
        }
    }
}

fn expression(text: &str) -> Result<Regex, String> {
    let built = regex::RegexBuilder::new(text).size_limit(1 << 20).build();
    built.map_err(|error| {
        let error = error.to_string();
        let last = error.lines().last().unwrap_or_default().trim().trim_start_matches("error: ").to_owned();
        format!("invalid regular expression `{text}`: {last}")
    })
}

impl<'de> Deserialize<'de> for Count {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(StringOrNumber::new(Count::EXPECTED))
    }
}

impl<'de> Deserialize<'de> for TextPattern {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        TextPattern::parse(&Cow::<str>::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

impl<'de> Deserialize<'de> for Expression {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        expression(&Cow::<str>::deserialize(deserializer)?).map(Self).map_err(D::Error::custom)
    }
}

impl<'de> Deserialize<'de> for ComposeRule {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = Cow::<str>::deserialize(deserializer)?;
        let names = || crate::rules::ALL.iter().map(|entry| &entry.meta).filter(|meta| meta.practice == "compose");
        if names().any(|meta| meta.name == name) {
            return Ok(Self(name.into_owned()));
        }
        let near = nearest(&name, names().map(|meta| meta.name));
        let help = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
        Err(D::Error::custom(format!("there is no rule `{name}` for Compose files{help}")))
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for OneOrMany<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OneOrManyVisitor<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for OneOrManyVisitor<T> {
            type Value = OneOrMany<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("one value or a list")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
                Ok(OneOrMany(vec![T::deserialize(serde::de::value::StrDeserializer::new(text))?]))
            }

            fn visit_i64<E: Error>(self, number: i64) -> Result<Self::Value, E> {
                Ok(OneOrMany(vec![T::deserialize(serde::de::value::I64Deserializer::new(number))?]))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                Ok(OneOrMany(vec![T::deserialize(MapAccessDeserializer::new(map))?]))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Self::Value, A::Error> {
                Vec::deserialize(SeqAccessDeserializer::new(seq)).map(OneOrMany)
            }
        }
        deserializer.deserialize_any(OneOrManyVisitor(PhantomData))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values() {
        let count = |text: &str| Count::parse(text).map(|count| (count.min, count.max));
        assert_eq!([count(">= 2"), count("<5"), count("3")], [Some((2, u64::MAX)), Some((0, 4)), Some((3, 3))]);
        assert_eq!([count("<0"), count("=>2"), count("many")], [None; 3]);
    }

    #[test]
    fn patterns() {
        let fits = |pattern: &str, text: &str| TextPattern::parse(pattern).expect("it is one").fits(text);
        assert!(fits("python:*-slim*", "python:3.13-slim-bookworm"));
        assert!(fits("*distroless*", "gcr.io/distroless/static:nonroot"));
        assert!(fits("/^node:2[0-9]/", "node:22-alpine") && !fits("/^node:2[0-9]/", "node:18"));
        assert_eq!(TextPattern::parse("/(/").expect_err("no"), "invalid regular expression `(`: unclosed group");
    }
}
