//! The output of a program without what differs from run to run.

use std::sync::LazyLock;

use regex::Regex;

/// Replaces times, durations, addresses and process ids by placeholders such as `<time>`.
pub fn normal(text: &str) -> String {
    static CHANGING: LazyLock<Vec<(Regex, &'static str)>> = LazyLock::new(|| {
        let patterns = [
            // Terminal control sequences
            (r"\x1b\[[0-9;?]*[A-Za-z]|\x1b\][^\x07]*\x07", ""),
            (r"\d{4}[-/]\d{2}[-/]\d{2}[T ]\d{2}:\d{2}:\d{2}(?:[.,]\d+)?(?: ?(?:Z|UTC|[+-]\d{2}:?\d{2}))?", "<time>"),
            (r"\d{1,2}/[A-Z][a-z]{2}/\d{4}[: ]\d{2}:\d{2}:\d{2}(?: [+-]\d{4})?", "<time>"),
            (
                r"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? )?(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) +\d{1,2} \d{2}:\d{2}:\d{2}(?: [A-Z]{3,4})?(?: \d{4})?",
                "<time>",
            ),
            (r"\b\d{2}:\d{2}:\d{2}(?:[.,]\d+)?\b", "<time>"),
            (r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b", "<id>"),
            (r"\b0x[0-9a-f]{6,16}\b", "<address>"),
            (r"\b[0-9a-f]{12}\b|\b[0-9a-f]{64}\b", "<id>"),
            (r"\b\d+(?:\.\d+)? ?(?:ns|µs|us|ms|s|sec|secs|seconds|milliseconds)\b", "<duration>"),
            (r"(?i)\b(pid[ =:]*)\d+\b", "${1}<pid>"),
            (r"\b1[0-9]{9}(?:\.\d+)?\b|\b1[0-9]{12}\b", "<time>"),
        ];
        patterns.iter().map(|(pattern, word)| (Regex::new(pattern).expect("the pattern is sound"), *word)).collect()
    });
    let mut text = text.replace("\r\n", "\n");
    for (pattern, word) in CHANGING.iter() {
        if let std::borrow::Cow::Owned(changed) = pattern.replace_all(&text, *word) {
            text = changed;
        }
    }
    let lines: Vec<_> = text.lines().map(str::trim_end).collect();
    lines.join("\n").trim_end().to_owned()
}

/// The last non-blank line, shortened.
pub(super) fn one_line(text: &str) -> String {
    let line = text.lines().rev().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    match line.chars().count() {
        0..=200 => line.to_owned(),
        _ => line.chars().take(199).chain(['…']).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changes() {
        assert_eq!(normal("2026-01-02T03:04:05.678Z up in 12.5 ms\r\n"), "<time> up in <duration>");
        assert_eq!(normal("[02/Jan/2026:03:04:05 +0000] \u{1b}[32mok\u{1b}[0m  "), "[<time>] ok");
        assert_eq!(normal("Hello, world 42\n\n"), "Hello, world 42");
        assert_eq!(normal("server pid: 17 at 0x7f00deadbeef"), "server pid: <pid> at <address>");
    }
}
