//! Starts a Compose project and checks that its services work.

use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use crate::engine::compose::{ComposeError, FILE_NAMES, Limited, Up};
use crate::engine::{EngineError, Image, Pull};
use crate::grade::rubric::expectation::{ComposeExec, ComposeExpectation};
use crate::grade::rubric::service_role::{ServiceTraits, service_name};
use crate::grade::runs::build::{BuildRequest, allowed, build};
use crate::grade::runs::http::HttpRequest;
use crate::grade::runs::random_values::RandomValues;
use crate::grade::runs::scrub::{printable, quoted, tail};
use crate::grade::runs::session::EngineSession;
use crate::grade::runs::{CheckResult, Failure};
use crate::verify::Project;
use crate::verify::http::Probe;

/// The default time limit for starting up.
const DEFAULT_START_TIME: Duration = Duration::from_secs(60);
/// How long a service has to give the expected response after that.
const RESPONSE_TIME: Duration = Duration::from_secs(20);

pub(super) fn evaluate(
    session: &EngineSession<'_>,
    directory: &Path,
    expectation: &ComposeExpectation,
) -> Result<Vec<CheckResult>, EngineError> {
    let mut names = vec!["the project starts".to_owned()];
    names.extend(expectation.services.iter().map(|service| format!("service `{service}` runs")));
    names.extend(expectation.healthy.iter().map(|service| format!("service `{service}` is healthy")));
    names.extend(
        expectation.exec.iter().map(|exec| format!("`{}` works in service `{}`", exec.command.join(" "), exec.service)),
    );
    names.extend(
        expectation
            .http
            .iter()
            .map(|http| format!("service `{}` responds to `GET :{}{}`", http.service, http.port, http.path)),
    );
    let mut results = Vec::new();
    start_up(session, directory, expectation, &mut results)?;
    // Checks that were not reached.
    results.resize_with(names.len(), || {
        Some(Failure::new("not checked because of an earlier failure", "fix the earlier failure"))
    });
    Ok(names.into_iter().zip(results).map(|(name, failure)| CheckResult::of(name, failure)).collect())
}

/// The expectation with the names that the project gives to its services.
fn with_own_names(expectation: &ComposeExpectation, project: &Limited) -> ComposeExpectation {
    let images = project.images.iter().map(|(name, image)| ServiceTraits { name, image: Some(image), is_built: false });
    let built = project.builds.iter().map(|build| ServiceTraits { name: &build.service, image: None, is_built: true });
    let services: Vec<ServiceTraits<'_>> = images.chain(built).collect();
    let mut own = expectation.clone();
    let named = own.services.0.iter_mut().chain(&mut own.healthy.0);
    let asked = own.exec.0.iter_mut().map(|exec| &mut exec.service);
    for name in named.chain(asked).chain(own.http.0.iter_mut().map(|http| &mut http.service)) {
        if let Some(found) = service_name(name, &expectation.roles, &services) {
            let found = found.to_owned();
            *name = found;
        }
    }
    own
}

/// Starts the project and runs the checks. `results` gets one entry per check, up to where it could not go on.
fn start_up(
    session: &EngineSession<'_>,
    directory: &Path,
    expectation: &ComposeExpectation,
    results: &mut Vec<Option<Failure>>,
) -> Result<(), EngineError> {
    let mut end = |failure: Failure| {
        results.push(Some(failure));
        Ok(())
    };
    let project = match Project::whole(directory, session.policy.spec.context_limits()) {
        Ok(project) => project,
        Err(problem) => return end(Failure::new(printable(&problem.message), "submit fewer or smaller files")),
    };
    let root = project.context();
    let root = root.canonicalize().unwrap_or(root);
    let named = expectation.file.as_deref().map_or_else(|| FILE_NAMES.to_vec(), |name| vec![name]);
    let Some(name) = named.iter().find(|name| root.join(name).symlink_metadata().is_ok()) else {
        return end(Failure::new("no Compose file found", format!("submit a `{}`", named[0])));
    };
    let within = expectation.within.map_or(DEFAULT_START_TIME, |within| within.0);
    let texts = expectation.exec.iter().flat_map(|exec| exec.command.iter().chain(exec.stdout_contains.iter()));
    let texts = texts.chain(expectation.http.iter().flat_map(|http| http.body_contains.iter().chain([&http.path])));
    let value_sets = session.value_sets(texts.chain(expectation.env.values()));
    let env: Vec<_> = expectation.env.iter().map(|(name, value)| (name.clone(), value_sets[0].fill(value))).collect();
    let project_config = match session.engine.read_compose(&root, name, &env, &session.policy.spec.run_limits(), within)
    {
        Ok(config) => config,
        Err(ComposeError::Engine(error)) => return Err(error),
        Err(ComposeError::Refused(reasons)) => {
            let reasons: Vec<String> = reasons.iter().map(|reason| printable(reason)).collect();
            return end(Failure::new(
                format!("`{name}` is not allowed: {}", reasons.join("; ")),
                "remove these settings",
            ));
        }
        Err(ComposeError::Invalid(said)) => {
            let said = tail(&said);
            let failure = Failure::new(format!("`{name}` is not valid"), how_to_correct(name, &said));
            return end(failure.seen(said));
        }
    };
    let expectation = &with_own_names(expectation, &project_config);
    let wanted =
        expectation.exec.iter().map(|exec| &exec.service).chain(expectation.http.iter().map(|http| &http.service));
    let wanted = expectation.services.iter().chain(expectation.healthy.iter()).chain(wanted);
    if let Some(service) = wanted.into_iter().find(|service| !project_config.services.contains(service)) {
        return end(Failure::new(format!("no service `{service}`"), format!("add this service to `{name}`")));
    }
    let in_service = |service: &str, failure: Failure| Failure {
        what: format!("service {}: {}", quoted(service), failure.what),
        ..failure
    };
    for (service, image) in &project_config.images {
        if let Some(failure) = allowed(session.engine, &session.policy, image)? {
            return end(in_service(service, failure));
        }
        if session.policy.spec.pull != Some(Pull::Never) && !session.engine.has(image)? {
            session.engine.fetch(image)?;
        }
    }
    let mut images: Vec<(String, Image<'_>)> = Vec::new();
    for part in &project_config.builds {
        let request = BuildRequest {
            root: root.clone(),
            context: part.context.clone(),
            dockerfile: part.dockerfile.clone(),
            inline: part.inline.clone(),
            target: part.target.clone(),
            args: part.args.iter().cloned().collect(),
        };
        match build(session.engine, &session.policy, &request)? {
            Ok(image) => images.push((part.service.clone(), image)),
            Err(failure) => return end(in_service(&part.service, failure)),
        }
    }
    let tags: Vec<_> = images.iter().map(|(service, image)| (service.clone(), image.tag.clone())).collect();
    let start = Instant::now();
    let (up, why) = session.engine.up(&project_config, &tags, &session.policy.spec.run_limits(), within)?;
    if let Some(why) = why {
        let failure = Failure::new(
            format!("the project does not start: {}", printable(&why)),
            "run `docker compose up` yourself, and correct the service that its output names",
        );
        return end(failure.seen(logs(&up, &project_config.services)));
    }
    results.push(None);
    let until = (start + within).max(Instant::now() + RESPONSE_TIME);
    ask(&up, expectation, &value_sets, until, results)?;
    let said = logs(&up, &project_config.services);
    for failure in results.iter_mut().flatten().filter(|failure| failure.seen.is_empty()) {
        failure.seen.clone_from(&said);
    }
    Ok(())
}

/// What to do about a Compose file that Compose rejects.
fn how_to_correct(name: &str, said: &str) -> String {
    let digits = |rest: &str| rest.chars().take_while(char::is_ascii_digit).collect::<String>();
    let line = said.split("line ").skip(1).map(digits).find(|line| !line.is_empty());
    let what = line.map_or_else(|| "correct what it names".to_owned(), |line| format!("correct line {line} of `{name}`"));
    format!("run `docker compose config`, and {what}, until it prints the project instead of an error")
}

fn ask(
    up: &Up<'_>,
    expectation: &ComposeExpectation,
    value_sets: &[RandomValues],
    until: Instant,
    results: &mut Vec<Option<Failure>>,
) -> Result<(), EngineError> {
    // A service that exits immediately has exited by then.
    thread::sleep(Duration::from_secs(1));
    for service in expectation.services.iter() {
        let ended = up.is_running(service)?.err();
        results.push(ended.map(|code| {
            let earn_back = format!("run `docker compose logs {service}`, and correct what ends the program");
            Failure::new(format!("service `{service}` exited with code {code}"), earn_back).seen(log_of(up, service))
        }));
    }
    for service in expectation.healthy.iter() {
        results.push(healthy(up, service, until)?);
    }
    // The values of one try belong together: what is inserted into a database is requested from the application.
    let first = results.len();
    for values in value_sets {
        for (at, exec) in expectation.exec.iter().enumerate() {
            let failure = run(up, exec, values, until)?;
            note(results, first + at, failure);
        }
        for (at, http) in expectation.http.iter().enumerate() {
            let request = HttpRequest {
                probe: Probe { port: http.port, path: values.fill(&http.path), status: http.status },
                contains: &http.body_contains,
                regex: http.body_regex.as_ref(),
            };
            // The inserted data is available by now.
            let until = Instant::now() + RESPONSE_TIME;
            let failure = request.send(
                values,
                until,
                || up.address(&http.service),
                |time| keeps_running(up, &http.service, time),
            )?;
            let failure = failure
                .map(|failure| Failure { what: format!("service `{}`: {}", http.service, failure.what), ..failure })
                .map(|failure| failure.seen(log_of(up, &http.service)));
            note(results, first + expectation.exec.len() + at, failure);
        }
        if results[first..].iter().any(Option::is_some) {
            return Ok(());
        }
    }
    Ok(())
}

/// Records a result; the first failure of a check counts.
fn note(results: &mut Vec<Option<Failure>>, at: usize, failure: Option<Failure>) {
    match results.get_mut(at) {
        Some(known) if known.is_none() => *known = failure,
        Some(_) => {}
        None => results.push(failure),
    }
}

/// Waits until a service is healthy.
fn healthy(up: &Up<'_>, service: &str, until: Instant) -> Result<Option<Failure>, EngineError> {
    loop {
        match up.is_healthy(service) {
            Some(true) => return Ok(None),
            None => {
                let earn_back = format!("add `healthcheck:` with a `test:` to the service `{service}`");
                return Ok(Some(Failure::new(format!("service `{service}` has no health check"), earn_back)));
            }
            Some(false) if Instant::now() >= until || !keeps_running(up, service, Duration::from_millis(500))? => {
                let earn_back = format!(
                    "run the command of its `test:` with `docker compose exec {service} …`, and correct it or the service"
                );
                let failure = Failure::new(format!("service `{service}` is not healthy"), earn_back);
                return Ok(Some(failure.seen(log_of(up, service))));
            }
            Some(false) => {}
        }
    }
}

/// Waits; returns whether the service is still running.
fn keeps_running(up: &Up<'_>, service: &str, time: Duration) -> Result<bool, EngineError> {
    thread::sleep(time);
    Ok(up.over().is_none() && up.is_running(service)?.is_ok())
}

/// Repeats a command until it gives the expected result or time is up.
fn run(up: &Up<'_>, exec: &ComposeExec, values: &RandomValues, until: Instant) -> Result<Option<Failure>, EngineError> {
    let command: Vec<String> = exec.command.iter().map(|word| values.fill(word)).collect();
    let command_text = format!("`{}` in service `{}`", printable(&command.join(" ")), exec.service);
    loop {
        let output = match up.exec(&exec.service, &command, Duration::from_secs(30)) {
            // Starting a command is slow on a busy machine.
            Err(EngineError::TimedOut { .. }) if Instant::now() < until => continue,
            Err(EngineError::TimedOut { .. }) => {
                return Ok(Some(Failure::new(format!("{command_text} did not exit"), "make the command exit")));
            }
            output => output?,
        };
        let code = match output.ended {
            crate::process::Ended::Code(code) => code,
            _ => -1,
        };
        let stdout = output.stdout.text();
        let missing =
            exec.stdout_contains.iter().map(|part| values.fill(part)).find(|part| !stdout.contains(part.as_str()));
        let failure = if code != exec.exit.unwrap_or(0) {
            let said = tail(&output.stderr.text());
            let earn_back = format!("exit with code {}", exec.exit.unwrap_or(0));
            Some(Failure::new(format!("{command_text} exits with code {code}"), earn_back).seen(said))
        } else if let Some(part) = missing {
            Some(Failure::new(
                format!("{command_text} prints {}", quoted(&stdout)),
                format!("the output should contain {}", quoted(&part)),
            ))
        } else {
            let regex = exec.stdout_regex.as_ref().filter(|regex| !regex.0.is_match(&stdout));
            regex.map(|regex| {
                Failure::new(
                    format!("{command_text} prints {}", quoted(&stdout)),
                    format!("the output should match `{}`", regex.0.as_str()),
                )
            })
        };
        if failure.is_none()
            || Instant::now() >= until
            || !keeps_running(up, &exec.service, Duration::from_millis(500))?
        {
            return Ok(failure);
        }
    }
}

/// The last log lines of services that failed, or that are not healthy.
fn logs(up: &Up<'_>, services: &[String]) -> String {
    let failed = services.iter().filter(|service| {
        matches!(up.is_running(service), Ok(Err(code)) if code != 0) || up.is_healthy(service) == Some(false)
    });
    let said = failed.map(|service| log_of(up, service)).filter(|said| !said.is_empty());
    said.collect::<Vec<_>>().join("\n")
}

/// The last log lines of a service.
fn log_of(up: &Up<'_>, service: &str) -> String {
    let said = tail(&up.named(&up.logs(service)));
    if said.is_empty() { said } else { format!("log of `{service}`:\n{said}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_compose_names() {
        let told = |said: &str| how_to_correct("compose.yaml", said);
        assert!(told("yaml: line 7: did not find expected key").contains("correct line 7 of `compose.yaml`"));
        assert!(told("services.app additional properties 'x' not allowed").contains("correct what it names"));
        assert!(told("a line of text").contains("correct what it names"));
    }
}
