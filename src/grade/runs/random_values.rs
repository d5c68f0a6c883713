//! Random values, which a program with hard-coded output cannot know.
//!
//! They replace `{word}` and `{number}` in a rubric, with the same values within a try and different ones in the next. They are
//! derived from the rubric alone, so that the same submission always gets the same mark.

/// Words without spaces, capitals, or characters that are special in a shell or URL.
const WORDS: [&str; 16] = [
    "anchor", "beacon", "compass", "dinghy", "ensign", "fender", "galley", "harbour", "island", "jetty", "keel",
    "lagoon", "mooring", "net", "oar", "pier",
];

/// How many times a check with random values is run.
pub(super) const TRIES: usize = 2;

/// The random values of one try.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct RandomValues {
    word: String,
    number: String,
}

impl RandomValues {
    /// The values of a criterion's `try_number`th try.
    pub(super) fn new(criterion: &str, try_number: usize) -> Self {
        let mut state = 0xcbf2_9ce4_8422_2325_u64;
        let bytes = criterion.bytes().chain(try_number.to_le_bytes());
        for byte in bytes {
            state = (state ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
        // The last bytes have hardly changed the upper bits yet.
        let mut next = || {
            state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb) >> 32
        };
        let word = WORDS[next() as usize % WORDS.len()];
        Self { word: format!("{word}{}", 1000 + next() % 9000), number: (10_000 + next() % 90_000).to_string() }
    }

    /// Replaces the placeholders in a text.
    pub(super) fn fill(&self, text: &str) -> String {
        text.replace("{word}", &self.word).replace("{number}", &self.number)
    }
}

/// Whether a text has placeholders.
pub(super) fn has_placeholder(text: &str) -> bool {
    text.contains("{word}") || text.contains("{number}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tries_differ_and_runs_do_not() {
        let values = RandomValues::new("greets", 0);
        assert_eq!(values, RandomValues::new("greets", 0));
        let next = RandomValues::new("greets", 1);
        assert!(values.word != next.word && values.number != next.number, "{values:?} {next:?}");
        assert_eq!(values.fill("Hello, {word}!"), format!("Hello, {}!", values.word));
        assert!(has_placeholder("{number}") && !has_placeholder("{ word }"));
    }
}
