//! Values that are drawn: a program that has the expected text written into it does not know them.
//!
//! `{word}` and `{number}` in a rubric stand for them, the same in one try and others in the next. They come from the
//! rubric alone, so that the same submission gets the same mark.

/// Harmless everywhere: no blanks, no capitals, nothing that a shell or a URL would read.
const WORDS: [&str; 16] = [
    "anchor", "beacon", "compass", "dinghy", "ensign", "fender", "galley", "harbour", "island", "jetty", "keel",
    "lagoon", "mooring", "net", "oar", "pier",
];

/// How often a check with drawn values is tried.
pub(super) const TRIES: usize = 2;

/// The values of one try.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Draw {
    word: String,
    number: String,
}

impl Draw {
    /// Those of a criterion's `try_number`th try.
    pub(super) fn new(criterion: &str, try_number: usize) -> Self {
        let mut state = 0xcbf2_9ce4_8422_2325_u64;
        let bytes = criterion.bytes().chain(try_number.to_le_bytes());
        for byte in bytes {
            state = (state ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
        // The last bytes have hardly moved the upper bits yet.
        let mut next = || {
            state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb) >> 32
        };
        let word = WORDS[next() as usize % WORDS.len()];
        Self { word: format!("{word}{}", 1000 + next() % 9000), number: (10_000 + next() % 90_000).to_string() }
    }

    /// A text with the values in their places.
    pub(super) fn fill(&self, text: &str) -> String {
        text.replace("{word}", &self.word).replace("{number}", &self.number)
    }
}

/// Whether a text has places for drawn values.
pub(super) fn has_places(text: &str) -> bool {
    text.contains("{word}") || text.contains("{number}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_and_others() {
        let draw = Draw::new("greets", 0);
        assert_eq!(draw, Draw::new("greets", 0));
        let next = Draw::new("greets", 1);
        assert!(draw.word != next.word && draw.number != next.number, "{draw:?} {next:?}");
        assert_eq!(draw.fill("Hello, {word}!"), format!("Hello, {}!", draw.word));
        assert!(has_places("{number}") && !has_places("{ word }"));
    }
}
