//! Breaks text for a terminal of 80 columns.

/// The width of the text that is broken, in columns.
pub(super) const WIDTH: usize = 80;

/// The text in lines of at most [`WIDTH`] columns. `start`: the column at which the first line begins; the lines after it are
/// indented by `indent` spaces, in addition to `left` columns that the caller writes. Code in backticks stays whole where that fits.
pub(super) fn wrap(text: &str, start: usize, left: usize, indent: usize) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let mut column = start;
    for word in words(text) {
        let len = word.chars().count();
        let gap = usize::from(!out.is_empty());
        if !out.is_empty() && column + gap + len > WIDTH {
            out.push('\n');
            out.extend(std::iter::repeat_n(' ', indent));
            column = left + indent;
        } else if gap > 0 {
            out.push(' ');
            column += 1;
        }
        out.push_str(word);
        column += len;
    }
    out
}

/// The words, of which code in backticks is one if it is short.
fn words(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut start = 0;
    let mut in_code = false;
    for (at, char) in text.char_indices() {
        match char {
            '`' => in_code = !in_code,
            ' ' if !in_code => {
                words.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    words.push(&text[start..]);
    let is_long = |word: &str| word.chars().count() > WIDTH / 2;
    words.into_iter().flat_map(|word| if is_long(word) { word.split(' ').collect() } else { vec![word] }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_between_words_and_outside_code() {
        let text = "use `apt-get install --no-install-recommends`, and list the recommended packages that you need to run it";
        let wrapped = wrap(text, 12, 5, 6);
        let lines: Vec<&str> = wrapped.lines().collect();
        assert_eq!(lines.join(" ").split_whitespace().collect::<Vec<_>>(), text.split_whitespace().collect::<Vec<_>>());
        assert_eq!(lines.len(), 2);
        assert!(lines[0].len() + 12 <= WIDTH && lines[1].starts_with("      "), "{wrapped}");
        assert_eq!(wrap("a `b c` d", 78, 0, 2), "a\n  `b c` d");
        assert_eq!(wrap("", 0, 0, 0), "");
        let long = "x".repeat(200);
        assert_eq!(wrap(&long, 0, 0, 4), long);
        assert_eq!(wrap(&format!("a {long}"), 0, 0, 4), format!("a\n    {long}"));
    }
}
