//! Every ignore comment. Reported where ignore comments are read: `src/suppress.rs`.

use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Off, "0.1.0", &[]).aka(&["DL1001"]);
