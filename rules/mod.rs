//! The register. `cargo test --test rules` keeps it in step with the files beside it.

use crate::rule::Entry;

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

register! {}
