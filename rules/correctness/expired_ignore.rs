//! Ignore comments whose date has passed. Reported by `src/lint/suppress.rs`, which reads them.

use crate::finding::prelude::*;
use crate::text::Date;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[]).options::<Options>();

#[derive(Default, serde::Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Options {
    /// The day to compare with; without it no comment expires.
    pub(crate) today: Option<Date>,
}
