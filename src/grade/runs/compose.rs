//! A Compose project comes up, and the application in it reaches its database.

use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use crate::engine::compose::{ComposeError, FILE_NAMES, Up};
use crate::engine::{EngineError, Image, Pull};
use crate::grade::rubric::expectation::{ComposeExec, ComposeWish};
use crate::grade::runs::Check;
use crate::grade::runs::build::{Order, allowed, build};
use crate::grade::runs::http::Question;
use crate::grade::runs::random_values::Draw;
use crate::grade::runs::runner::{Miss, Submission, check};
use crate::grade::runs::scrub::{plain, quoted, tail};
use crate::verify::Project;
use crate::verify::http::Probe;

/// How long a project may take to come up.
const WITHIN: Duration = Duration::from_secs(60);
/// How long it then has to answer as it should.
const ANSWERS: Duration = Duration::from_secs(20);

pub(super) fn hold(bench: &Submission<'_>, folder: &Path, wish: &ComposeWish) -> Result<Vec<Check>, EngineError> {
    let mut names = vec!["the project comes up".to_owned()];
    names.extend(wish.services.iter().map(|service| format!("service `{service}` runs")));
    names.extend(wish.healthy.iter().map(|service| format!("service `{service}` is healthy")));
    names.extend(
        wish.exec.iter().map(|exec| format!("`{}` works in service `{}`", exec.command.join(" "), exec.service)),
    );
    names.extend(
        wish.http.iter().map(|http| format!("service `{}` answers `GET :{}{}`", http.service, http.port, http.path)),
    );
    let mut seen = Vec::new();
    bring_up(bench, folder, wish, &mut seen)?;
    // What was not come to.
    seen.resize_with(names.len(), || Some(Miss::new("this could not be tried", "what comes before it works")));
    Ok(names.into_iter().zip(seen).map(|(name, miss)| check(name, miss)).collect())
}

/// Brings the project up and asks it; `seen` gets what was amiss, check by check, up to where it went no further.
fn bring_up(
    bench: &Submission<'_>,
    folder: &Path,
    wish: &ComposeWish,
    seen: &mut Vec<Option<Miss>>,
) -> Result<(), EngineError> {
    let mut end = |miss: Miss| {
        seen.push(Some(miss));
        Ok(())
    };
    let project = match Project::whole(folder, bench.terms.spec.context_limits()) {
        Ok(project) => project,
        Err(problem) => return end(Miss::new(plain(&problem.message), "hand in less")),
    };
    let root = project.context();
    let root = root.canonicalize().unwrap_or(root);
    let named = wish.file.as_deref().map_or_else(|| FILE_NAMES.to_vec(), |name| vec![name]);
    let Some(name) = named.iter().find(|name| root.join(name).symlink_metadata().is_ok()) else {
        return end(Miss::new("there is no Compose file", format!("hand in a `{}`", named[0])));
    };
    let within = wish.within.map_or(WITHIN, |within| within.0);
    let texts = wish.exec.iter().flat_map(|exec| exec.command.iter().chain(exec.stdout_contains.iter()));
    let texts = texts.chain(wish.http.iter().flat_map(|http| http.body_contains.iter().chain([&http.path])));
    let draws = bench.draws(texts.chain(wish.env.values()));
    let env: Vec<_> = wish.env.iter().map(|(name, value)| (name.clone(), draws[0].fill(value))).collect();
    let limited = match bench.engine.read_compose(&root, name, &env, &bench.terms.spec.run_limits(), within) {
        Ok(limited) => limited,
        Err(ComposeError::Engine(error)) => return Err(error),
        Err(ComposeError::Refused(reasons)) => {
            let reasons: Vec<String> = reasons.iter().map(|why| plain(why)).collect();
            return end(Miss::new(format!("`{name}` is refused: {}", reasons.join("; ")), "leave that out"));
        }
        Err(ComposeError::Invalid(said)) => {
            let miss = Miss::new(format!("`{name}` is not valid"), "`docker compose config` has no complaint");
            return end(miss.seen(tail(&said)));
        }
    };
    let wanted = wish.exec.iter().map(|exec| &exec.service).chain(wish.http.iter().map(|http| &http.service));
    let wanted = wish.services.iter().chain(wish.healthy.iter()).chain(wanted);
    if let Some(service) = wanted.into_iter().find(|service| !limited.services.contains(service)) {
        return end(Miss::new(
            format!("there is no service `{service}`"),
            format!("`{name}` has a service of this name"),
        ));
    }
    let of = |service: &str, miss: Miss| Miss { what: format!("service {}: {}", quoted(service), miss.what), ..miss };
    for (service, image) in &limited.images {
        if let Some(miss) = allowed(bench.engine, &bench.terms, image)? {
            return end(of(service, miss));
        }
        if bench.terms.spec.pull != Some(Pull::Never) && !bench.engine.has(image)? {
            bench.engine.fetch(image)?;
        }
    }
    let mut images: Vec<(String, Image<'_>)> = Vec::new();
    for part in &limited.builds {
        let order = Order {
            root: root.clone(),
            context: part.context.clone(),
            dockerfile: part.dockerfile.clone(),
            inline: part.inline.clone(),
            target: part.target.clone(),
            args: part.args.iter().cloned().collect(),
        };
        match build(bench.engine, &bench.terms, &order)? {
            Ok(image) => images.push((part.service.clone(), image)),
            Err(miss) => return end(of(&part.service, miss)),
        }
    }
    let tags: Vec<_> = images.iter().map(|(service, image)| (service.clone(), image.tag.clone())).collect();
    let start = Instant::now();
    let (up, why) = bench.engine.up(&limited, &tags, &bench.terms.spec.run_limits(), within)?;
    if let Some(why) = why {
        let miss = Miss::new(
            format!("the project does not come up: {}", plain(&why)),
            "`docker compose up` starts all services",
        );
        return end(miss.seen(logs(&up, &limited.services)));
    }
    seen.push(None);
    let until = (start + within).max(Instant::now() + ANSWERS);
    asked(&up, wish, &draws, until, seen)?;
    let said = logs(&up, &limited.services);
    for miss in seen.iter_mut().flatten().filter(|miss| miss.seen.is_empty()) {
        miss.seen.clone_from(&said);
    }
    Ok(())
}

fn asked(
    up: &Up<'_>,
    wish: &ComposeWish,
    draws: &[Draw],
    until: Instant,
    seen: &mut Vec<Option<Miss>>,
) -> Result<(), EngineError> {
    // What ends at once has ended by then.
    thread::sleep(Duration::from_secs(1));
    for service in wish.services.iter() {
        let ended = up.is_running(service)?.err();
        seen.push(
            ended.map(|code| {
                Miss::new(format!("service `{service}` has ended with exit code {code}"), "it keeps running")
            }),
        );
    }
    for service in wish.healthy.iter() {
        seen.push(healthy(up, service, until)?);
    }
    // All of a draw belongs together: what is put into a database is asked of the application.
    let first = seen.len();
    for draw in draws {
        for (at, exec) in wish.exec.iter().enumerate() {
            let miss = run(up, exec, draw, until)?;
            note(seen, first + at, miss);
        }
        for (at, http) in wish.http.iter().enumerate() {
            let question = Question {
                probe: Probe { port: http.port, path: draw.fill(&http.path), status: http.status },
                contains: &http.body_contains,
                regex: http.body_regex.as_ref(),
            };
            // What has been put in is there by now.
            let until = Instant::now() + ANSWERS;
            let miss =
                question.ask(draw, until, || up.address(&http.service), |time| goes_on(up, &http.service, time))?;
            let miss = miss.map(|miss| Miss { what: format!("service `{}`: {}", http.service, miss.what), ..miss });
            note(seen, first + wish.exec.len() + at, miss);
        }
        if seen[first..].iter().any(Option::is_some) {
            return Ok(());
        }
    }
    Ok(())
}

/// The first thing that is amiss counts.
fn note(seen: &mut Vec<Option<Miss>>, at: usize, miss: Option<Miss>) {
    match seen.get_mut(at) {
        Some(known) if known.is_none() => *known = miss,
        Some(_) => {}
        None => seen.push(miss),
    }
}

/// Waits until a service is healthy.
fn healthy(up: &Up<'_>, service: &str, until: Instant) -> Result<Option<Miss>, EngineError> {
    loop {
        match up.is_healthy(service) {
            Some(true) => return Ok(None),
            None => {
                let earn = "`healthcheck:` tells how it is asked";
                return Ok(Some(Miss::new(format!("service `{service}` has no health check"), earn)));
            }
            Some(false) if Instant::now() >= until || !goes_on(up, service, Duration::from_millis(500))? => {
                return Ok(Some(Miss::new(format!("service `{service}` is not healthy"), "its health check succeeds")));
            }
            Some(false) => {}
        }
    }
}

/// Waits a little; whether the service still runs.
fn goes_on(up: &Up<'_>, service: &str, time: Duration) -> Result<bool, EngineError> {
    thread::sleep(time);
    Ok(up.over().is_none() && up.is_running(service)?.is_ok())
}

/// Runs a command until it does what it should, or time is over.
fn run(up: &Up<'_>, exec: &ComposeExec, draw: &Draw, until: Instant) -> Result<Option<Miss>, EngineError> {
    let command: Vec<String> = exec.command.iter().map(|word| draw.fill(word)).collect();
    let shown = format!("`{}` in service `{}`", plain(&command.join(" ")), exec.service);
    loop {
        let output = match up.exec(&exec.service, &command, Duration::from_secs(30)) {
            // A machine that is busy is slow to start a command.
            Err(EngineError::TimedOut { .. }) if Instant::now() < until => continue,
            Err(EngineError::TimedOut { .. }) => return Ok(Some(Miss::new(format!("{shown} did not end"), "it ends"))),
            output => output?,
        };
        let code = match output.ended {
            crate::process::Ended::Code(code) => code,
            _ => -1,
        };
        let stdout = output.stdout.text();
        let missing =
            exec.stdout_contains.iter().map(|part| draw.fill(part)).find(|part| !stdout.contains(part.as_str()));
        let miss = if code != exec.exit.unwrap_or(0) {
            let said = tail(&output.stderr.text());
            let earn = format!("the exit code is {}", exec.exit.unwrap_or(0));
            Some(Miss::new(format!("{shown} ends with exit code {code}"), earn).seen(said))
        } else if let Some(part) = missing {
            Some(Miss::new(format!("{shown} prints {}", quoted(&stdout)), format!("{} is in it", quoted(&part))))
        } else {
            let regex = exec.stdout_regex.as_ref().filter(|regex| !regex.0.is_match(&stdout));
            regex.map(|regex| {
                Miss::new(format!("{shown} prints {}", quoted(&stdout)), format!("it fits `{}`", regex.0.as_str()))
            })
        };
        if miss.is_none() || Instant::now() >= until || !goes_on(up, &exec.service, Duration::from_millis(500))? {
            return Ok(miss);
        }
    }
}

/// What services that have ended have said.
fn logs(up: &Up<'_>, services: &[String]) -> String {
    let ended = services.iter().filter(|service| matches!(up.is_running(service), Ok(Err(code)) if code != 0));
    let said = ended.map(|service| (service, tail(&up.logs(service)))).filter(|(_, said)| !said.is_empty());
    said.map(|(service, said)| format!("`{service}` says:\n{said}")).collect::<Vec<_>>().join("\n")
}
