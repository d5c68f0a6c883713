//! The course's transformations: repairs that change more than a word, and that more than one rule offers.
//!
//! They are pure, as rules are. Each looks at the whole stage before it says anything, and waits for others where it
//! needs what they bring: a file is first pinned and given a working directory, then split, then run by a plain user.
//! What a repair is not sure of it gives as [`crate::finding::Safety::Display`], with the reason in its title.

pub mod ignore_file;
pub mod image_tag;
pub mod leave_root;
pub mod newer_base;
pub mod package_index;
pub mod pin;
mod root_obstacles;
pub mod run_script;
pub mod slim;
mod source_scan;
pub mod two_stages;
pub mod workdir;
pub mod world_writable;

use crate::text::Source;

/// How lines end in a file.
fn line_end(source: &Source) -> &'static str {
    if source.text().contains("\r\n") { "\r\n" } else { "\n" }
}
