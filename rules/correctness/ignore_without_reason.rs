//! Ignore comments without a reason. Reported by `src/suppress.rs`, which reads them.

use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Off, "0.1.0", &[]);
