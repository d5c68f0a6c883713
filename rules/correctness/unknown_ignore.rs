//! Ignore comments that name an unknown rule. Reported by `src/suppress.rs`, which reads them.

use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[]);
