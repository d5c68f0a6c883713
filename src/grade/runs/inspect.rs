//! Checks an image's configuration, as `docker inspect` shows it.

use crate::engine::Facts;
use crate::grade::rubric::expectation::InspectExpectation;
use crate::grade::runs::scrub::quoted;
use crate::grade::runs::{CheckResult, Failure};

/// One result per expectation.
pub(super) fn checks(facts: &Facts, expectation: &InspectExpectation) -> Vec<CheckResult> {
    let mut checks = Vec::new();
    let mut add = |is_met: bool, what: String, failure: String, earn_back: String| {
        checks.push(CheckResult::of(what, (!is_met).then(|| Failure::new(failure, earn_back))));
    };
    let user = if facts.user.is_empty() { "root" } else { &facts.user };
    let runs_as = format!("the image runs as {}", quoted(user));
    if let Some(pattern) = &expectation.user {
        add(
            pattern.fits(user),
            runs_as.clone(),
            runs_as.clone(),
            format!("set a `USER` that matches `{}`", pattern.text),
        );
    }
    if expectation.not_root {
        let earn_back = "set `USER` to an unprivileged user".to_owned();
        add(!is_root(facts.user_name()), runs_as, "the image runs as root".to_owned(), earn_back);
    }
    let texts = [
        ("WORKDIR", facts.workdir.clone(), &expectation.workdir),
        ("ENTRYPOINT", facts.entrypoint.join(" "), &expectation.entrypoint),
        ("CMD", facts.cmd.join(" "), &expectation.cmd),
    ];
    for (name, text, pattern) in texts {
        if let Some(pattern) = pattern {
            let state = format!("`{name}` is {}", quoted(&text));
            add(pattern.fits(&text), state.clone(), state, format!("set a `{name}` that matches `{}`", pattern.text));
        }
    }
    for port in expectation.exposes.iter() {
        let whole = if port.contains('/') { port.clone() } else { format!("{port}/tcp") };
        let (what, failure) =
            (format!("the image exposes port {port}"), format!("the image does not expose port {port}"));
        add(facts.ports.contains(&whole), what, failure, format!("add `EXPOSE {port}`"));
    }
    for (name, pattern) in &expectation.env {
        let value = facts.env.iter().find_map(|pair| pair.strip_prefix(name.as_str())?.strip_prefix('='));
        let failure = match value {
            None => format!("the image does not set `{name}`"),
            Some(value) => format!("`{name}` is {}", quoted(value)),
        };
        let earn_back = format!("use `ENV {name}=…` with a value that matches `{}`", pattern.text);
        add(value.is_some_and(|value| pattern.fits(value)), format!("`{name}` is set"), failure, earn_back);
    }
    if let Some(wanted) = expectation.healthcheck {
        let has = !facts.healthcheck.is_empty();
        let word =
            |has: bool| if has { "the image has a health check" } else { "the image has no health check" }.to_owned();
        add(
            has == wanted,
            word(has),
            word(has),
            if wanted { "add `HEALTHCHECK CMD …`" } else { "remove `HEALTHCHECK`" }.to_owned(),
        );
    }
    if let Some(signal) = &expectation.stop_signal {
        let state = format!("the stop signal is {}", quoted(&facts.stop_signal));
        add(*signal == facts.stop_signal, state.clone(), state, format!("use `STOPSIGNAL {signal}`"));
    }
    for volume in expectation.volumes.iter() {
        let (what, failure) =
            (format!("the image has the volume `{volume}`"), format!("the image has no volume `{volume}`"));
        add(facts.volumes.contains(volume), what, failure, format!("add `VOLUME {volume}`"));
    }
    if let Some(count) = &expectation.layers {
        let has = format!("the image has {} layers", facts.layers);
        add(count.fits(facts.layers as u64), has.clone(), has, format!("get the number of layers to `{}`", count.text));
    }
    checks
}

fn is_root(name: &str) -> bool {
    matches!(name, "" | "root") || name.parse() == Ok(0_u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts() {
        let facts = Facts {
            user: "0:0".to_owned(),
            env: vec!["MY_VAR=a".to_owned(), "MY=b".to_owned()],
            ports: vec!["80/tcp".to_owned()],
            cmd: vec!["python".to_owned(), "run.py".to_owned()],
            ..Facts::default()
        };
        let expectation = |text: &str| toml::from_str::<InspectExpectation>(text).expect("a valid expectation");
        let count =
            |text: &str| checks(&facts, &expectation(text)).iter().filter(|check| check.failure.is_some()).count();
        assert_eq!(count("not-root = true"), 1);
        assert_eq!(count("exposes = [\"80\", \"81\"]\nhealthcheck = true"), 2);
        assert_eq!(count("env = { MY = \"b\", MY_VAR = \"b*\", OTHER = \"*\" }"), 2);
        assert_eq!(count("cmd = \"*python*run.py*\"\nlayers = 0"), 0);
    }
}
