//! The image, its waste or one of its layers exceeds its budget. Found by weighing an image, not in the text of a Dockerfile.

use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Error, "0.1.0", &[]);
