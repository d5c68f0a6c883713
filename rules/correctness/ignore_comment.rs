//! Lists every ignore comment. Reported by `src/suppress.rs`, which reads them.

use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Off, "0.1.0", &[]).aka(&["DL1001"]);
