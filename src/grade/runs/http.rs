//! The container answers by HTTP, on a network of its own from which no way leads out.

use std::net::IpAddr;
use std::time::{Duration, Instant};

use crate::engine::{EngineError, Network};
use crate::grade::rubric::expectation::{HttpWish, Start};
use crate::grade::rubric::values::{Expression, Several};
use crate::grade::runs::Check;
use crate::grade::runs::random_values::Draw;
use crate::grade::runs::runner::{Miss, Shown, Submission, check};
use crate::grade::runs::scrub::{quoted, tail};
use crate::verify::http::{Answer, Probe};

/// What is asked, and what is right.
pub(super) struct Question<'a> {
    pub(super) probe: Probe,
    pub(super) contains: &'a Several<String>,
    pub(super) regex: Option<&'a Expression>,
}

impl Question<'_> {
    /// What is wrong with an answer.
    pub(super) fn miss(&self, answer: &Result<Answer, String>, draw: &Draw) -> Option<Miss> {
        let asked = format!("`GET {}`", self.probe);
        let answer = match answer {
            Ok(answer) => answer,
            Err(why) => {
                return Some(Miss::new(format!("{asked}: {why}"), "it answers by HTTP on all addresses (0.0.0.0)"));
            }
        };
        if !self.probe.accepts(answer) {
            let wanted = self.probe.status.map_or_else(|| "below 400".to_owned(), |status| status.to_string());
            return Some(Miss::new(
                format!("{asked} is answered with status {}", answer.status),
                format!("the status is {wanted}"),
            ));
        }
        let part = self.contains.iter().map(|part| draw.fill(part)).find(|part| !answer.body.contains(part.as_str()));
        if let Some(part) = part {
            return Some(Miss::new(
                format!("{asked} is answered with {}", quoted(&answer.body)),
                format!("{} is in it", quoted(&part)),
            ));
        }
        let regex = self.regex.filter(|regex| !regex.0.is_match(&answer.body))?;
        Some(Miss::new(
            format!("{asked} is answered with {}", quoted(&answer.body)),
            format!("it fits `{}`", regex.0.as_str()),
        ))
    }

    /// Asks until the answer is right, time is over, or `goes_on` says that there is nobody to ask.
    pub(super) fn ask(
        &self,
        draw: &Draw,
        until: Instant,
        mut address: impl FnMut() -> Option<IpAddr>,
        mut goes_on: impl FnMut(Duration) -> Result<bool, EngineError>,
    ) -> Result<Option<Miss>, EngineError> {
        let mut last = Err("nothing answers".to_owned());
        let mut known = None;
        loop {
            known = known.or_else(&mut address);
            let left = until.saturating_duration_since(Instant::now());
            if let Some(address) = known {
                let answer = self.probe.ask(address, left.clamp(Duration::from_millis(200), Duration::from_secs(5)));
                // The engines' clients word this in several ways.
                last = answer.map_err(|_| "nothing answers".to_owned());
                if self.miss(&last, draw).is_none() {
                    return Ok(None);
                }
            }
            if left.is_zero() || !goes_on(Duration::from_millis(200))? {
                return Ok(self.miss(&last, draw));
            }
        }
    }
}

/// Starts it once for each draw, and asks.
pub(super) fn hold(bench: &Submission<'_>, image: &Shown<'_>, wish: &HttpWish) -> Result<Check, EngineError> {
    let what = wish.title.clone().unwrap_or_else(|| format!("answers `GET :{}{}`", wish.port, wish.path));
    let texts = wish.args.iter().chain(wish.env.values()).chain(wish.body_contains.iter());
    for draw in bench.draws(texts) {
        let network = bench.engine.network()?;
        let start = Start { args: wish.args.clone(), env: wish.env.clone(), ..Start::default() };
        let mut run = bench.start(image, &start, &draw);
        run.network = Network::Internal(network.name.clone());
        if let Some(within) = wish.within {
            run.limits.time = within.0;
        }
        let until = Instant::now() + run.limits.time;
        let question = Question {
            probe: Probe { port: wish.port, path: draw.fill(&wish.path), status: wish.status },
            contains: &wish.body_contains,
            regex: wish.body_regex.as_ref(),
        };
        let container = std::cell::RefCell::new(bench.engine.start(run)?);
        let miss = question.ask(
            &draw,
            until,
            || container.borrow().address(),
            |time| Ok(!container.borrow_mut().wait(time)?),
        )?;
        let mut container = container.into_inner();
        let ended = !container.is_running();
        let ran = match bench.theirs(container.finish())? {
            Ok(ran) => ran,
            Err(said) => return Ok(check(what, Some(Miss::new("the container cannot start", "it starts").seen(said)))),
        };
        if let Some(mut miss) = miss {
            if ended {
                miss = Miss::new(
                    format!("the container has ended before `GET {}` could be answered", question.probe),
                    "it keeps running and answers",
                );
            }
            return Ok(check(what, Some(miss.seen(tail(&ran.stderr.text())))));
        }
    }
    Ok(check(what, None))
}
