//! Ignore comments that cover nothing. Reported where ignore comments are read: `src/suppress.rs`.

use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Note, "0.1.0", &[]);
