//! Before and after, side by side.

use serde::Serialize;

use crate::engine::{Facts, RunEnd};
use crate::text::units::Size;
use crate::verify::behaviour::{self, Behaviour, end, unmet};
use crate::verify::image_report::{ImageReport, MissingFile, RunReport};
use crate::verify::normalize;
use crate::verify::normalize::normal;
use crate::verify::ports::PortReport;
use crate::verify::spec::RunSpec;

/// What a difference means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Effect {
    Same,
    Better,
    /// Another value, neither good nor bad by itself.
    Changed,
    Worse,
    /// The image no longer does what it did.
    Broken,
}

/// One row of the comparison.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ComparisonRow {
    pub what: &'static str,
    pub before: String,
    pub after: String,
    pub change: Effect,
}

/// All of it.
#[derive(Clone, Debug, Serialize)]
pub struct Comparison {
    pub rows: Vec<ComparisonRow>,
    /// Expectations that are not met after.
    pub unmet: Vec<String>,
    /// Whether the file builds after.
    pub builds: bool,
    /// What is known of what the image does.
    pub behaviour: Behaviour,
}

impl Comparison {
    /// Whether the image after does what the one before did, and what is expected.
    pub fn holds(&self) -> bool {
        self.builds && self.unmet.is_empty() && self.rows.iter().all(|row| row.change != Effect::Broken)
    }

    /// Whether both print the same.
    pub fn same_output(&self) -> bool {
        self.rows.iter().all(|row| row.what != "output" || row.change == Effect::Same)
    }

    /// Why it does not hold, in one line.
    pub fn fault(&self) -> Option<String> {
        let broken = self.rows.iter().find(|row| row.change == Effect::Broken || (row.what == "build" && !self.builds));
        let gone = self.rows.iter().find(|row| row.what == GONE);
        let because = gone.map_or_else(String::new, |row| format!("; the image no longer has {}", row.before));
        let of_row = |row: &ComparisonRow| match row.what {
            "build" => format!("it does not build: {}", normalize::one_line(&row.after)),
            what => {
                let (before, after) = (normalize::one_line(&row.before), normalize::one_line(&row.after));
                format!("{what} was {before} and is now {after}{because}")
            }
        };
        broken.map(of_row).or_else(|| self.unmet.first().cloned())
    }
}

/// The row of files that are no longer there.
const GONE: &str = "files missing";

/// Compares two sides. `varies`: the output of the image before differs from run to run.
pub fn compare(before: &ImageReport, after: &ImageReport, spec: &RunSpec, varies: bool) -> Comparison {
    let mut rows = vec![build_row(before, after)];
    if let (Some(old), Some(new)) = (&before.image, &after.image) {
        rows.extend(image_rows(old, new));
    }
    if let (Some(old), Some(new)) = (&before.run, &after.run) {
        rows.extend(run_rows(old, new, spec, varies));
    }
    let unmet = match (&after.image, &after.run) {
        (Some(_), Some(run)) => unmet(run, spec),
        _ => Vec::new(),
    };
    let behaviour = behaviour::behaviour(before, after, spec, varies);
    Comparison { rows, unmet, builds: after.built, behaviour }
}

fn build_row(before: &ImageReport, after: &ImageReport) -> ComparisonRow {
    let shown = |side: &ImageReport| match &side.build_error {
        None => format!("ok, {:.1} s", side.build_seconds),
        Some(error) => error.clone(),
    };
    let change = match (before.built, after.built) {
        (true, false) => Effect::Broken,
        (false, true) => Effect::Better,
        (true, true) => Effect::Same,
        (false, false) => Effect::Worse,
    };
    ComparisonRow { what: "build", before: shown(before), after: shown(after), change }
}

fn row(what: &'static str, before: String, after: String, change: Effect) -> ComparisonRow {
    let change = if before == after { Effect::Same } else { change };
    ComparisonRow { what, before, after, change }
}

/// Equal is equal, and larger is larger, by however little.
fn bytes_row(what: &'static str, old: Option<u64>, new: Option<u64>) -> ComparisonRow {
    let shown = |size: Option<u64>| size.map_or_else(|| "?".to_owned(), |size| Size(size).to_string());
    let (change, difference) = match (old, new) {
        (Some(old), Some(new)) if new < old => (Effect::Better, format!(" ({})", percent(old, new))),
        // A label takes some bytes too.
        (Some(old), Some(new)) if new > old + old / 100 + 10_000 => {
            (Effect::Worse, format!(" ({})", percent(old, new)))
        }
        (Some(old), Some(new)) if new > old => (Effect::Changed, format!(" ({} larger)", Size(new - old))),
        (Some(_), Some(_)) => (Effect::Same, String::new()),
        _ => (Effect::Changed, String::new()),
    };
    ComparisonRow { what, before: shown(old), after: shown(new) + &difference, change }
}

/// What the images weigh, if that is known of both.
pub(super) fn weight_rows(before: &ImageReport, after: &ImageReport) -> Vec<ComparisonRow> {
    let (Some(before), Some(after)) = (&before.weight, &after.weight) else { return Vec::new() };
    vec![
        bytes_row("in layers", Some(before.bytes), Some(after.bytes)),
        bytes_row("wasted", Some(before.wasted), Some(after.wasted)),
    ]
}

/// The change of a size: `−40 %`, or the bytes where that would be `−0 %`.
pub(super) fn percent(old: u64, new: u64) -> String {
    let (sign, difference) = if new < old { ("−", old - new) } else { ("+", new - old) };
    match (difference as f64 / old.max(1) as f64 * 100.0).round() {
        0.0 => format!("{sign}{}", Size(difference)),
        percent => format!("{sign}{percent} %"),
    }
}

fn image_rows(old: &Facts, new: &Facts) -> Vec<ComparisonRow> {
    let layers = if new.layers < old.layers { Effect::Better } else { Effect::Changed };
    let list = |words: &[String]| if words.is_empty() { "–".to_owned() } else { words.join(" ") };
    let command = |words: &[String]| {
        if words.is_empty() { "–".to_owned() } else { serde_json::to_string(words).unwrap_or_default() }
    };
    let or_dash = |text: &str| if text.is_empty() { "–".to_owned() } else { text.to_owned() };
    let is_root = |facts: &Facts| matches!(facts.user_name(), "" | "root" | "0");
    let user = match (is_root(old), is_root(new)) {
        (true, false) => Effect::Better,
        (false, true) => Effect::Worse,
        _ => Effect::Changed,
    };
    let check = |facts: &Facts| facts.healthcheck.get(1..).map(|rest| rest.join(" ")).unwrap_or_default();
    let mut rows = vec![
        bytes_row("size", old.size, new.size),
        row("layers", old.layers.to_string(), new.layers.to_string(), layers),
        row(
            "user",
            if old.user.is_empty() { "root".into() } else { old.user.clone() },
            if new.user.is_empty() { "root".into() } else { new.user.clone() },
            user,
        ),
        row("entrypoint", command(&old.entrypoint), command(&new.entrypoint), Effect::Changed),
        row("command", command(&old.cmd), command(&new.cmd), Effect::Changed),
        row("workdir", or_dash(&old.workdir), or_dash(&new.workdir), Effect::Changed),
        row("ports", list(&old.ports), list(&new.ports), Effect::Changed),
        row("volumes", list(&old.volumes), list(&new.volumes), Effect::Changed),
        row("health check", or_dash(&check(old)), or_dash(&check(new)), Effect::Changed),
        row("stop signal", old.stop_signal.clone(), new.stop_signal.clone(), Effect::Changed),
    ];
    let only = |a: &Facts, b: &Facts| a.env.iter().filter(|pair| !b.env.contains(pair)).cloned().collect::<Vec<_>>();
    let (gone, come) = (only(old, new), only(new, old));
    let same = |count: usize| format!("{count} variables");
    rows.push(match gone.is_empty() && come.is_empty() {
        true => row("environment", same(old.env.len()), same(new.env.len()), Effect::Same),
        false => row("environment", list(&gone), list(&come), Effect::Changed),
    });
    rows
}

/// Whether it kept running with an open port.
fn serves(run: &RunReport) -> bool {
    let answers = run.port_open == Some(true) || run.http.iter().any(|seen| seen.status.is_some());
    run.end == RunEnd::KeptRunning && (answers || run.ports.iter().any(PortReport::is_open))
}

/// Ports that were open before, and those that the image EXPOSEs.
fn port_rows(old: &RunReport, new: &RunReport) -> Vec<ComparisonRow> {
    let of = |run: &RunReport, port: u16| run.ports.iter().find(|seen| seen.port == port).cloned();
    let is_server_error = |seen: &PortReport| seen.status.is_some_and(|status| status >= 500);
    let mut all: Vec<u16> = old.ports.iter().chain(&new.ports).map(|seen| seen.port).collect();
    all.sort_unstable();
    all.dedup();
    let rows = all.into_iter().map(|port| {
        let (before, after) = (of(old, port), of(new, port));
        let shown = |seen: &Option<PortReport>| {
            format!("{port} {}", seen.as_ref().map_or_else(|| "closed".to_owned(), PortReport::shown))
        };
        let is_open = |seen: &Option<PortReport>| seen.as_ref().is_some_and(PortReport::is_open);
        let change = match (is_open(&before), is_open(&after)) {
            (true, false) => Effect::Broken,
            (false, true) => Effect::Better,
            (true, true) => match (&before, &after) {
                (Some(before), Some(after)) if !is_server_error(before) && is_server_error(after) => Effect::Broken,
                (Some(before), Some(after)) if before.status.is_some() && after.status.is_none() => Effect::Broken,
                _ => Effect::Changed,
            },
            (false, false) => Effect::Changed,
        };
        row("port", shown(&before), shown(&after), change)
    });
    rows.collect()
}

fn run_rows(old: &RunReport, new: &RunReport, spec: &RunSpec, varies: bool) -> Vec<ComparisonRow> {
    let mut rows = Vec::new();
    // An expectation decides, where there is one.
    let decides = |expected: bool| if expected { Effect::Changed } else { Effect::Broken };
    let is_failure = |run: &RunReport| !matches!(run.end, RunEnd::Exit(0) | RunEnd::KeptRunning);
    let end_change = match (is_failure(old), is_failure(new)) {
        (true, false) => Effect::Better,
        _ if spec.needs_port() && !is_failure(new) => Effect::Changed,
        _ => decides(spec.expect_exit.is_some()),
    };
    rows.push(row("exit", end(&old.end), end(&new.end), end_change));
    // What a server logs depends on time; its job is seen at its ports.
    let both_serve = spec.expect_stdout.is_none() && serves(old) && serves(new);
    for (what, old, new, change) in [
        ("output", &old.stdout, &new.stdout, decides(spec.expect_stdout.is_some() || end_change == Effect::Better)),
        ("error output", &old.stderr, &new.stderr, Effect::Changed),
    ] {
        let (before, after) = (normal(old), normal(new));
        let change = match before == after {
            true => Effect::Same,
            false if varies || both_serve => Effect::Changed,
            false => change,
        };
        rows.push(ComparisonRow {
            what,
            before: shown_output(&before, &after),
            after: shown_output(&after, &before),
            change,
        });
    }
    let uid = |run: &RunReport| {
        run.uid.map_or_else(|| "?".to_owned(), |uid| if uid == 0 { "0 (root)".to_owned() } else { uid.to_string() })
    };
    let uid_change = match (old.uid, new.uid) {
        (Some(0), Some(new)) if new != 0 => Effect::Better,
        (Some(old), Some(0)) if old != 0 => Effect::Worse,
        _ => Effect::Changed,
    };
    rows.push(row("runs as", uid(old), uid(new), uid_change));
    for (old, new) in old.http.iter().zip(&new.http) {
        let change = match (old.accepted, new.accepted) {
            (true, false) => Effect::Broken,
            (false, true) => Effect::Better,
            _ => Effect::Changed,
        };
        rows.push(row(
            "HTTP",
            format!("{} {}", old.asked, old.shown()),
            format!("{} {}", new.asked, new.shown()),
            change,
        ));
    }
    rows.extend(port_rows(old, new));
    if let (Some(old), Some(new)) = (old.port_open, new.port_open) {
        let shown = |open: bool| if open { "open" } else { "closed" }.to_owned();
        rows.push(row("port", shown(old), shown(new), if old { Effect::Broken } else { Effect::Better }));
    }
    let stop = |run: &RunReport| match run.stop {
        Some(stop) if stop.heeded => "stops".to_owned(),
        Some(_) => "must be killed".to_owned(),
        None => "–".to_owned(),
    };
    let heeded = |run: &RunReport| run.stop.map(|stop| stop.heeded);
    let stop_change = match (heeded(old), heeded(new)) {
        (Some(false), Some(true)) => Effect::Better,
        (Some(true), Some(false)) => Effect::Worse,
        _ => Effect::Changed,
    };
    if old.stop.is_some() || new.stop.is_some() {
        rows.push(row("on stop signal", stop(old), stop(new), stop_change));
    }
    let health = |run: &RunReport| match run.healthy {
        Some(true) => "healthy",
        Some(false) => "unhealthy",
        None => "–",
    };
    if !new.missing.is_empty() {
        let shown = |missing: &MissingFile| match missing.reported {
            true => format!("{} (reported missing)", missing.path),
            false => missing.path.clone(),
        };
        let mut all: Vec<String> = new.missing.iter().take(3).map(shown).collect();
        if new.missing.len() > 3 {
            all.push(format!("and {} more", new.missing.len() - 3));
        }
        let complained = new.missing.iter().any(|missing| missing.reported);
        let change = if complained { Effect::Worse } else { Effect::Changed };
        rows.push(ComparisonRow { what: GONE, before: all.join(", "), after: "missing".to_owned(), change });
    }
    if old.healthy.is_some() || new.healthy.is_some() {
        let change = match (old.healthy, new.healthy) {
            (Some(true), Some(false)) => Effect::Broken,
            (None, Some(false)) => Effect::Worse,
            (Some(false) | None, Some(true)) => Effect::Better,
            _ => Effect::Changed,
        };
        rows.push(row("health", health(old).to_owned(), health(new).to_owned(), change));
    }
    rows
}

/// The first line that differs, or how much there is.
fn shown_output(own: &str, other: &str) -> String {
    if own == other {
        return match own.lines().count() {
            0 => "–".to_owned(),
            1 => normalize::one_line(own),
            count => format!("{count} lines"),
        };
    }
    let mut others = other.lines();
    let differs = own.lines().enumerate().find(|(_, line)| others.next() != Some(line));
    match differs {
        Some((index, line)) => format!("line {}: {}", index + 1, normalize::one_line(line)),
        None if own.is_empty() => "nothing".to_owned(),
        None => format!("ends after line {}", own.lines().count()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verify::ports::PortState;

    fn side(end: RunEnd, stdout: &str) -> ImageReport {
        let run = RunReport::ended(end, stdout, "");
        ImageReport {
            built: true,
            build_error: None,
            build_seconds: 1.0,
            image: Some(Facts::default()),
            run: Some(run),
            weight: None,
        }
    }

    #[test]
    fn sizes() {
        let of = |old, new| {
            let row = bytes_row("size", Some(old), Some(new));
            (row.after, row.change)
        };
        assert_eq!(of(100_000_000, 60_000_000), ("60.0 MB (−40 %)".to_owned(), Effect::Better));
        assert_eq!(of(100_000_000, 100_000_000), ("100.0 MB".to_owned(), Effect::Same));
        assert_eq!(of(100_000_000, 100_000_312), ("100.0 MB (312 B larger)".to_owned(), Effect::Changed));
        assert_eq!(of(100_000_000, 130_000_000), ("130.0 MB (+30 %)".to_owned(), Effect::Worse));
    }

    #[test]
    fn what_ports_show() {
        let with = |open: bool, status| {
            let state = if open { PortState::Open } else { PortState::Closed };
            let ports = vec![PortReport { port: 80, exposed: true, state, status }];
            let run = RunReport { ports, ..RunReport::ended(RunEnd::KeptRunning, &format!("{status:?}"), "") };
            ImageReport { run: Some(run), ..side(RunEnd::KeptRunning, "") }
        };
        let spec = RunSpec::default();
        let of = |old: &ImageReport, new: &ImageReport| compare(old, new, &spec, false);
        let good = with(true, Some(200));
        assert!(of(&good, &with(true, Some(404))).behaviour.is_verified(), "what is logged may differ");
        let broken = of(&good, &with(false, None));
        assert_eq!(broken.fault().as_deref(), Some("output was line 1: Some(200) and is now line 1: None"));
        assert!(!of(&good, &with(true, Some(500))).holds() && !of(&good, &with(true, None)).holds());
        let closed = with(false, None);
        assert!(of(&closed, &closed).holds() && !of(&closed, &closed).behaviour.is_verified());
    }

    #[test]
    fn what_breaks() {
        let spec = RunSpec::default();
        let old = side(RunEnd::Exit(0), "hello\n");
        assert!(compare(&old, &side(RunEnd::Exit(0), "hello"), &spec, false).holds());
        let other = compare(&old, &side(RunEnd::Exit(0), "bye"), &spec, false);
        assert_eq!(other.fault().as_deref(), Some("output was line 1: hello and is now line 1: bye"));
        assert!(compare(&old, &side(RunEnd::Exit(0), "bye"), &spec, true).holds());
        assert!(!compare(&old, &side(RunEnd::Exit(1), "hello"), &spec, false).holds());
        let mut lacks = side(RunEnd::Exit(1), "");
        let path = "/srv/data.csv".to_owned();
        lacks.run.iter_mut().for_each(|run| run.missing = vec![MissingFile { path: path.clone(), reported: true }]);
        let why = "exit was code 0 and is now code 1; the image no longer has /srv/data.csv (reported missing)";
        assert_eq!(compare(&old, &lacks, &spec, false).fault().as_deref(), Some(why));
        // It never worked: then nothing is broken, and nothing verified.
        let failing = side(RunEnd::Exit(1), "");
        assert!(compare(&failing, &old, &spec, false).holds());
        assert!(matches!(compare(&failing, &old, &spec, false).behaviour, Behaviour::Repaired { .. }));
        let both = compare(&failing, &failing, &spec, false);
        assert!(both.holds() && !both.behaviour.is_verified());
        assert!(compare(&old, &old, &spec, false).behaviour.is_verified());
        let spec = RunSpec { expect_stdout: Some("bye".to_owned()), expect_exit: Some(0), ..RunSpec::default() };
        assert!(compare(&old, &side(RunEnd::Exit(0), "bye"), &spec, false).holds());
        assert!(!compare(&old, &old, &spec, false).holds());
        let failed = ImageReport {
            built: false,
            build_error: Some("ERROR: no".to_owned()),
            image: None,
            run: None,
            ..old.clone()
        };
        assert_eq!(compare(&old, &failed, &spec, false).fault().as_deref(), Some("it does not build: ERROR: no"));
        assert!(!compare(&failed, &failed, &spec, false).rows[0].change.eq(&Effect::Same));
    }
}
