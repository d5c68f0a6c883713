//! Sends HTTP requests to the container, on an isolated network.

use std::net::IpAddr;
use std::time::{Duration, Instant};

use crate::engine::{EngineError, Network};
use crate::grade::rubric::expectation::{ContainerStart, HttpExpectation};
use crate::grade::rubric::values::{Expression, OneOrMany};
use crate::grade::runs::random_values::RandomValues;
use crate::grade::runs::scrub::{quoted, tail};
use crate::grade::runs::session::{BuiltImage, EngineSession};
use crate::grade::runs::{CheckResult, Failure};
use crate::verify::http::{Answer, Probe};

/// A request and its expected response.
pub(super) struct HttpRequest<'a> {
    pub(super) probe: Probe,
    pub(super) contains: &'a OneOrMany<String>,
    pub(super) regex: Option<&'a Expression>,
}

impl HttpRequest<'_> {
    /// Why a response is not the expected one; `None` if it is.
    pub(super) fn failure(&self, answer: &Result<Answer, String>, values: &RandomValues) -> Option<Failure> {
        let request = format!("`GET {}`", self.probe);
        let answer = match answer {
            Ok(answer) => answer,
            Err(why) => {
                return Some(Failure::new(
                    format!("{request}: {why}"),
                    "make the server listen on all addresses (0.0.0.0)",
                ));
            }
        };
        if !self.probe.accepts(answer) {
            let wanted = self.probe.status.map_or_else(|| "below 400".to_owned(), |status| status.to_string());
            let how = match answer.status {
                404 => format!("let the program respond to this path, and return status {wanted}"),
                500.. => format!("find the program's error in its log, and return status {wanted}"),
                _ => format!("return status {wanted}"),
            };
            return Some(Failure::new(format!("{request} returned status {}", answer.status), how));
        }
        let part = self.contains.iter().map(|part| values.fill(part)).find(|part| !answer.body.contains(part.as_str()));
        if let Some(part) = part {
            return Some(Failure::new(
                format!("{request} returned {}", quoted(&answer.body)),
                format!("the response should contain {}", quoted(&part)),
            ));
        }
        let regex = self.regex.filter(|regex| !regex.0.is_match(&answer.body))?;
        Some(Failure::new(
            format!("{request} returned {}", quoted(&answer.body)),
            format!("the response should match `{}`", regex.0.as_str()),
        ))
    }

    /// Repeats the request until the response is the expected one, time is up, or `keeps_running` returns false.
    pub(super) fn send(
        &self,
        values: &RandomValues,
        until: Instant,
        mut address: impl FnMut() -> Option<IpAddr>,
        mut keeps_running: impl FnMut(Duration) -> Result<bool, EngineError>,
    ) -> Result<Option<Failure>, EngineError> {
        let mut last = Err("no response".to_owned());
        let mut known = None;
        loop {
            known = known.or_else(&mut address);
            let left = until.saturating_duration_since(Instant::now());
            if let Some(address) = known {
                let answer = self.probe.ask(address, left.clamp(Duration::from_millis(200), Duration::from_secs(5)));
                // Errors are worded differently on each engine.
                last = answer.map_err(|_| "no response".to_owned());
                if self.failure(&last, values).is_none() {
                    return Ok(None);
                }
            }
            if left.is_zero() || !keeps_running(Duration::from_millis(200))? {
                return Ok(self.failure(&last, values));
            }
        }
    }
}

/// Starts the container once for each set of values, and sends the request.
pub(super) fn evaluate(
    session: &EngineSession<'_>,
    image: &BuiltImage<'_>,
    expectation: &HttpExpectation,
) -> Result<CheckResult, EngineError> {
    let what = expectation
        .title
        .clone()
        .unwrap_or_else(|| format!("responds to `GET :{}{}`", expectation.port, expectation.path));
    let texts = expectation.args.iter().chain(expectation.env.values()).chain(expectation.body_contains.iter());
    for values in session.value_sets(texts) {
        let network = session.engine.network()?;
        let start = ContainerStart {
            args: expectation.args.clone(),
            env: expectation.env.clone(),
            ..ContainerStart::default()
        };
        let mut run = session.start(image, &start, &values);
        run.network = Network::Internal(network.name.clone());
        if let Some(within) = expectation.within {
            run.limits.time = within.0;
        }
        let until = Instant::now() + run.limits.time;
        let request = HttpRequest {
            probe: Probe { port: expectation.port, path: values.fill(&expectation.path), status: expectation.status },
            contains: &expectation.body_contains,
            regex: expectation.body_regex.as_ref(),
        };
        let container = std::cell::RefCell::new(session.engine.start(run)?);
        let failure = request.send(
            &values,
            until,
            || container.borrow().address(),
            |time| Ok(!container.borrow_mut().wait(time)?),
        )?;
        let mut container = container.into_inner();
        let has_exited = !container.is_running();
        let ran = match session.own_errors(container.finish())? {
            Ok(ran) => ran,
            Err(said) => {
                return Ok(CheckResult::of(
                    what,
                    Some(Failure::new("the container cannot start", "correct what `CMD` or `ENTRYPOINT` starts").seen(said)),
                ));
            }
        };
        if let Some(mut failure) = failure {
            if has_exited {
                failure = Failure::new(
                    format!("the container exited before it responded to `GET {}`", request.probe),
                    "keep the server running",
                );
            }
            return Ok(CheckResult::of(what, Some(failure.seen(tail(&ran.stderr.text())))));
        }
    }
    Ok(CheckResult::of(what, None))
}
