//! What hadolint takes for a JSON array: any escape and any control character may be in its strings.

use crate::syntax::CommandLine;
use crate::text::Source;

/// Whether a command is an array, that is in exec form.
pub(super) fn is_array(source: &Source, command: &CommandLine) -> bool {
    match command {
        CommandLine::Exec(_) => true,
        CommandLine::Shell(span) => strings(source.slice(*span)).is_some_and(|(_, rest)| rest.is_empty()),
        CommandLine::Empty => false,
    }
}

/// The strings of an array that a text begins with, escapes as written, and what follows it from its first character on.
pub(super) fn strings(text: &str) -> Option<(Vec<&str>, &str)> {
    let mut strings = Vec::new();
    let mut rest = skip(text).strip_prefix('[')?;
    if let Some(after) = skip(rest).strip_prefix(']') {
        return Some((strings, skip(after)));
    }
    loop {
        let inner = skip(rest).strip_prefix('"')?;
        let mut is_escaped = false;
        let end = inner.find(|char| {
            let ends = char == '"' && !is_escaped;
            is_escaped = char == '\\' && !is_escaped;
            ends
        })?;
        strings.push(&inner[..end]);
        let after = skip(&inner[end + 1..]);
        match after.strip_prefix(',') {
            Some(next) => rest = next,
            None => return Some((strings, skip(after.strip_prefix(']')?))),
        }
    }
}

/// Without spaces and joined lines at the start.
fn skip(text: &str) -> &str {
    text.trim_start_matches(|char: char| char.is_whitespace() || char == '\\')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrays() {
        for (text, expected) in [
            (r#"["C:\S.exe", "w"]"#, Some((vec![r"C:\S.exe", "w"], ""))),
            (r#"["a\"" ] b"#, Some((vec![r#"a\""#], "b"))),
            ("[ ]", Some((vec![], ""))),
            ("[\"a\", \\\n \"b\"]", Some((vec!["a", "b"], ""))),
            (r#"["a",]"#, None),
            (r#"["a" "b"]"#, None),
            (r#"["a", 1]"#, None),
            (r#"["a"#, None),
            ("['a']", None),
            ("a", None),
        ] {
            assert_eq!(strings(text), expected, "{text}");
        }
    }
}
