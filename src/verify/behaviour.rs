//! Whether a run shows that an image does its job. One that fails, that time ends, or that shows nothing, proves nothing.

use std::sync::LazyLock;

use regex::Regex;
use serde::Serialize;

use super::image_report::{ImageReport, RunReport};
use super::normalize::{normal, one_line};
use super::ports::{PortReport, PortState};
use crate::engine::{RunEnd, last_lines};
use crate::text::units::Size;
use crate::verify::spec::RunSpec;

/// What is known of the behaviour of two images.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum Behaviour {
    /// They were built only.
    NotRun,
    /// The one before did its job, and the one after does it. `seen`: by what that is known.
    Verified { seen: String },
    /// The one before did not do its job, the one after does.
    Repaired { why: String },
    /// It is not known whether they do their job.
    Unverified {
        why: String,
        /// The last lines that the container printed.
        said: String,
        /// What to try.
        advice: Vec<String>,
    },
}

#[cfg(test)]
impl Behaviour {
    pub fn is_verified(&self) -> bool {
        matches!(self, Behaviour::Verified { .. })
    }
}

/// What two images show. `varies`: the output of the one before differs from run to run.
pub(super) fn behaviour(before: &ImageReport, after: &ImageReport, spec: &RunSpec, varies: bool) -> Behaviour {
    if spec.build_only == Some(true) {
        return Behaviour::NotRun;
    }
    let unknown = |why: &str| Behaviour::Unverified { why: why.to_owned(), said: String::new(), advice: Vec::new() };
    let Some(new) = after.run.as_ref().filter(|_| after.built) else { return unknown("the image does not build") };
    let now = job(new, spec);
    let Some(old) = before.run.as_ref().filter(|_| before.built) else {
        return match now {
            Ok(_) => Behaviour::Repaired { why: "it did not build".to_owned() },
            Err(why) => unverified(new, spec, why),
        };
    };
    match (job(old, spec), now) {
        (_, Err(why)) => unverified(new, spec, why),
        (Err(why), Ok(_)) => Behaviour::Repaired { why },
        (Ok(_), Ok(seen)) => match shown_alike(old, new, spec, varies) {
            Ok(()) => Behaviour::Verified { seen },
            Err(why) => unverified(new, spec, why),
        },
    }
}

/// Where nothing but the output tells what a program does, the outputs have to be the same.
fn shown_alike(old: &RunReport, new: &RunReport, spec: &RunSpec, varies: bool) -> Result<(), String> {
    if spec.expects() || new.end == RunEnd::KeptRunning {
        return Ok(());
    }
    let (before, after) = (normal(&old.stdout), normal(&new.stdout));
    if varies && before != after {
        return Err("it prints something else each time".to_owned());
    }
    if before.is_empty() && normal(&old.stderr) != normal(&new.stderr) {
        return Err("it prints to standard error only, and something else each time".to_owned());
    }
    Ok(())
}

fn unverified(run: &RunReport, spec: &RunSpec, why: String) -> Behaviour {
    let said = if run.stderr.trim().is_empty() { &run.stdout } else { &run.stderr };
    Behaviour::Unverified { why, said: last_lines(said, 5), advice: advice(run, spec) }
}

/// By what a run shows that the image does its job, or why it does not.
pub(super) fn job(run: &RunReport, spec: &RunSpec) -> Result<String, String> {
    if spec.expects() {
        return match unmet(run, spec).into_iter().next() {
            Some(unmet) => Err(unmet),
            None => Ok("what was expected".to_owned()),
        };
    }
    let ports: Vec<&PortReport> = run.ports.iter().filter(|port| port.exposed).collect();
    match &run.end {
        RunEnd::KeptRunning => serves(run, &ports),
        RunEnd::Exit(0) if !ports.is_empty() => {
            Err(format!("it exits with code 0 although it EXPOSEs port {}", ports[0].port))
        }
        RunEnd::Exit(0) => prints(run),
        end => Err(failure(end)),
    }
}

fn serves(run: &RunReport, exposed: &[&PortReport]) -> Result<String, String> {
    if run.healthy == Some(false) {
        return Err("it keeps running, and its HEALTHCHECK fails".to_owned());
    }
    if let Some(port) = run.ports.iter().find(|port| port.status.is_some_and(|status| status >= 500)) {
        return Err(format!("port {} answers HTTP {}", port.port, port.status.unwrap_or_default()));
    }
    let open = match exposed.is_empty() {
        true => run.ports.iter().find(|port| port.is_open()),
        false => exposed.iter().copied().find(|port| port.is_open()),
    };
    match (open, exposed.first(), run.healthy) {
        (Some(port), ..) => Ok(match port.status {
            Some(status) => format!("port {} answers HTTP {status}", port.port),
            None => format!("port {} is open", port.port),
        }),
        (None, _, Some(true)) => Ok("it is healthy".to_owned()),
        (None, Some(port), _) => Err(match port.state {
            PortState::Local => format!("port {} is open on 127.0.0.1 only, where nothing reaches it", port.port),
            PortState::NotProbed => format!("it keeps running, and port {} was not probed", port.port),
            _ => match run.ports.iter().find(|port| port.is_open()) {
                Some(other) => format!("port {} is closed, and port {} is open", port.port, other.port),
                None => format!("it keeps running, and port {} is closed", port.port),
            },
        }),
        (None, None, _) => {
            Err("it keeps running, without an open port or a HEALTHCHECK that would show what it does".to_owned())
        }
    }
}

fn prints(run: &RunReport) -> Result<String, String> {
    let all = format!("{}\n{}", run.stdout, run.stderr);
    if let Some(line) = complaint(&all) {
        return Err(format!("it exits with code 0, and reports: {line}"));
    }
    match normal(&run.stdout).lines().count() {
        0 if normal(&run.stderr).is_empty() => Err("it exits with code 0, and prints nothing".to_owned()),
        0 => Ok("code 0 and its error output".to_owned()),
        1 => Ok("code 0 and a line of output".to_owned()),
        count => Ok(format!("code 0 and {count} lines of output")),
    }
}

/// A line by which a program reports that it did not do its job, although its exit code says otherwise.
fn complaint(text: &str) -> Option<String> {
    static WORDS: LazyLock<Regex> = LazyLock::new(|| {
        let words = r"(?im)^.{0,200}?(?:traceback \(most recent call last\)|connection refused|could not connect|cannot connect|failed to connect|name resolution|getaddrinfo|ENOTFOUND|EAI_AGAIN|network is unreachable|no such host|command not found|: not found$|unhandled|uncaught|fatal error|panic:|segmentation fault|\busage:|permission denied|operation not permitted|no such file or directory).{0,120}";
        Regex::new(words).expect("the pattern is sound")
    });
    WORDS.find(text).map(|found| one_line(found.as_str()))
}

/// How a run failed, in words.
pub(super) fn failure(end: &RunEnd) -> String {
    match end {
        RunEnd::Exit(code) => {
            let meaning = match code {
                126 => " (the program cannot be executed)",
                127 => " (the program was not found)",
                132 => " (illegal instruction)",
                134 => " (aborted)",
                136 => " (arithmetic error)",
                137 => " (killed)",
                139 => " (segmentation fault)",
                143 => " (terminated)",
                _ => "",
            };
            format!("it exits with code {code}{meaning}")
        }
        RunEnd::OutOfMemory => "it ran out of memory".to_owned(),
        RunEnd::KeptRunning => "it keeps running".to_owned(),
        RunEnd::Over(why) => why.clone(),
    }
}

/// What to try so that the image does its job, most specific first.
fn advice(run: &RunReport, spec: &RunSpec) -> Vec<String> {
    static MISSING_NAME: LazyLock<Regex> = LazyLock::new(|| {
        let pattern = r#"KeyError: '([A-Z][A-Z0-9_]{1,60})'|\b([A-Z][A-Z0-9]*_[A-Z0-9_]{1,60}|PORT)\b[^\n]{0,40}(?:not set|missing|required|undefined|unset|is not|must be|parameter)|(?:missing|undefined|set|variable)[^\n]{0,30}?\b([A-Z][A-Z0-9]*_[A-Z0-9_]{1,60})\b"#;
        Regex::new(pattern).expect("the pattern is sound")
    });
    let text = format!("{}\n{}", run.stdout, run.stderr);
    let lower = text.to_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    let mut advice = Vec::new();
    let mut add = |text: String| advice.push(text);
    if let RunEnd::OutOfMemory = run.end {
        add(format!("`--memory SIZE`, since the limit is {}", Size(spec.run_limits().memory).limit()));
    }
    if has(&["not permitted", "permission denied", "setgroups", "setuid", "chown"]) && spec.cap_add.is_empty() {
        add("`--cap-add CAP`, since all capabilities are dropped".to_owned());
    }
    let name = MISSING_NAME.captures(&text).and_then(|found| found.iter().skip(1).flatten().next());
    if let Some(name) = name {
        add(format!("`--env {}=VALUE`", name.as_str()));
    } else if has(&["environment variable", "env var", "getenv"]) {
        add("`--env NAME=VALUE`".to_owned());
    }
    if has(&["usage:", "the following arguments are required", "missing argument", "no arguments"]) {
        add("arguments of the container after `--`".to_owned());
    }
    if has(&["eoferror", "end of file", "not a tty", "inappropriate ioctl"]) && spec.stdin.is_none() {
        add("`--stdin FILE`".to_owned());
    }
    let network = [
        "connection refused", "enotfound", "eai_again", "name resolution", "getaddrinfo", "could not connect",
        "network is unreachable", "no such host", "failed to connect",
    ];
    if has(&network) && !spec.has_network() {
        add("`--network`: the container runs without a network; a service that it needs must be reachable".to_owned());
    }
    if has(&["read-only file system"]) {
        add("the run without `--read-only`".to_owned());
    }
    match &run.end {
        RunEnd::KeptRunning if run.ports.is_empty() => {
            add("`--http :PORT/PATH`, `--port PORT` or `--expect-stdout TEXT`, by which its job is seen".to_owned());
        }
        RunEnd::KeptRunning => add("`--http :PORT/PATH`, or a longer `--run-timeout`".to_owned()),
        RunEnd::Exit(0) => add("arguments after `--`, or `--expect-exit 0` if that is all it does".to_owned()),
        RunEnd::Exit(code) => add(format!("`--expect-exit {code}` if that is its job")),
        RunEnd::OutOfMemory | RunEnd::Over(_) => {}
    }
    advice
}

/// How a run ended, in words.
pub(super) fn end(end: &RunEnd) -> String {
    match end {
        RunEnd::Exit(code) => format!("code {code}"),
        RunEnd::KeptRunning => "keeps running".to_owned(),
        RunEnd::OutOfMemory => "out of memory".to_owned(),
        RunEnd::Over(why) => why.clone(),
    }
}

/// What is expected of a run and not so.
pub(super) fn unmet(run: &RunReport, spec: &RunSpec) -> Vec<String> {
    let mut unmet = Vec::new();
    if let Some(code) = spec.expect_exit
        && run.end != RunEnd::Exit(code)
    {
        unmet.push(format!("expected exit code {code}, got: {}", end(&run.end)));
    }
    if let Some(text) = &spec.expect_stdout
        && !run.stdout.contains(text.as_str())
    {
        let is =
            if run.stdout.trim().is_empty() { "nothing".to_owned() } else { format!("`{}`", one_line(&run.stdout)) };
        unmet.push(format!("expected `{}` on standard output, got {is}", one_line(text)));
    }
    for seen in run.http.iter().filter(|seen| !seen.accepted) {
        unmet.push(format!("HTTP {}: {}", seen.asked, seen.shown()));
    }
    if let (Some(port), Some(false)) = (spec.port, run.port_open) {
        unmet.push(format!("port {port} is not open"));
    }
    unmet
}

#[cfg(test)]
mod tests {
    use super::*;

    fn port(port: u16, exposed: bool, state: PortState, status: Option<u16>) -> PortReport {
        PortReport { port, exposed, state, status }
    }

    #[test]
    fn what_is_a_job() {
        let job = |end, stdout: &str, stderr: &str| job(&RunReport::ended(end, stdout, stderr), &RunSpec::default());
        assert_eq!(job(RunEnd::Exit(0), "hello\n", "").as_deref(), Ok("code 0 and a line of output"));
        assert_eq!(job(RunEnd::Exit(0), "", "").unwrap_err(), "it exits with code 0, and prints nothing");
        assert!(job(RunEnd::Exit(0), "", "INFO done").is_ok());
        assert!(job(RunEnd::Exit(0), "Error: connect: Connection refused\n", "").is_err());
        assert_eq!(job(RunEnd::Exit(139), "hello", "").unwrap_err(), "it exits with code 139 (segmentation fault)");
        assert!(job(RunEnd::OutOfMemory, "hello", "").is_err());
        assert!(job(RunEnd::KeptRunning, "waiting for the database\n", "").is_err());
    }

    #[test]
    fn what_a_server_shows() {
        let with = |ports: Vec<PortReport>, healthy| {
            let run = RunReport { ports, healthy, ..RunReport::ended(RunEnd::KeptRunning, "", "") };
            job(&run, &RunSpec::default())
        };
        let open = || port(80, true, PortState::Open, Some(404));
        assert_eq!(with(vec![open()], None).as_deref(), Ok("port 80 answers HTTP 404"));
        assert!(with(vec![port(80, true, PortState::Open, Some(502))], None).is_err());
        assert!(with(vec![open(), port(443, true, PortState::Closed, None)], None).is_ok());
        assert!(with(vec![open()], Some(false)).is_err());
        assert_eq!(with(vec![port(8080, false, PortState::Open, None)], None).as_deref(), Ok("port 8080 is open"));
        let other = with(vec![port(80, true, PortState::Closed, None), port(8080, false, PortState::Open, None)], None);
        assert_eq!(other.unwrap_err(), "port 80 is closed, and port 8080 is open");
        let local = with(vec![port(80, true, PortState::Local, None)], None).unwrap_err();
        assert!(local.contains("127.0.0.1 only"), "{local}");
        assert!(with(vec![port(80, true, PortState::NotProbed, None)], None).unwrap_err().contains("not probed"));
        assert!(with(vec![port(80, true, PortState::NotProbed, None)], Some(true)).is_ok());
    }

    #[test]
    fn what_to_try() {
        let of = |end, stderr: &str| advice(&RunReport::ended(end, "", stderr), &RunSpec::default()).join("; ");
        assert!(of(RunEnd::Exit(1), "KeyError: 'API_TOKEN'").contains("`--env API_TOKEN=VALUE`"));
        assert!(of(RunEnd::Exit(1), "Error: POSTGRES_PASSWORD is not set").contains("`--env POSTGRES_PASSWORD=VALUE`"));
        assert!(of(RunEnd::Exit(1), "chown: Operation not permitted").contains("--cap-add"));
        assert!(of(RunEnd::Exit(2), "usage: run.py [-h] --host HOST").contains("after `--`"));
        assert!(of(RunEnd::Exit(1), "dial tcp: connection refused").contains("--network"));
        assert!(of(RunEnd::OutOfMemory, "").contains("512 MiB"));
    }
}
