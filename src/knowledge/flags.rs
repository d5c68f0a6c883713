//! Sets of flags for tables.

/// A set of flags that a table gives to a name: the type, its constants, and a module `bit` with the same constants as
/// numbers, for the rows of the table.
macro_rules! flags {
    ($(#[$about:meta])* $type:ident { $($(#[$doc:meta])* $name:ident,)* }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        pub struct $type(u64);

        /// Numbers the flags.
        #[derive(Clone, Copy)]
        #[allow(non_camel_case_types, clippy::upper_case_acronyms)]
        enum Number { $($name,)* }

        impl $type {
            // A table may name what no rule asks for yet.
            $($(#[$doc])* #[allow(dead_code)] pub const $name: $type = $type(bit::$name);)*

            /// The flags of both.
            pub const fn or(self, other: $type) -> $type {
                $type(self.0 | other.0)
            }

            /// Whether it has one of these flags.
            pub const fn is(self, flags: $type) -> bool {
                self.0 & flags.0 != 0
            }

            /// Whether it has no flag at all: the table does not have the name.
            pub const fn is_unknown(self) -> bool {
                self.0 == 0
            }
        }

        mod bit {
            $(#[allow(unused)] pub(super) const $name: u64 = 1 << super::Number::$name as u64;)*
        }
    };
}
