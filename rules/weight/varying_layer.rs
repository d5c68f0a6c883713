//! A step produces different files in a second build. Found by weighing an image, not in the text of a Dockerfile.

use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Note, "0.1.0", &[]);
