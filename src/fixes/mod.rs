//! Fixes of many edits, which more than one rule offers: the course's transformations.
//!
//! They are pure, as rules are. Each looks at the whole stage before it offers anything. In which order they are applied
//! is said by [`crate::finding::Order`]: a file is first pinned and given a working directory, then split, then run by an
//! unprivileged user. What a fix is not sure of it gives as [`crate::finding::Safety::Display`], with the reason in its
//! title.

pub mod bind_mount;
pub mod distroless;
pub mod ignore_file;
pub mod image_tag;
pub mod leave_root;
pub mod newer_base;
pub mod package_index;
pub mod package_versions;
pub mod pin;
pub mod placement;
mod root_obstacles;
pub mod run_script;
pub mod slim;
mod source_scan;
pub mod two_stages;
pub mod unused_password;
pub mod workdir;
pub mod world_writable;

use std::collections::HashMap;
use std::sync::{Mutex, OnceLock};

use crate::finding::Fix;
use crate::text::Source;

/// What has been planned for a file: kept in the model's memo.
#[derive(Debug, Default)]
struct Plans {
    two_stages: OnceLock<Result<Fix, two_stages::Obstacle>>,
    /// By stage.
    workdir: Mutex<HashMap<usize, Option<Fix>>>,
    /// How many words of the file are code names of releases.
    code_names: OnceLock<usize>,
    /// See [`image_tag`].
    images: OnceLock<image_tag::Names>,
}

/// How lines end in a file.
fn line_end(source: &Source) -> &'static str {
    source.line_end()
}
