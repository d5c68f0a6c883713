//! Ignore comments that silence nothing. Reported by `src/suppress.rs`, which reads them.

use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Note, "0.1.0", &[]);
