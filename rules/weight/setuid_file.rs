//! A program runs with the rights of its owner instead of the rights of the user who starts it. Found by weighing an image, not in the text of a Dockerfile.

use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[]);
