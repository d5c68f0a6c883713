//! Runs the container and checks its output, exit code and user.

use std::time::Duration;

use crate::engine::{EngineError, Ran, RunEnd};
use crate::grade::rubric::expectation::RunExpectation;
use crate::grade::runs::random_values::RandomValues;
use crate::grade::runs::scrub::{quoted, tail, trimmed};
use crate::grade::runs::session::{BuiltImage, EngineSession};
use crate::grade::runs::{CheckResult, EACH_TIME, Failure, HARD_CODED, STILL_RUNNING};

impl RunExpectation {
    /// All texts that may have placeholders.
    fn texts(&self) -> impl Iterator<Item = &String> {
        let lists = [&self.args[..], &self.stdout_contains, &self.stdout_lacks, &self.stderr_contains];
        let options = [&self.stdin, &self.stdout, &self.entrypoint];
        lists.into_iter().flatten().chain(self.env.values()).chain(options.into_iter().flatten())
    }
}

/// Runs the container once for each set of values. A program that prints the same each time ignores its input.
pub(super) fn evaluate(
    session: &EngineSession<'_>,
    image: &BuiltImage<'_>,
    expectation: &RunExpectation,
) -> Result<CheckResult, EngineError> {
    let mut title = expectation.title.clone();
    let mut first: Option<(Failure, String)> = None;
    for values in session.value_sets(expectation.texts()) {
        let mut run = session.start(image, &expectation.start(), &values);
        if let Some(within) = expectation.within {
            run.limits.time = within.0;
        }
        let time = run.limits.time;
        let command = command_text(expectation, &values);
        let outcome =
            if expectation.keep_running { "keeps running, or exits as expected" } else { "works as expected" };
        title.get_or_insert_with(|| format!("{command} {outcome}"));
        let ran = match session.ran(run)? {
            Ok(ran) => ran,
            Err(said) => {
                let failure = Failure::new(format!("{command} cannot start"), "correct what `CMD` or `ENTRYPOINT` starts").seen(said);
                return Ok(CheckResult::of(title.unwrap_or_default(), Some(failure)));
            }
        };
        if let Some(said) = start_error(&ran) {
            let failure = Failure::new(format!("{command} cannot start"), "correct what `CMD` or `ENTRYPOINT` starts").seen(said);
            return Ok(CheckResult::of(title.unwrap_or_default(), Some(failure)));
        }
        let stdout = trimmed(&ran.stdout.text());
        match first.take() {
            Some((failure, before)) => {
                let is_same = before == stdout;
                // The advice is about the values of the command that is named.
                let again = joined(failures(&ran, expectation, &values, time, &command), &command).unwrap_or_else(|| failure.clone());
                let failure = if is_same { hard_coded(again, &command, &stdout, expectation).seen(failure.seen) } else { failure };
                return Ok(CheckResult::of(title.unwrap_or_default(), Some(failure)));
            }
            None => first = joined(failures(&ran, expectation, &values, time, &command), &command).map(|failure| {
                (failure.seen(tail(&ran.stderr.text())), stdout)
            }),
        }
        // Only what a successful run printed can be compared.
        let ended = matches!(ran.end, RunEnd::Exit(0));
        if first.as_ref().is_some_and(|(_, stdout)| stdout.is_empty() || !ended) {
            break;
        }
    }
    Ok(CheckResult::of(title.unwrap_or_default(), first.map(|(failure, _)| failure)))
}

/// What the engine says if it could not start the program: some report this by an exit code alone.
fn start_error(ran: &Ran) -> Option<String> {
    let stderr = ran.stderr.text();
    let is_engine = stderr.lines().any(|line| line.starts_with("Error: ") || line.contains("OCI runtime"));
    let is_start = matches!(ran.end, RunEnd::Exit(125..=127)) && is_engine && ran.stdout.text().is_empty();
    is_start.then(|| tail(&stderr))
}

/// All failures of one run as one, which names the command once.
fn joined(failures: Vec<Failure>, command: &str) -> Option<Failure> {
    let mut failures = failures.into_iter();
    let mut failure = failures.next()?;
    for other in failures {
        let what = other.what.strip_prefix(command).map_or(other.what.clone(), |rest| format!("it{rest}"));
        failure.what = format!("{}; {what}", failure.what);
        failure.earn_back = format!("{}; {}", failure.earn_back, other.earn_back);
    }
    Some(failure)
}

/// The failure of a program that printed the same for two different inputs.
fn hard_coded(failure: Failure, command: &str, stdout: &str, expectation: &RunExpectation) -> Failure {
    let what = format!("{command} {HARD_CODED}: {}", quoted(stdout));
    let input = match (expectation.env.keys().next(), expectation.args.is_empty()) {
        (Some(name), _) => format!("the environment variable `{name}`"),
        (None, false) => "its arguments".to_owned(),
        (None, true) => "its input".to_owned(),
    };
    let earn_back = format!("let the program read {input}{EACH_TIME}{}", failure.earn_back);
    Failure { what, earn_back, ..failure }
}

/// The environment variable whose value is in what a run has to print.
fn variable_in<'e>(expectation: &'e RunExpectation, values: &RandomValues, wanted: &str) -> Option<&'e str> {
    let is_in = |value: &String| !value.is_empty() && wanted.contains(values.fill(value).as_str());
    expectation.env.iter().find(|(_, value)| is_in(value)).map(|(name, _)| name.as_str())
}

fn failures(
    ran: &Ran,
    expectation: &RunExpectation,
    values: &RandomValues,
    time: Duration,
    command: &str,
) -> Vec<Failure> {
    let (stdout, stderr) = (ran.stdout.text(), ran.stderr.text());
    let mut failures = Vec::new();
    let mut failure = |why: String, earn_back: String| failures.push(Failure::new(why, earn_back));
    match &ran.end {
        RunEnd::Over(why) => {
            failure(format!("{command} was stopped: {why}"), "print and write only what is required".to_owned())
        }
        RunEnd::OutOfMemory => failure(format!("{command} exceeded the memory limit"), "use less memory".to_owned()),
        RunEnd::KeptRunning if !expectation.any_exit && !expectation.keep_running => {
            failure(
                format!("{command} {STILL_RUNNING} {} s", time.as_secs_f64()),
                "let the program end by itself: look for an endless loop, a `sleep`, or input that it waits for".to_owned(),
            );
        }
        RunEnd::Exit(code) if !expectation.any_exit && *code != expectation.exit.unwrap_or(0) => {
            let wanted = expectation.exit.unwrap_or(0);
            let hint = if expectation.cap_add.is_empty() && stderr.contains("Operation not permitted") {
                "; containers have no root capabilities here, and do not need any if they start as an unprivileged user"
            } else {
                ""
            };
            let last = stderr.lines().map(str::trim).rfind(|line| !line.is_empty());
            let said = last.map(|line| format!(", after {} on standard error", quoted(line))).unwrap_or_default();
            failure(format!("{command} exited with code {code}{said}"), format!("run this command yourself, fix the error, and exit with code {wanted}{hint}"));
        }
        _ => {}
    }
    let fill = |text: &String| values.fill(text);
    if let Some(wanted) = expectation.stdout.as_ref().map(fill)
        && trimmed(&stdout) != trimmed(&wanted)
    {
        let is_on_stderr = stdout.trim().is_empty() && trimmed(&stderr) == trimmed(&wanted);
        let is_among_more = stdout.lines().any(|line| line.trim_end() == wanted.trim_end());
        let earn_back = match (is_on_stderr, is_among_more) {
            (true, _) => format!("print {} to standard output, not to standard error", quoted(&wanted)),
            (_, true) => format!("print {} and nothing else", quoted(&wanted)),
            _ => {
                let only = if trimmed(&stdout).lines().count() > 1 { "only " } else { "" };
                match variable_in(expectation, values, &wanted) {
                    Some(name) => format!("print {only}{}, with the value of `{name}`", quoted(&wanted)),
                    None => format!("print {only}{}", quoted(&wanted)),
                }
            }
        };
        failure(format!("{command} prints {}{}", quoted(&stdout), where_to(&stdout, &stderr)), earn_back);
    }
    for (name, text, wanted) in [
        ("prints", &stdout, &expectation.stdout_contains),
        ("prints on standard error", &stderr, &expectation.stderr_contains),
    ] {
        for part in wanted.iter().map(fill).filter(|part| !text.contains(part.as_str())) {
            let is_on_stderr = name == "prints" && matches!(ran.end, RunEnd::Exit(0)) && stderr.contains(part.as_str());
            let earn_back = match is_on_stderr {
                true => format!("print {} to standard output, not to standard error", quoted(&part)),
                false => format!("the output should contain {}", quoted(&part)),
            };
            let place = if name == "prints" { where_to(&stdout, &stderr) } else { "" };
            failure(format!("{command} {name} {}{place}", quoted(text)), earn_back);
        }
    }
    for part in expectation.stdout_lacks.iter().map(fill).filter(|part| stdout.contains(part.as_str())) {
        failure(format!("{command} prints {}", quoted(&part)), "remove it from the output".to_owned());
    }
    for (name, text, wanted) in [
        ("prints", &stdout, &expectation.stdout_regex),
        ("prints on standard error", &stderr, &expectation.stderr_regex),
    ] {
        if let Some(expression) = wanted.as_ref().filter(|expression| !expression.0.is_match(text)) {
            failure(
                format!("{command} {name} {}", quoted(text)),
                format!("the output should match `{}`", expression.0.as_str()),
            );
        }
    }
    if let Some(wanted) = &expectation.uid
        && let Some(uid) = ran.uid.filter(|uid| !wanted.fits(u64::from(*uid)))
    {
        failure(format!("{command} runs as user id {uid}"), format!("run as a user id that is `{}`", wanted.text));
    }
    if expectation.not_root && ran.uid == Some(0) {
        failure(format!("{command} runs as root"), "set `USER` to an unprivileged user".to_owned());
    }
    failures
}

/// Where a program prints nothing that prints something elsewhere.
fn where_to(stdout: &str, stderr: &str) -> &'static str {
    if stdout.trim().is_empty() && !stderr.trim().is_empty() { " to standard output" } else { "" }
}

/// The command that starts the container by hand.
fn command_text(expectation: &RunExpectation, values: &RandomValues) -> String {
    let env = expectation.env.iter().map(|(name, value)| format!(" -e {name}={}", values.fill(value)));
    let entrypoint = expectation.entrypoint.iter().map(|entrypoint| format!(" --entrypoint {entrypoint}"));
    let args = expectation.args.iter().map(|arg| format!(" {}", values.fill(arg)));
    let before: String = env.chain(entrypoint).collect();
    let after: String = args.collect();
    match before.is_empty() && after.is_empty() {
        true => "the container".to_owned(),
        false => format!("`docker run{before} IMAGE{after}`"),
    }
}
