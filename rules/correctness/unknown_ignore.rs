//! Ignore comments that name no rule. Reported where ignore comments are read: `src/suppress.rs`.

use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[]);
