//! A container that runs on ends in time when it is told to.

use std::time::Duration;

use crate::engine::{EngineError, RunEnd};
use crate::grade::rubric::expectation::{SignalWish, Start};
use crate::grade::runs::Check;
use crate::grade::runs::runner::{Miss, Shown, Submission, check};
use crate::grade::runs::scrub::tail;

pub(super) fn hold(bench: &Submission<'_>, image: &Shown<'_>, wish: &SignalWish) -> Result<Check, EngineError> {
    let draw = bench.draw(0);
    let start = Start { args: wish.args.clone(), env: wish.env.clone(), ..Start::default() };
    let mut run = bench.start(image, &start, &draw);
    let grace = wish.within.map_or(Duration::from_secs(5), |within| within.0);
    let after = wish.after.map_or(Duration::from_secs(2), |after| after.0);
    run.limits.grace = grace;
    run.limits.time = run.limits.time.max(after);
    let signal = if image.facts.stop_signal.is_empty() { "SIGTERM" } else { &image.facts.stop_signal };
    let what = format!("ends at {signal} within {} s", grace.as_secs_f64());
    let miss = |miss: Miss| Ok(check(what.clone(), Some(miss)));
    let mut container = bench.engine.start(run)?;
    if container.wait(after)? {
        let ran = match bench.theirs(container.finish())? {
            Ok(ran) => ran,
            Err(said) => return miss(Miss::new("the container cannot start", "it starts").seen(said)),
        };
        let why = format!("the container ended by itself before it was told to ({})", end(&ran.end));
        return miss(Miss::new(why, "it keeps running").seen(tail(&ran.stderr.text())));
    }
    let stop = container.stop()?;
    let ran = container.finish()?;
    if !stop.heeded {
        let why = format!("{signal} did not end the container within {} s", grace.as_secs_f64());
        let earn = "the program is process 1 (`CMD` in exec form, or `exec` in a script) and ends at the signal";
        return miss(Miss::new(why, earn));
    }
    match ran.end {
        RunEnd::Exit(code) if !wish.exit.is_empty() && !wish.exit.contains(&code) => {
            let right: Vec<String> = wish.exit.iter().map(i32::to_string).collect();
            let why = format!("at {signal} the container ended with exit code {code}");
            miss(Miss::new(why, format!("the exit code is {}", right.join(" or "))))
        }
        RunEnd::Exit(137) if wish.exit.is_empty() => {
            miss(Miss::new(format!("the container was killed at {signal}"), "it ends by itself"))
        }
        _ => Ok(check(what.clone(), None)),
    }
}

fn end(end: &RunEnd) -> String {
    match end {
        RunEnd::Exit(code) => format!("exit code {code}"),
        RunEnd::KeptRunning => "still running".to_owned(),
        RunEnd::OutOfMemory => "it took more memory than it may".to_owned(),
        RunEnd::Over(why) => why.clone(),
    }
}
