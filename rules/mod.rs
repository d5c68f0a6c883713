//! The register of all rules, in step with the files beside it: `cargo test --test rules` rewrites
//! what stands below the line and fails once when a rule was added or taken away.

use crate::rule::Entry;
use crate::syntax::suggest;

/// The rule called `name`, case aside. Aliases are not looked at: see [`Entry::answers_to`].
pub fn find(name: &str) -> Option<&'static Entry> {
    ALL.iter().find(|entry| entry.name.eq_ignore_ascii_case(name))
}

/// Every name a rule can be asked for by: its own, its practice's, its aliases.
pub fn names() -> impl Iterator<Item = &'static str> {
    ALL.iter().flat_map(|entry| [entry.name, entry.practice].into_iter().chain(entry.rule.aka.iter().copied()))
}

/// What was probably meant by a name that no rule has.
pub fn closest(name: &str) -> Option<&'static str> {
    suggest::nearest(name, names())
}

macro_rules! register {
    ($($practice:ident / $rule:ident = $name:literal,)*) => {
        /// Every rule there is, by practice and name.
        pub static ALL: &[Entry] = &[$(Entry {
            practice: stringify!($practice),
            name: $name,
            page: include_str!(concat!(stringify!($practice), "/", stringify!($rule), ".md")),
            rule: $practice::$rule::RULE,
        }),*];
    };
}

// ---- generated ----

pub mod slim {
    pub mod end_of_life_base;
    pub mod full_base;
}

register! {
    slim / end_of_life_base = "end-of-life-base",
    slim / full_base = "full-base",
}
