//! What the image says of itself, as `docker inspect` shows it.

use crate::engine::Facts;
use crate::grade::rubric::expectation::InspectWish;
use crate::grade::runs::Check;
use crate::grade::runs::runner::{Miss, check};
use crate::grade::runs::scrub::quoted;

/// One check for each thing that is asked for.
pub(super) fn checks(facts: &Facts, wish: &InspectWish) -> Vec<Check> {
    let mut checks = Vec::new();
    let mut add = |holds: bool, what: String, amiss: String, earn: String| {
        checks.push(check(what, (!holds).then(|| Miss::new(amiss, earn))));
    };
    let user = if facts.user.is_empty() { "root" } else { &facts.user };
    let runs_as = format!("the image runs as {}", quoted(user));
    if let Some(pattern) = &wish.user {
        add(pattern.fits(user), runs_as.clone(), runs_as.clone(), format!("`USER` fits `{}`", pattern.text));
    }
    if wish.not_root {
        let earn = "`USER` names a user without rights".to_owned();
        add(!is_root(facts.user_name()), runs_as, "the image runs as root".to_owned(), earn);
    }
    let texts = [
        ("WORKDIR", facts.workdir.clone(), &wish.workdir),
        ("ENTRYPOINT", facts.entrypoint.join(" "), &wish.entrypoint),
        ("CMD", facts.cmd.join(" "), &wish.cmd),
    ];
    for (name, text, pattern) in texts {
        if let Some(pattern) = pattern {
            let is = format!("`{name}` is {}", quoted(&text));
            add(pattern.fits(&text), is.clone(), is, format!("it fits `{}`", pattern.text));
        }
    }
    for port in wish.exposes.iter() {
        let whole = if port.contains('/') { port.clone() } else { format!("{port}/tcp") };
        let (what, amiss) = (format!("exposes port {port}"), format!("the image exposes no port {port}"));
        add(facts.ports.contains(&whole), what, amiss, format!("`EXPOSE {port}`"));
    }
    for (name, pattern) in &wish.env {
        let value = facts.env.iter().find_map(|pair| pair.strip_prefix(name.as_str())?.strip_prefix('='));
        let amiss = match value {
            None => format!("the image sets no `{name}`"),
            Some(value) => format!("`{name}` is {}", quoted(value)),
        };
        let earn = format!("`ENV {name}=…` gives it a value that fits `{}`", pattern.text);
        add(value.is_some_and(|value| pattern.fits(value)), format!("`{name}` has a value"), amiss, earn);
    }
    if let Some(wanted) = wish.healthcheck {
        let has = !facts.healthcheck.is_empty();
        let word =
            |has: bool| if has { "the image has a health check" } else { "the image has no health check" }.to_owned();
        add(has == wanted, word(has), word(has), if wanted { "`HEALTHCHECK CMD …`" } else { "it has none" }.to_owned());
    }
    if let Some(signal) = &wish.stop_signal {
        let is = format!("the stop signal is {}", quoted(&facts.stop_signal));
        add(*signal == facts.stop_signal, is.clone(), is, format!("`STOPSIGNAL {signal}`"));
    }
    for volume in wish.volumes.iter() {
        let (what, amiss) = (format!("has the volume `{volume}`"), format!("the image has no volume `{volume}`"));
        add(facts.volumes.contains(volume), what, amiss, format!("`VOLUME {volume}`"));
    }
    if let Some(count) = &wish.layers {
        let has = format!("the image has {} layers", facts.layers);
        add(count.fits(facts.layers as u64), has.clone(), has, format!("it has {}", count.text));
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
        let wish = |text: &str| toml::from_str::<InspectWish>(text).expect("it is one");
        let count = |text: &str| checks(&facts, &wish(text)).iter().filter(|check| check.fault.is_some()).count();
        assert_eq!(count("not-root = true"), 1);
        assert_eq!(count("exposes = [\"80\", \"81\"]\nhealthcheck = true"), 2);
        assert_eq!(count("env = { MY = \"b\", MY_VAR = \"b*\", OTHER = \"*\" }"), 2);
        assert_eq!(count("cmd = \"*python*run.py*\"\nlayers = 0"), 0);
    }
}
