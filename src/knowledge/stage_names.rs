//! What the words in the name of a stage, an image, a file or its directory say about its purpose.

/// Some kinds of words, as bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kinds(u16);

impl Kinds {
    /// People develop in it: `dev`, `debug`.
    pub const DEVELOPMENT: Self = Self(1);
    /// A place to work in, by the name of a product or a kind of image: `devcontainer`, `toolbox`.
    pub const WORKSPACE: Self = Self(1 << 1);
    /// For the developer's own machine, or for a debugger.
    pub const LOCAL: Self = Self(1 << 2);
    /// It builds something.
    pub const BUILD: Self = Self(1 << 3);
    /// It runs tests.
    pub const TEST: Self = Self(1 << 4);
    /// It checks sources, or a whole system: `lint`, `e2e`.
    pub const CHECK: Self = Self(1 << 5);
    /// The same, in words that mean other things as well: `check`, `coverage`.
    pub const WEAK_CHECK: Self = Self(1 << 6);
    /// It checks the image below.
    pub const VERIFICATION: Self = Self(1 << 7);
    /// A step of a pipeline.
    pub const PIPELINE: Self = Self(1 << 8);
    /// A product of pipelines: `circleci`.
    pub const PIPELINE_PRODUCT: Self = Self(1 << 9);
    /// Something to be built by itself: `release`, `docs`, `artifacts`.
    pub const OUTPUT: Self = Self(1 << 10);

    pub const NONE: Self = Self(0);

    pub const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether it is one of these kinds.
    pub const fn is(self, any: Self) -> bool {
        self.0 & any.0 != 0
    }
}

/// An image to develop in.
pub const DEVELOPS: Kinds = Kinds::DEVELOPMENT.or(Kinds::WORKSPACE);

/// An image that tests.
pub const TESTS: Kinds = Kinds::TEST.or(Kinds::CHECK);

/// A step of a pipeline that neither builds nor tests.
pub const PIPELINES: Kinds = Kinds::PIPELINE.or(Kinds::PIPELINE_PRODUCT);

/// The final stage does not ship, but tests the one below.
pub const VERIFIES: Kinds = Kinds::TEST.or(Kinds::VERIFICATION);

/// A stage that is built by itself, with `--target`.
pub const TARGETS: Kinds = Kinds::DEVELOPMENT
    .or(Kinds::LOCAL)
    .or(Kinds::TEST)
    .or(Kinds::CHECK)
    .or(Kinds::WEAK_CHECK)
    .or(Kinds::PIPELINE)
    .or(Kinds::OUTPUT);

/// Not what is shipped, but what developers run or install.
pub const NOT_FOR_PRODUCTION: Kinds =
    Kinds::DEVELOPMENT.or(Kinds::WORKSPACE).or(Kinds::LOCAL).or(Kinds::TEST).or(Kinds::CHECK);

/// Sorted by word.
const WORDS: &[(&str, Kinds)] = &[
    ("artifact", Kinds::OUTPUT),
    ("artifacts", Kinds::OUTPUT),
    ("build", Kinds::BUILD),
    ("builder", Kinds::BUILD),
    ("check", Kinds::WEAK_CHECK),
    ("ci", Kinds::PIPELINE),
    ("cimg", Kinds::PIPELINE_PRODUCT),
    ("circleci", Kinds::PIPELINE_PRODUCT),
    ("codespaces", Kinds::WORKSPACE),
    ("compile", Kinds::BUILD),
    ("coverage", Kinds::WEAK_CHECK),
    ("cross", Kinds::BUILD),
    ("crosscompile", Kinds::BUILD),
    ("debug", Kinds::DEVELOPMENT),
    ("debugger", Kinds::LOCAL),
    ("dev", Kinds::DEVELOPMENT),
    ("devcontainer", Kinds::WORKSPACE),
    ("devcontainers", Kinds::WORKSPACE),
    ("devel", Kinds::DEVELOPMENT),
    ("develop", Kinds::DEVELOPMENT),
    ("development", Kinds::DEVELOPMENT),
    ("docs", Kinds::OUTPUT),
    ("e2e", Kinds::CHECK),
    ("export", Kinds::OUTPUT),
    ("gitpod", Kinds::WORKSPACE),
    ("jnlp", Kinds::PIPELINE_PRODUCT),
    ("lint", Kinds::CHECK),
    ("linter", Kinds::WEAK_CHECK),
    ("local", Kinds::LOCAL),
    ("playground", Kinds::WORKSPACE),
    ("prod", Kinds::OUTPUT),
    ("production", Kinds::OUTPUT),
    ("release", Kinds::OUTPUT),
    ("sdk", Kinds::BUILD),
    ("test", Kinds::TEST),
    ("testing", Kinds::TEST),
    ("tests", Kinds::TEST),
    ("toolbox", Kinds::WORKSPACE),
    ("toolchain", Kinds::WORKSPACE),
    ("unittest", Kinds::WEAK_CHECK),
    ("vendor", Kinds::OUTPUT),
    ("verify", Kinds::VERIFICATION),
    ("vscode", Kinds::WORKSPACE),
    ("workspace", Kinds::WORKSPACE),
];

/// The kind of one word, in lower case.
pub fn kind(word: &str) -> Kinds {
    WORDS.binary_search_by(|row| row.0.cmp(word)).map_or(Kinds::NONE, |at| WORDS[at].1)
}

/// The first word of a name that is of one of these kinds, as written. Words are separated by anything but letters and
/// digits; case does not matter.
pub fn word_of(name: &str, any: Kinds) -> Option<&str> {
    let mut words = name.split(|c: char| !c.is_ascii_alphanumeric());
    words.find(|word| kind(&word.to_ascii_lowercase()).is(any))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sorted_and_in_lower_case() {
        assert!(WORDS.is_sorted_by(|one, other| one.0 < other.0));
        assert!(WORDS.iter().all(|row| row.0 == row.0.to_ascii_lowercase()));
    }

    #[test]
    fn words_of_names() {
        assert_eq!(word_of("my-DEV_image", DEVELOPS), Some("DEV"));
        assert_eq!(word_of("Dockerfile.devcontainer", DEVELOPS), Some("devcontainer"));
        assert_eq!(word_of("latest", TESTS), None);
        assert_eq!(word_of("latest", DEVELOPS), None);
        assert_eq!(word_of("unit-tests", TESTS), Some("tests"));
    }
}
