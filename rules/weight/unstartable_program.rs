//! The program that the image starts cannot start. Found by weighing an image, not in the text of a Dockerfile.

use crate::finding::prelude::*;

pub const RULE: Rule = Rule::new(Level::Error, "0.1.0", &[]);
