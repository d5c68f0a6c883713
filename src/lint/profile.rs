//! Profiles: how loud rules are before anything else is said.

use crate::finding::Level;
use crate::finding::Meta;
use crate::text::Variants;

/// The six practices of the container course.
const COURSE: [&str; 6] = ["concern", "layers", "nonroot", "pinned", "slim", "stages"];

/// What is wrong whatever a file is written for.
const ALWAYS: [&str; 2] = ["correctness", "secrets"];

/// A set of levels to start from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Profile {
    /// Every rule at its own level.
    #[default]
    Recommended,
    /// The practices of a first container course: their notes are warnings, what others warn of is a note.
    Course,
    /// Notes are warnings, and rules that are off by default are notes.
    Strict,
    /// hadolint's rules at its levels.
    Hadolint,
}

/// Whether one of hadolint's codes, or of ShellCheck's, means the rule.
fn is_hadolints(rule: &Meta) -> bool {
    rule.aka.iter().any(|name| name.starts_with("DL")) || crate::shellcheck::is_one(rule)
}

impl Profile {
    /// The level of a rule that nothing else sets.
    pub fn level(self, entry: &Meta) -> Level {
        let own = entry.level;
        match self {
            Profile::Recommended => own,
            Profile::Hadolint if is_hadolints(entry) && own == Level::Off => Level::Note,
            Profile::Hadolint if is_hadolints(entry) => own,
            Profile::Hadolint => Level::Off,
            Profile::Course if COURSE.contains(&entry.practice) && own == Level::Note => Level::Warn,
            Profile::Course if COURSE.contains(&entry.practice) || ALWAYS.contains(&entry.practice) => own,
            Profile::Course => {
                if own == Level::Warn {
                    Level::Note
                } else {
                    own
                }
            }
            Profile::Strict => match own {
                Level::Off => Level::Note,
                Level::Note => Level::Warn,
                louder => louder,
            },
        }
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Profile::Recommended => "recommended",
            Profile::Course => "course",
            Profile::Strict => "strict",
            Profile::Hadolint => "hadolint",
        }
    }
}

impl Variants for Profile {
    const ALL: &'static [Self] = &[Self::Recommended, Self::Course, Self::Strict, Self::Hadolint];

    fn as_str(self) -> &'static str {
        Profile::as_str(self)
    }
}
