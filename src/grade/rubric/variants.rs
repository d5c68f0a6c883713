//! Variants of an assignment: the same task in several programming languages.

#[cfg(feature = "schemas")]
use schemars::JsonSchema;
use serde::Deserialize;

use super::Criterion;
use super::values::{OneOrMany, TextPattern};
use crate::grade::Points;
use crate::text::Problem;

/// A variant of the assignment. Criteria with its id count for its submissions only.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(feature = "schemas", derive(JsonSchema))]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Variant {
    pub id: String,
    /// Files that its submissions have: paths or globs.
    pub files: OneOrMany<TextPattern>,
    /// Base images that any of their stages has.
    pub bases: OneOrMany<TextPattern>,
}

/// What is wrong with the variants of a rubric.
pub(super) fn problems(variants: &[Variant], criteria: &[Criterion]) -> Vec<Problem> {
    let mut problems = Vec::new();
    let is_allowed = |ch: char| ch.is_ascii_alphanumeric() || matches!(ch, '-' | '_');
    for (at, variant) in variants.iter().enumerate() {
        let id = &variant.id;
        if id.is_empty() || !id.chars().all(is_allowed) {
            problems.push(Problem::error(format!("invalid id `{id}` of a variant: use letters, digits, `-` and `_`")));
        }
        if variants[..at].iter().any(|other| other.id == *id) {
            problems.push(Problem::error(format!("two variants have the id `{id}`")));
        }
    }
    for criterion in criteria {
        for name in criterion.variants.iter().filter(|name| !variants.iter().any(|variant| variant.id == **name)) {
            problems.push(Problem::error(format!("criterion `{}`: no `[[variant]]` has the id `{name}`", criterion.id)));
        }
    }
    let maximum = |variant: &Variant| {
        let own = criteria.iter().filter(|criterion| !criterion.bonus && criterion.is_of(Some(&variant.id)));
        own.map(|criterion| criterion.points).sum::<Points>()
    };
    let maxima: Vec<(&str, Points)> = variants.iter().map(|variant| (variant.id.as_str(), maximum(variant))).collect();
    if maxima.windows(2).any(|pair| pair[0].1 != pair[1].1) {
        let maxima: Vec<String> = maxima.iter().map(|(id, points)| format!("{points} in `{id}`")).collect();
        let problem = Problem::warning(format!("variants have different maxima: {}", maxima.join(", ")));
        problems.push(problem.help("give each variant the same number of points"));
    }
    problems
}
