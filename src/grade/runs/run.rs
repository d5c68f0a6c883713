//! The container is run, and held against what it prints, how it ends and whom it runs as.

use std::time::Duration;

use crate::engine::{EngineError, Ran, RunEnd};
use crate::grade::rubric::expectation::RunWish;
use crate::grade::runs::Check;
use crate::grade::runs::random_values::Draw;
use crate::grade::runs::runner::{Miss, Shown, Submission, check};
use crate::grade::runs::scrub::{quoted, tail, trimmed};

impl RunWish {
    /// All texts in which drawn values may stand.
    fn texts(&self) -> impl Iterator<Item = &String> {
        let lists = [&self.args[..], &self.stdout_contains, &self.stdout_lacks, &self.stderr_contains];
        let options = [&self.stdin, &self.stdout, &self.entrypoint];
        lists.into_iter().flatten().chain(self.env.values()).chain(options.into_iter().flatten())
    }
}

/// Runs it once for each draw.
pub(super) fn hold(bench: &Submission<'_>, image: &Shown<'_>, wish: &RunWish) -> Result<Check, EngineError> {
    let mut named = wish.title.clone();
    for draw in bench.draws(wish.texts()) {
        let mut run = bench.start(image, &wish.start(), &draw);
        if let Some(within) = wish.within {
            run.limits.time = within.0;
        }
        let time = run.limits.time;
        let command = asked(wish, &draw);
        let usual = if wish.run_on { "runs on, or ends well" } else { "does what it should" };
        let what = named.get_or_insert_with(|| format!("{command} {usual}")).clone();
        let ran = match bench.ran(run)? {
            Ok(ran) => ran,
            Err(said) => {
                return Ok(check(what, Some(Miss::new(format!("{command} cannot start"), "it starts").seen(said))));
            }
        };
        let mut misses = misses(&ran, wish, &draw, time, &command).into_iter();
        if let Some(mut miss) = misses.next() {
            for other in misses {
                miss.what = format!("{}; {}", miss.what, other.what);
                miss.earn = format!("{}; {}", miss.earn, other.earn);
            }
            let said = tail(&ran.stderr.text());
            return Ok(check(what, Some(miss.seen(said))));
        }
    }
    Ok(check(named.unwrap_or_default(), None))
}

fn misses(ran: &Ran, wish: &RunWish, draw: &Draw, time: Duration, command: &str) -> Vec<Miss> {
    let (stdout, stderr) = (ran.stdout.text(), ran.stderr.text());
    let mut misses = Vec::new();
    let mut miss = |why: String, earn: String| misses.push(Miss::new(why, earn));
    match &ran.end {
        RunEnd::Over(why) => {
            miss(format!("{command} was ended: {why}"), "it prints and writes what was asked for, and ends".to_owned())
        }
        RunEnd::OutOfMemory => {
            miss(format!("{command} took more memory than it may"), "it needs less memory".to_owned())
        }
        RunEnd::KeptRunning if !wish.any_exit && !wish.run_on => {
            miss(format!("{command} was still running after {} s", time.as_secs_f64()), "it ends by itself".to_owned());
        }
        RunEnd::Exit(code) if !wish.any_exit && *code != wish.exit.unwrap_or(0) => {
            let wanted = wish.exit.unwrap_or(0);
            let fenced = if wish.cap_add.is_empty() && stderr.contains("Operation not permitted") {
                "; programs have no capabilities of root here, and need none if they run as a user of their own from the start"
            } else {
                ""
            };
            miss(format!("{command} ended with exit code {code}"), format!("it ends with exit code {wanted}{fenced}"));
        }
        _ => {}
    }
    let fill = |text: &String| draw.fill(text);
    if let Some(wanted) = wish.stdout.as_ref().map(fill)
        && trimmed(&stdout) != trimmed(&wanted)
    {
        miss(format!("{command} prints {}", quoted(&stdout)), format!("it prints {}", quoted(&wanted)));
    }
    for (name, text, wanted) in
        [("prints", &stdout, &wish.stdout_contains), ("prints on standard error", &stderr, &wish.stderr_contains)]
    {
        for part in wanted.iter().map(fill).filter(|part| !text.contains(part.as_str())) {
            miss(format!("{command} {name} {}", quoted(text)), format!("{} is in it", quoted(&part)));
        }
    }
    for part in wish.stdout_lacks.iter().map(fill).filter(|part| stdout.contains(part.as_str())) {
        miss(format!("{command} prints {}", quoted(&part)), "that is not in what it prints".to_owned());
    }
    for (name, text, wanted) in
        [("prints", &stdout, &wish.stdout_regex), ("prints on standard error", &stderr, &wish.stderr_regex)]
    {
        if let Some(expression) = wanted.as_ref().filter(|expression| !expression.0.is_match(text)) {
            miss(format!("{command} {name} {}", quoted(text)), format!("it fits `{}`", expression.0.as_str()));
        }
    }
    if let Some(wanted) = &wish.uid
        && let Some(uid) = ran.uid.filter(|uid| !wanted.fits(u64::from(*uid)))
    {
        miss(format!("{command} runs as user id {uid}"), format!("the user id is {}", wanted.text));
    }
    if wish.not_root && ran.uid == Some(0) {
        miss(format!("{command} runs as root"), "`USER` names a user without rights".to_owned());
    }
    misses
}

/// The container as one would start it by hand.
fn asked(wish: &RunWish, draw: &Draw) -> String {
    let env = wish.env.iter().map(|(name, value)| format!(" -e {name}={}", draw.fill(value)));
    let entrypoint = wish.entrypoint.iter().map(|entrypoint| format!(" --entrypoint {entrypoint}"));
    let args = wish.args.iter().map(|arg| format!(" {}", draw.fill(arg)));
    let before: String = env.chain(entrypoint).collect();
    let after: String = args.collect();
    match before.is_empty() && after.is_empty() {
        true => "the container".to_owned(),
        false => format!("`docker run{before} IMAGE{after}`"),
    }
}
