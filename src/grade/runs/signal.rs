//! Checks that a long-running container exits in time on its stop signal.

use std::time::Duration;

use crate::engine::{EngineError, RunEnd};
use crate::grade::rubric::expectation::{ContainerStart, SignalExpectation};
use crate::grade::runs::scrub::tail;
use crate::grade::runs::session::{BuiltImage, EngineSession};
use crate::grade::runs::{CheckResult, Failure};

pub(super) fn evaluate(
    session: &EngineSession<'_>,
    image: &BuiltImage<'_>,
    expectation: &SignalExpectation,
) -> Result<CheckResult, EngineError> {
    let values = session.random_values(0);
    let start =
        ContainerStart { args: expectation.args.clone(), env: expectation.env.clone(), ..ContainerStart::default() };
    let mut run = session.start(image, &start, &values);
    let grace = expectation.within.map_or(Duration::from_secs(5), |within| within.0);
    let after = expectation.after.map_or(Duration::from_secs(2), |after| after.0);
    run.limits.grace = grace;
    run.limits.time = run.limits.time.max(after);
    let signal = if image.facts.stop_signal.is_empty() { "SIGTERM" } else { &image.facts.stop_signal };
    let what = format!("exits within {} s of {signal}", grace.as_secs_f64());
    let failure = |failure: Failure| Ok(CheckResult::of(what.clone(), Some(failure)));
    let mut container = session.engine.start(run)?;
    if container.wait(after)? {
        let ran = match session.own_errors(container.finish())? {
            Ok(ran) => ran,
            Err(said) => {
                return failure(Failure::new("the container cannot start", "correct what `CMD` or `ENTRYPOINT` starts").seen(said));
            }
        };
        let why = format!("the container exited before it got the signal ({})", end_text(&ran.end));
        return failure(Failure::new(why, "keep the program running").seen(tail(&ran.stderr.text())));
    }
    let stop = container.stop()?;
    let ran = container.finish()?;
    if !stop.heeded {
        let why = format!("the container did not exit within {} s of {signal}", grace.as_secs_f64());
        let earn_back = "run the program as PID 1 (`CMD` in exec form, or `exec` in a script) and exit on the signal";
        return failure(Failure::new(why, earn_back));
    }
    match ran.end {
        RunEnd::Exit(code) if !expectation.exit.is_empty() && !expectation.exit.contains(&code) => {
            let expected: Vec<String> = expectation.exit.iter().map(i32::to_string).collect();
            let why = format!("the container exited with code {code} on {signal}");
            failure(Failure::new(why, format!("exit with code {}", expected.join(" or "))))
        }
        RunEnd::Exit(137) if expectation.exit.is_empty() => failure(Failure::new(
            format!("the container was killed on {signal}"),
            "exit on the signal without being killed",
        )),
        _ => Ok(CheckResult::of(what.clone(), None)),
    }
}

fn end_text(end: &RunEnd) -> String {
    match end {
        RunEnd::Exit(code) => format!("exit code {code}"),
        RunEnd::KeptRunning => "still running".to_owned(),
        RunEnd::OutOfMemory => "it exceeded the memory limit".to_owned(),
        RunEnd::Over(why) => why.clone(),
    }
}
