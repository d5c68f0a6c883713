//! Cleans up the output of engines and containers for reports: short, printable and deterministic.

use std::sync::LazyLock;

use regex::Regex;

use crate::engine::{failed_step, is_advice, last_lines};
use crate::verify::normalize;

/// How much of a text a report shows.
const MAX_LINES: usize = 6;
const MAX_CHARS: usize = 200;

/// What Podman's monitor prints into a container's output if there is no syslog.
const SYSLOG: &str = "failed to connect to syslog";

/// A text without escape sequences, invisible characters, and names that are generated for each run.
pub(super) fn printable(text: &str) -> String {
    static OURS: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?:/var)?/tmp/plimsoll-[\w-]+(?:/file-\w+|/context)?|(?:localhost/)?plimsoll-\d+-\d+-\d+(?:[-_][a-z0-9._-]+)?(?::latest)?")
            .expect("the pattern is sound")
    });
    let text = normalize::normal(text);
    let text = OURS.replace_all(&text, "<ours>");
    let visible = |ch: char| {
        let invisible =
            matches!(ch, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
        ch == '\n' || ch == '\t' || !(ch.is_control() || invisible)
    };
    text.chars().filter(|ch| visible(*ch)).map(|ch| if ch == '\t' { ' ' } else { ch }).collect()
}

/// The last lines that are not noise, without the addresses that engines give their networks anew in each run.
pub(super) fn tail(text: &str) -> String {
    static ADDRESS: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"\b(?:10\.\d{1,3}|172\.(?:1[6-9]|2\d|3[01])|192\.168)\.\d{1,3}\.\d{1,3}\b")
            .expect("the pattern is sound")
    });
    let text = printable(text);
    let text = ADDRESS.replace_all(&text, "<address>");
    // Keeps the part about the program; the rest is about the engine's internals.
    let text = text.replace("unable to start container process: ", "\n").replace(": unknown", "");
    let noise =
        |line: &&str| line.contains("Error response from daemon") || line.starts_with("Run 'docker run --help'");
    let only_noise = text.lines().all(|line| noise(&line) || line.trim().is_empty());
    let text: String = text.lines().filter(|line| only_noise || !noise(line)).flat_map(|line| [line, "\n"]).collect();
    let is_content = |line: &&str| !line.trim().is_empty() && !line.starts_with(SYSLOG);
    let lines: Vec<String> = text.lines().filter(is_content).map(clipped).collect();
    lines[lines.len().saturating_sub(MAX_LINES)..].join("\n")
}

/// A text in backticks, for a sentence.
pub(super) fn quoted(text: &str) -> String {
    let text = printable(text);
    let lines: Vec<&str> = text.lines().collect();
    match lines[..] {
        [] => "nothing".to_owned(),
        [one] => format!("`{}`", clipped(one).replace('`', "'")),
        [first, _] => format!("`{}` and 1 more line", clipped(first).replace('`', "'")),
        [first, ..] => format!("`{}` and {} more lines", clipped(first).replace('`', "'"), lines.len() - 1),
    }
}

fn clipped(line: &str) -> String {
    let line = line.trim_end();
    match line.chars().count() {
        0..=MAX_CHARS => line.to_owned(),
        _ => line.chars().take(MAX_CHARS - 1).chain(['…']).collect(),
    }
}

/// Standard output for comparisons: without whitespace at the end of lines and of the text.
pub(super) fn trimmed(text: &str) -> String {
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    lines.join("\n").trim_end().to_owned()
}

/// The lines of a build's log that show why it failed: the step, its last output, and the engine's error.
pub(super) fn build_failure(end: &str, log: &str) -> String {
    // Podman logs all steps and cache hits: only the last step matters.
    if let Some(step) = last_step(log) {
        let is_error = |line: &&&str| line.starts_with("Error");
        let errors = step.iter().filter(is_error);
        let printed: Vec<&str> =
            step.iter().skip(1).filter(|line| !is_error(line) && !is_advice(line)).copied().collect();
        let printed = last_lines(&printed.join("\n"), MAX_LINES - 2);
        let lines = [step[0], &printed].into_iter().chain(errors.copied()).collect::<Vec<_>>();
        return non_empty_lines(&lines.join("\n"));
    }
    static CLOCK: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"(?m)^\d+\.\d+(?: |$)").expect("the pattern is sound"));
    let end = CLOCK.replace_all(end, "");
    // Successful steps do not matter.
    let is_relevant = |line: &&str| {
        let step = line.strip_prefix('#').is_some_and(|rest| rest.starts_with(|ch: char| ch.is_ascii_digit()));
        !step && !line.trim_start().starts_with("--------------------")
    };
    let lines: Vec<&str> = end.lines().filter(is_relevant).collect();
    match lines.split_first() {
        Some((first, rest)) if first.starts_with(" > ") => {
            let (error, printed): (Vec<&str>, Vec<&str>) = rest.iter().partition(|line| line.starts_with("ERROR: "));
            let printed = last_lines(&printed.join("\n"), MAX_LINES - 2);
            non_empty_lines(&[*first, &printed].into_iter().chain(error).collect::<Vec<_>>().join("\n"))
        }
        _ => tail(&lines.join("\n")),
    }
}

/// All lines that are not empty.
fn non_empty_lines(text: &str) -> String {
    let text = printable(text);
    text.lines().filter(|line| !line.trim().is_empty()).map(clipped).collect::<Vec<_>>().join("\n")
}

/// The lines of Podman's or Buildah's last step, starting with its name.
fn last_step(log: &str) -> Option<Vec<&str>> {
    let noise = |line: &str| line.starts_with("--> ") || line.starts_with("time=");
    let lines: Vec<&str> = log.lines().filter(|line| !noise(line)).collect();
    let last = lines.iter().rposition(|line| line.starts_with("STEP ") || line.contains("] STEP "))?;
    Some(lines[last..].to_vec())
}

/// How many of a step's last lines are searched.
const MAX_SEARCHED: usize = 60;

/// The line in which the failed step reports that it cannot reach a host.
///
/// A step can print anything. A student who fakes this is not graded, which gains them nothing.
pub(super) fn unreached(log: &str) -> Option<String> {
    let lines = last_step(log).unwrap_or_else(|| {
        let mark = failed_step(log).map(|(_, mark)| mark).filter(|mark| !mark.is_empty());
        let of_step = |line: &&str| mark.is_some_and(|mark| line.split(' ').next() == Some(mark));
        log.lines().filter(of_step).collect()
    });
    let words = [
        "Temporary failure resolving", "Temporary failure in name resolution", "Could not resolve host",
        "Could not resolve '", "could not resolve host", "no such host", "unable to resolve host address",
        "Name or service not known", "Name does not resolve", "EAI_AGAIN", "ENOTFOUND", "ETIMEDOUT",
        "UnknownHostException", "Unknown host", "Could not transfer artifact", "Network is unreachable",
        "Connection timed out", "i/o timeout", "TLS handshake timeout",
    ];
    // The engine's error repeats the step's text.
    let own = |line: &str| line.starts_with("Error") || line.starts_with("STEP ") || line.contains(" ERROR: ");
    let last = lines.iter().skip(1).rev().filter(|line| !own(line)).take(MAX_SEARCHED);
    let mut found = last.filter(|line| words.iter().any(|words| line.contains(words)));
    found.next().map(|line| {
        static STEP: LazyLock<Regex> =
            LazyLock::new(|| Regex::new(r"^#\d+ (?:\d+\.\d+ )?").expect("the pattern is sound"));
        clipped(&printable(&STEP.replace(line, "")))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_not_shown() {
        assert_eq!(tail("172.27.0.1 - - GET /\n172.99.0.1 127.0.0.1"), "<address> - - GET /\n172.99.0.1 127.0.0.1");
    }

    #[test]
    fn shown() {
        assert_eq!(printable("\u{1b}[31mred\u{1b}[0m \u{202e}evil\u{7}"), "red evil");
        assert_eq!(
            printable("container plimsoll-12-345-6-db-1 of localhost/plimsoll-1-2-3:latest"),
            "container <ours> of <ours>"
        );
        assert_eq!(printable("no /tmp/plimsoll-12-345-6-project-VRxQ1P/file-e04o0T/Dockerfile"), "no <ours>/Dockerfile");
        assert_eq!(quoted("a\nb\n"), "`a` and 1 more line");
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
        let long: String = (0..9).map(|number| format!("line {number}\n")).collect();
        let log =
            log.replace("no\n", &format!("{long}npm ERR!\nnpm ERR! A complete log of this run can be found in: /x\n"));
        let last =
            "STEP 2/2: RUN false\nline 5\nline 6\nline 7\nline 8\nError: building at STEP \"RUN false\": exit status 1";
        assert_eq!(build_failure("", &log), last);
        let end = format!(" > [2/2] RUN false:\n{long}1.404\nERROR: failed to solve: exit code: 1");
        let last = " > [2/2] RUN false:\nline 5\nline 6\nline 7\nline 8\nERROR: failed to solve: exit code: 1";
        assert_eq!(build_failure(&end, ""), last);
    }

    #[test]
    fn what_is_not_reached() {
        let buildkit = "#4 [1/3] RUN curl example.invalid || true\n#4 curl: (6) Could not resolve host: example.invalid\n#5 [2/3] RUN go build\n\
                        #5 go: x@v1: Get \"https://proxy.invalid/x\": dial tcp: lookup proxy.invalid: no such host\n#5 go: stopped\n\
                        #5 ERROR: process \"/bin/sh -c go build\" did not complete successfully: exit code: 1\n\
                        ------\n > [2/3] RUN go build:\ngo: stopped\n------\n";
        let line = "go: x@v1: Get \"https://proxy.invalid/x\": dial tcp: lookup proxy.invalid: no such host";
        assert_eq!(unreached(buildkit).as_deref(), Some(line));
        assert_eq!(unreached(&buildkit.replace("no such host", "404")), None);
        let podman = "STEP 1/3: RUN a\nTemporary failure resolving 'a'\nSTEP 2/3: RUN b\nW: Temporary failure resolving 'b'\nError: building at STEP\n";
        assert_eq!(unreached(podman).as_deref(), Some("W: Temporary failure resolving 'b'"));
        assert_eq!(
            unreached("STEP 1/3: RUN echo Unknown host\nno\nError: building at STEP \"RUN echo Unknown host\"\n"),
            None
        );
    }
}
