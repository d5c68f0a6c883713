//! What engines and containers say, as a report may have it: short, plain, and the same each time.

use std::sync::LazyLock;

use regex::Regex;

use crate::verify::normal;

/// A reason shows no more of a text.
const MOST_LINES: usize = 6;
const MOST_CHARS: usize = 200;

/// What Podman's monitor prints beside a container's own words where there is no syslog.
const SYSLOG: &str = "failed to connect to syslog";

/// A text as it is shown: no escapes, no invisible characters, no names that are made up for each run.
pub(super) fn plain(text: &str) -> String {
    static OURS: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?:localhost/)?plimsoll-\d+-\d+-\d+(?:[-_][a-z0-9._-]+)?(?::latest)?|/tmp/plimsoll-[a-z]+-\w+(?:/file-\w+|/context)?")
            .expect("the pattern is sound")
    });
    let text = normal(text);
    let text = OURS.replace_all(&text, "<ours>");
    let visible = |ch: char| {
        let invisible =
            matches!(ch, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
        ch == '\n' || ch == '\t' || !(ch.is_control() || invisible)
    };
    text.chars().filter(|ch| visible(*ch)).map(|ch| if ch == '\t' { ' ' } else { ch }).collect()
}

/// The last lines that say something.
pub(super) fn tail(text: &str) -> String {
    let text = plain(text);
    // The part that tells which program it is about; the rest is how engines are built.
    let text = text.replace("unable to start container process: ", "\n").replace(": unknown", "");
    let noise =
        |line: &&str| line.contains("Error response from daemon") || line.starts_with("Run 'docker run --help'");
    let only_noise = text.lines().all(|line| noise(&line) || line.trim().is_empty());
    let text: String = text.lines().filter(|line| only_noise || !noise(line)).flat_map(|line| [line, "\n"]).collect();
    let says = |line: &&str| !line.trim().is_empty() && !line.starts_with(SYSLOG);
    let lines: Vec<String> = text.lines().filter(says).map(clipped).collect();
    lines[lines.len().saturating_sub(MOST_LINES)..].join("\n")
}

/// A text in a sentence, in backticks.
pub(super) fn quoted(text: &str) -> String {
    let text = plain(text);
    let lines: Vec<&str> = text.lines().collect();
    match lines[..] {
        [] => "nothing".to_owned(),
        [one] => format!("`{}`", clipped(one).replace('`', "'")),
        [first, ..] => format!("`{}` and {} more lines", clipped(first).replace('`', "'"), lines.len() - 1),
    }
}

fn clipped(line: &str) -> String {
    let line = line.trim_end();
    match line.chars().count() {
        0..=MOST_CHARS => line.to_owned(),
        _ => line.chars().take(MOST_CHARS - 1).chain(['…']).collect(),
    }
}

/// Standard output as it is compared: blanks at the end of lines and of the text do not count.
pub(super) fn trimmed(text: &str) -> String {
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    lines.join("\n").trim_end().to_owned()
}

/// The lines of a build's log that tell why it failed.
pub(super) fn build_failure(end: &str, log: &str) -> String {
    // Podman tells step by step, and of its cache: from the last step on.
    let steps: Vec<&str> = log.lines().filter(|line| !line.starts_with("--> ")).collect();
    if let Some(last) = steps.iter().rposition(|line| line.starts_with("STEP ") || line.contains("] STEP ")) {
        let errors = log.lines().filter(|line| line.starts_with("Error")).map(str::to_owned);
        let step = steps[last..].iter().filter(|line| !line.starts_with("Error") && !line.starts_with("time=")).take(4);
        return tail(&step.map(|line| (*line).to_owned()).chain(errors).collect::<Vec<_>>().join("\n"));
    }
    static CLOCK: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"(?m)^\d+\.\d+ ").expect("the pattern is sound"));
    let end = CLOCK.replace_all(end, "");
    // Steps that went well have nothing to say.
    let telling = |line: &&str| {
        let step = line.strip_prefix('#').is_some_and(|rest| rest.starts_with(|ch: char| ch.is_ascii_digit()));
        !step && !line.trim_start().starts_with("--------------------")
    };
    let lines: Vec<&str> = end.lines().filter(telling).collect();
    tail(&lines.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shown() {
        assert_eq!(plain("\u{1b}[31mred\u{1b}[0m \u{202e}evil\u{7}"), "red evil");
        assert_eq!(
            plain("container plimsoll-12-345-6-db-1 of localhost/plimsoll-1-2-3:latest"),
            "container <ours> of <ours>"
        );
        assert_eq!(quoted("a\nb\n"), "`a` and 1 more lines");
        assert_eq!((&quoted("")[..], &quoted("x`y")[..]), ("nothing", "`x'y`"));
        assert_eq!(trimmed("a  \nb\n\n"), "a\nb");
        assert_eq!(quoted(&"x".repeat(300)).chars().count(), 202);
    }

    #[test]
    fn why_it_did_not_build() {
        let end = " > [2/2] RUN false:\n0.123 no\nERROR: failed to solve: exit code: 1";
        assert_eq!(build_failure(end, ""), " > [2/2] RUN false:\nno\nERROR: failed to solve: exit code: 1");
        let log = "STEP 1/2: FROM a\n--> Using cache 4f\n--> 4f\nSTEP 2/2: RUN false\nno\nError: building at STEP \"RUN false\": exit status 1\n";
        let plain = "STEP 2/2: RUN false\nno\nError: building at STEP \"RUN false\": exit status 1";
        assert_eq!(build_failure("", log), plain);
    }
}
