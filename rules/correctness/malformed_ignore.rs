//! Ignore comments that are misspelt or out of place. Reported by `src/lint/suppress.rs`, which reads them.

use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[]);
