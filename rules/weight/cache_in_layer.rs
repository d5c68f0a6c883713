//! A cache or a package list is left in the image. Found by weighing an image, not in the text of a Dockerfile.

use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Warn, "0.1.0", &[]);
