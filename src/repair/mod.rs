//! The course's transformations: repairs that change more than a word, and that more than one rule offers.
//!
//! They are pure, as rules are. Each looks at the whole stage before it says anything, and waits for others where it
//! needs what they bring: a file is first pinned and given a working directory, then split, then run by a plain user.
//! What a repair is not sure of it gives as [`crate::fix::Safety::Display`], with the reason in its title.

mod doubt;
mod evidence;
pub mod ignore_file;
pub mod opened;
pub mod pin;
pub mod renewed;
pub mod slim;
pub mod split;
pub mod user;
pub mod workdir;

use crate::source::Source;

/// How lines end in a file.
fn line_end(source: &Source) -> &'static str {
    if source.text().contains("\r\n") { "\r\n" } else { "\n" }
}
