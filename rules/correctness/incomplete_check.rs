//! A file of which a check has not looked at everything. Reported by `src/lint/run.rs`, which calls the checks.

use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Note, "0.1.0", &[]);
